// Tiles of an arrangement, put together from the map's own tiles: the same images in other cells, no byte more.
// Asked like `makeTiles`.
"use strict";

Brandscape.makeTileComposer = ({ map, mosaic, source, makeCanvas, now, later, most, onload }) => {
  const { pyramid, cells } = Brandscape;
  const { key: keyOf } = pyramid;
  const SLICE = 8; // milliseconds of copying before the page gets its turn
  const MIRRORED = 4; // pixels of an image, up to which nobody sees that it is turned over with its tile
  const held = Brandscape.makeLru(most); // key -> {image, since}
  const jobs = new Map(); // key of a tile under way -> {tile, image, pen, parts: source key -> {tile, copies}}
  let isCopying = false;

  // Where each image of a tile comes from: tile of the map -> four pixel places an image.
  function plan(tile) {
    const span = pyramid.span(mosaic, tile.level);
    const side = mosaic.tile / span;
    const [left, top] = [tile.column * span, tile.row * span];
    const [right, bottom] = [Math.min(mosaic.columns, left + span), Math.min(mosaic.lines, top + span)];
    const parts = new Map();
    if (mosaic.isTurned && side <= MIRRORED) return { ...begin(), parts: planMirrored(tile) };
    for (let line = top; line < bottom; line += 1) {
      for (let column = left; column < right; column += 1) {
        const post = mosaic.postAt[line * mosaic.columns + column];
        if (post < 0) continue;
        const { x, y } = cells.placeOf(map, map.cellOf[post]);
        const from = { level: tile.level, column: Math.floor(x / span), row: Math.floor(y / span) };
        const key = keyOf(from);
        if (!parts.has(key)) parts.set(key, { tile: from, copies: [] });
        parts.get(key).copies.push((x % span) * side, (y % span) * side, (column - left) * side, (line - top) * side);
      }
    }
    return { ...begin(), parts };

    function begin() {
      const image = makeCanvas((right - left) * side, (bottom - top) * side);
      return { tile, image, pen: image.getContext("2d"), side };
    }
  }
  // A tile of a turned map from the one tile that holds the same images, as a whole.
  function planMirrored({ level, column, row }) {
    const from = { level, column: row, row: column };
    return new Map([[keyOf(from), { tile: from, copies: [], isMirrored: true }]]);
  }

  // Copies what is loaded, for as long as a frame allows; asks for what is not.
  function copy() {
    isCopying = false;
    const end = now() + SLICE;
    const needed = new Map();
    for (const [key, job] of jobs) {
      for (const [from, part] of job.parts) {
        const found = source.get(part.tile);
        if (!found) { if (!source.isMissing(part.tile)) { needed.set(from, part.tile); continue; } part.copies = []; }
        const { copies } = part;
        if (part.isMirrored && found) {
          job.pen.setTransform(0, 1, 1, 0, 0, 0);
          job.pen.drawImage(found.image, 0, 0);
        }
        while (copies.length && now() < end) {
          const [fromX, fromY, toX, toY] = copies.splice(-4);
          job.pen.drawImage(found.image, fromX, fromY, job.side, job.side, toX, toY, job.side, job.side);
        }
        if (!copies.length) job.parts.delete(from);
      }
      if (!job.parts.size) finish(key, job);
    }
    source.want([...needed.values()]);
    // what is still to be copied without waiting for a tile goes on next time
    if ([...jobs.values()].some((job) => [...job.parts.keys()].some((from) => !needed.has(from)))) copySoon();
  }
  function copySoon() {
    if (isCopying) return;
    isCopying = true;
    later(copy, 0);
  }

  function finish(key, { image }) {
    jobs.delete(key);
    held.set(key, { image, since: now() });
    onload(true);
  }

  return {
    most,
    get: (tile) => held.get(keyOf(tile)),
    want(wanted) {
      const keys = new Set(wanted.map(keyOf));
      for (const key of jobs.keys()) if (!keys.has(key)) jobs.delete(key);
      for (const tile of wanted) if (!jobs.has(keyOf(tile)) && !held.has(keyOf(tile))) jobs.set(keyOf(tile), plan(tile));
      // those under way take room too
      held.trim(Math.max(most - jobs.size, 0));
      if (jobs.size) copySoon();
    },
    clear() { jobs.clear(); held.clear(); },
    // A tile of the map has come, or turned out to be missing.
    wake: () => { if (jobs.size) copySoon(); },
    get size() { return held.size + jobs.size; },
    get inFlight() { return source.inFlight; },
    get missing() { return source.missing; },
    get idle() { return jobs.size === 0; },
  };
};
