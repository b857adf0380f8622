// The names of territories and clusters over their images: which have room at this zoom, and where. The build has placed
// each over an image and found from which scale on it has room; here those are left out that still would meet, since
// letters may be wider than was assumed. Pure, but for the widths of texts.
"use strict";

Brandscape.names = (() => {
  const { clamp } = Brandscape;
  const SIZES = { cluster: 13, territory: 17 }; // CSS pixels; `generator/mosaics/name_places.py` counts on these
  const LEADING = 1.2;
  const PADDING = 5; // CSS pixels
  const WHOLE = 1.6; // times the scale that shows everything, up to which territories are named and not clusters
  const LARGEST = 140; // CSS pixels of a cell above which single images are looked at
  const LEAST_SHOWN = 0.2; // of a group's images: with fewer, the others of it would be named

  // As the build wrote them: [kind, position, lines, [post, scale] on a wide screen, the same on a tall one].
  const open = (raw = []) => raw.map(([kind, at, lines, wide, tall]) => ({ kind, at, lines, wide, tall, size: SIZES[kind] }));

  // How large a name is in CSS pixels, by `measure`, which gives a text's width at a size of 1.
  function sizeUp(name, measure) {
    name.width = name.width || Math.max(...name.lines.map((line) => measure(line, name.kind))) * name.size + 2 * PADDING;
    return { width: name.width, height: name.lines.length * name.size * LEADING + 2 * PADDING };
  }

  // How far something of a size must move from its middle to be seen whole. It leaves the view with its middle, at its end.
  const push = (middle, size, room) => clamp(size / 2 - middle, 0, size / 2) - clamp(middle + size / 2 - room, 0, size / 2);

  // The names to show on a form of a `map`, [{name, x, y, width, height}], middles in cells and sizes in CSS pixels. `fit`
  // is the scale that shows everything, and `isShown` says whether a name's group is.
  function choose({ names, map, mosaic, shape, camera, view, fit, isShown, measure }) {
    const { scale } = camera;
    if (scale > LARGEST) return [];
    const kind = scale < fit * WHOLE && names.some((name) => name.kind === "territory") ? "territory" : "cluster";
    // with its gaps closed, a map of the same size has fewer and larger cells
    const like = scale * Math.sqrt((mosaic.columns * mosaic.lines) / (map.columns * map.lines));
    const chosen = [];
    for (const name of names) {
      const [post, least] = name[shape];
      if (name.kind !== kind || like < least * 0.99 || !isShown(name)) continue;
      const { x, y } = Brandscape.cells.placeOf(mosaic, mosaic.cellOf[post]);
      const [middle, size] = [{ x: x + 0.5, y: y + 0.5 }, sizeUp(name, measure)];
      const at = Brandscape.camera.toView(camera, view, middle);
      const box = { name, x: middle.x + push(at.x, size.width, view.width) / scale, y: middle.y + push(at.y, size.height, view.height) / scale, ...size };
      const meets = (other) => Math.abs(box.x - other.x) * scale < (box.width + other.width) / 2 && Math.abs(box.y - other.y) * scale < (box.height + other.height) / 2;
      if (!chosen.some(meets)) chosen.push(box);
    }
    return chosen;
  }

  // The name under a point, both in cells; null where there is none.
  const find = (boxes, scale, { x, y }) => boxes.find((box) => Math.abs(box.x - x) * scale < box.width / 2 && Math.abs(box.y - y) * scale < box.height / 2) || null;

  return { LEADING, LEAST_SHOWN, open, choose, find };
})();

// The names of one viewer. `whole()` gives the scale that shows everything; a name's group is shown if enough of its
// images are.
Brandscape.makeNames = ({ map, records, state, viewport, whole, measure, isMain }) => {
  const { LEAST_SHOWN, open, choose, find } = Brandscape.names;
  const names = open(map.names);
  const territoryOf = new Int32Array(records.clusters.length + 1).fill(-1);
  records.territories.forEach(({ clusters }, territory) => { for (const cluster of clusters) territoryOf[cluster] = territory; });
  const all = count(() => 1);

  function count(shows) {
    const amounts = { cluster: new Uint32Array(records.clusters.length + 1), territory: new Uint32Array(records.territories.length + 1) };
    for (const post of map.members) {
      if (!shows(post)) continue;
      amounts.cluster[records.cluster[post]] += 1;
      const territory = territoryOf[records.cluster[post]];
      if (territory >= 0) amounts.territory[territory] += 1;
    }
    return amounts;
  }
  const counted = new WeakMap(); // mask -> how many of each group it shows
  function amountsOf(mask) {
    if (!counted.has(mask)) counted.set(mask, count((post) => mask[post]));
    return counted.get(mask);
  }

  function inPane({ shows }, camera) {
    if (!state.names || !names.length || !isMain()) return [];
    const { mosaic, shape } = state.scene;
    const amounts = amountsOf(shows);
    const isShown = ({ kind, at }) => amounts[kind][at] > 0 && amounts[kind][at] >= LEAST_SHOWN * all[kind][at];
    return choose({ names, map, mosaic, shape, camera, view: viewport.view, fit: whole(), isShown, measure });
  }

  return {
    get isEmpty() { return names.length === 0; },
    inPane,
    // The name under a point of a pane, in cells; null where there is none.
    at(pane, camera, cell) {
      const box = find(inPane(pane, camera), camera.scale, cell);
      return box && box.name;
    },
    // The positions of the clusters that a name stands for.
    clustersOf: ({ kind, at }) => (kind === "territory" ? records.territories[at].clusters : [at]),
  };
};
