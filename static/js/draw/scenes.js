// The scenes to show: the map, other maps of the same images, and these in another order, each with its tiles and a small
// picture of the whole. A map has a form for wide screens and one for tall ones, and its gaps can be closed in steps. The tiles are those of the `whole`, which may hold more images than the map does.
"use strict";

Brandscape.makeScenes = ({ map, whole, records, base, tiles, overview, words, formats, clock, onload }) => {
  const { arrangement, data, files, forms, pyramid } = Brandscape;
  const MOST = 48; // tiles put together and kept
  const SMALL = 600; // pixels of the small picture's longest side, as the map's has
  const ASPECTS = { wide: 1.7, tall: 0.72 }; // of arrangements; few, so that links lead to the same place elsewhere
  const FURTHER = "map-"; // begins the kind of any map but the first
  let last = null; // what was made last, which is the only one that is kept
  let pixels = null; // of the map's small picture

  const makeCanvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  // Tiles of a mosaic that has none of its own, put together from those of the whole.
  const compose = (mosaic) => Brandscape.makeTileComposer({ ...clock, map: whole, mosaic, source: tiles, makeCanvas, most: MOST, onload });
  const composed = map === whole ? null : compose(map);
  const scene = { kind: "map", shape: "wide", step: 0, mosaic: map, tiles: composed || tiles, overview };

  const unclustered = records.clusters.findIndex(({ colour }) => !colour);
  const { starts } = records.bins.likes;
  const likesLabels = starts.map((start, bin) => {
    if (bin === starts.length - 1) return `${formats.number(start)}+`;
    return starts[bin + 1] - start > 1 ? `${formats.number(start)}–${formats.number(starts[bin + 1] - 1)}` : formats.number(start);
  });
  // The groups of each order, and how they stand.
  const orders = {
    brand: () => ({ stands: "block", groups: arrangement.group(map, records.brand, records.brands.map(({ name }) => name), byPosition) }),
    cluster: () => ({ stands: "block", groups: arrangement.group(map, records.cluster, records.clusters.map(({ name }) => name), byPosition, unclustered) }),
    date: () => ({ stands: "column", groups: inBins(records.bins.day, records.bins.day.starts.map((day) => formats.period(day, records.bins.day.unit)), words.nodate) }),
    likes: () => ({ stands: "column", groups: inBins(records.bins.likes, likesLabels, words.nolikes) }),
  };
  for (const field of records.fields.filter(({ of }) => of)) {
    orders[`field-${field.key}`] = () => {
      const { names, of, unknown } = Brandscape.fields.group(field, words, formats);
      return { stands: field.entries ? "block" : "column", groups: arrangement.group(map, of, names, field.entries ? byPosition : byCluster, unknown) };
    };
  }
  const isMap = (kind) => kind === "map" || kind.startsWith(FURTHER);
  const nameOf = (kind) => `${map.name}--${kind.slice(FURTHER.length)}`;
  function order(kind, shape) {
    const { stands, groups } = orders[kind]();
    return arrangement.make(map, groups, stands, ASPECTS[shape]);
  }

  function form(kind, shape, step) {
    const plain = kind === "map" ? map : pyramid.open(data.get(`mosaic ${nameOf(kind)}`), records.count, whole);
    if (shape === "wide" && !step) return plain;
    const mosaic = arrangement.lay(whole, forms.make(plain, shape, step));
    // the whole's own tiles, turned: small ones are, image and all
    return plain === whole && !step ? { ...mosaic, isTurned: true } : mosaic;
  }

  const byPosition = (one, other) => one - other;
  // from the foot of a column upwards: by cluster, so that its make-up shows
  const byCluster = (one, other) => records.cluster[one] - records.cluster[other] || records.brand[one] - records.brand[other] || one - other;
  const inBins = ({ of }, labels, unknown) => arrangement.group(map, of, [...labels, unknown], byCluster);

  // The small picture of another scene, from the map's: pixels of an image that came within the page may be read.
  function shrink(mosaic) {
    if (!overview.naturalWidth) return makeCanvas(1, 1);
    if (!pixels) {
      const copy = makeCanvas(overview.naturalWidth, overview.naturalHeight);
      const pen = copy.getContext("2d");
      pen.drawImage(overview, 0, 0);
      pixels = { of: new Int32Array(pen.getImageData(0, 0, copy.width, copy.height).data.buffer), width: copy.width, height: copy.height };
    }
    const side = Brandscape.clamp(Math.floor(SMALL / Math.max(mosaic.columns, mosaic.lines)), 1, 8);
    const image = makeCanvas(mosaic.columns * side, mosaic.lines * side);
    const pen = image.getContext("2d");
    const target = pen.createImageData(image.width, image.height);
    const to = new Int32Array(target.data.buffer);
    const [across, down] = [pixels.width / map.columns, pixels.height / map.lines];
    for (const post of map.members) {
      const [from, at] = [Brandscape.cells.placeOf(map, map.cellOf[post]), Brandscape.cells.placeOf(mosaic, mosaic.cellOf[post])];
      for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1) {
          const source = Math.floor((from.y + (y + 0.5) / side) * down) * pixels.width + Math.floor((from.x + (x + 0.5) / side) * across);
          to[(at.y * side + y) * image.width + at.x * side + x] = pixels.of[source];
        }
      }
    }
    pen.putImageData(target, 0, 0);
    return image;
  }

  return {
    map: scene,
    isMap,
    // The key of the map that a scene of this kind shows; orders go by the first.
    keyOf: (kind) => (kind.startsWith(FURTHER) ? kind.slice(FURTHER.length) : records.maps[0].key),
    // Calls `done` once the scene of this kind is available, at once where it needs no file; `failed` where its file is missing.
    bring(kind, done, failed) {
      if (!kind.startsWith(FURTHER)) { done(); return; }
      data.load(`mosaic ${nameOf(kind)}`, files.data(base, `mosaic-${nameOf(kind)}`), done, failed);
    },
    // The scene of this kind for a view of this `shape`, "wide" or "tall"; a map's gaps are closed by `step` steps.
    get(kind, shape, closed) {
      const step = isMap(kind) ? closed : 0;
      const isSame = (one) => one && one.kind === kind && one.shape === shape && one.step === step;
      if (isSame(scene)) return scene;
      if (isSame(last)) return last;
      const mosaic = isMap(kind) ? form(kind, shape, step) : order(kind, shape);
      last = { kind, shape, step, mosaic, tiles: compose(mosaic), overview: shrink(mosaic) };
      return last;
    },
    // A tile of the map has come or is missing.
    wake() { for (const one of [composed, last && last.tiles]) if (one) one.wake(); },
    // Releases all tiles, as when the viewer is out of sight.
    clear() { for (const one of [tiles, composed, last && last.tiles]) if (one) one.clear(); },
  };
};
