// One frame: the overview, the finest tiles at hand, sharper pictures, a mask with one pixel a cell, and the marks.
"use strict";

Brandscape.makePainter = ({ canvas, mosaic, overview, tiles, pictures, now }) => {
  const { pyramid } = Brandscape;
  const FADE = 150; // milliseconds
  const DIMMED = 0.86; // of a hidden image that the ground covers
  const CROWDED = 0.75; // of the tiles that may be held, that one view may need
  const pen = canvas.getContext("2d", { alpha: false });
  const mask = document.createElement("canvas");
  mask.width = mosaic.columns;
  mask.height = mosaic.lines;
  let ground = "";
  let ink = "";

  // Cells without an image take the ground's colour, so that tiles drawn for light paper suit a dark page too; images
  // that a filter hides sink into it. `shown` has 1 for each post that is not hidden.
  function setMask(shown, colours) {
    ({ ground, ink } = colours);
    const maskPen = mask.getContext("2d");
    const pixels = maskPen.createImageData(mask.width, mask.height);
    pen.fillStyle = ground;
    const [red, green, blue] = pen.fillStyle.match(/[0-9a-f]{2}/g).map((part) => parseInt(part, 16));
    const cover = (share) => (Math.round(share * 255) << 24) | (blue << 16) | (green << 8) | red;
    const [empty, hidden] = [cover(1), cover(DIMMED)];
    new Int32Array(pixels.data.buffer).forEach((_, cell, all) => {
      const post = mosaic.postAt[cell];
      all[cell] = post < 0 ? empty : shown[post] ? 0 : hidden;
    });
    maskPen.putImageData(pixels, 0, 0);
  }

  // From cells to device pixels. Every edge is rounded by itself, so neighbours share theirs and no seam shows.
  function lay(camera, { width, height, ratio }) {
    const scale = camera.scale * ratio;
    const left = Math.round(camera.x * scale - (width * ratio) / 2);
    const top = Math.round(camera.y * scale - (height * ratio) / 2);
    return {
      scale,
      x: (cells) => Math.round(cells * scale) - left,
      y: (cells) => Math.round(cells * scale) - top,
      left: left / scale,
      top: top / scale,
      right: (left + canvas.width) / scale,
      bottom: (top + canvas.height) / scale,
    };
  }

  // The tiles to show: as fine as the screen, unless there would be more of them than may be held.
  function choose(place) {
    let level = pyramid.levelFor(mosaic, place.scale);
    let found = pyramid.visible(mosaic, level, place);
    while (found.length > tiles.most * CROWDED && level > mosaic.first) {
      level -= 1;
      found = pyramid.visible(mosaic, level, place);
    }
    return found;
  }

  function drawWhole(image, { x, y }) {
    pen.drawImage(image, x(0), y(0), x(mosaic.columns) - x(0), y(mosaic.lines) - y(0));
  }

  function drawTile(tile, image, { x, y }) {
    const cells = pyramid.span(mosaic, tile.level);
    const [fromX, fromY] = [tile.column * cells, tile.row * cells];
    const toX = fromX + (image.naturalWidth / mosaic.tile) * cells;
    const toY = fromY + (image.naturalHeight / mosaic.tile) * cells;
    pen.drawImage(image, x(fromX), y(fromY), x(toX) - x(fromX), y(toY) - y(fromY));
  }

  // The nearest ancestors at hand of tiles that do not yet cover their place, the shallowest first.
  function findBacking(uncovered) {
    const backing = new Map();
    for (const tile of uncovered) {
      for (let above = pyramid.parent(tile); above.level >= mosaic.first; above = pyramid.parent(above)) {
        const held = tiles.get(above);
        if (held) { backing.set(pyramid.key(above), { tile: above, held }); break; }
      }
    }
    return [...backing.values()].sort((one, other) => one.tile.level - other.tile.level);
  }

  function mark(cell, width, colour, { x, y }) {
    const { x: column, y: line } = Brandscape.cells.placeOf(mosaic, cell);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.strokeRect(x(column) - width / 2, y(line) - width / 2, x(column + 1) - x(column) + width, y(line + 1) - y(line) + width);
  }

  // Draws one frame; true while something is still fading in.
  function draw({ camera, view, hovered, focused, opened, isCalm }) {
    const place = lay(camera, view);
    const opacity = (since) => (isCalm ? 1 : Math.min(1, (now() - since) / FADE));
    pen.fillStyle = ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "medium";

    const finest = choose(place).map((tile) => ({ tile, held: tiles.get(tile) }));
    const uncovered = finest.filter(({ held }) => !held || opacity(held.since) < 1).map(({ tile }) => tile);
    if (uncovered.length) {
      if (overview.complete && overview.naturalWidth) drawWhole(overview, place);
      for (const { tile, held } of findBacking(uncovered)) drawTile(tile, held.image, place);
    }
    for (const { tile, held } of finest) {
      if (!held) continue;
      pen.globalAlpha = opacity(held.since);
      drawTile(tile, held.image, place);
    }
    pen.globalAlpha = 1;
    tiles.want(finest.filter(({ held }) => !held).map(({ tile }) => tile));
    let fading = finest.some(({ held }) => held && opacity(held.since) < 1);
    if (pictures.draw(pen, place, opacity)) fading = true;

    // nearest neighbour keeps the cells' edges; where cells are finer than pixels, an average is truer
    pen.imageSmoothingEnabled = place.scale < 2;
    drawWhole(mask, place);
    if (hovered >= 0) mark(hovered, Math.max(2, 1.5 * view.ratio), ink, place);
    for (const cell of [focused, opened]) {
      if (cell < 0) continue;
      mark(cell, 4 * view.ratio, ground, place);
      mark(cell, 2.5 * view.ratio, ink, place);
    }
    return fading;
  }

  return { setMask, draw };
};
