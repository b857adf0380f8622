// One frame: the overview, the finest tiles at hand, a mask with one pixel a cell, sharp pictures, and the marks.
"use strict";

Brandscape.makePainter = ({ canvas, mosaic, overview, tiles, pictures, now }) => {
  const { pyramid } = Brandscape;
  const pen = canvas.getContext("2d", { alpha: false });
  const FADE = 150; // milliseconds
  const mask = document.createElement("canvas");
  mask.width = mosaic.columns;
  mask.height = mosaic.lines;
  const maskPen = mask.getContext("2d");
  let ground = "#edebe6";
  let ink = "#16150f";

  // Cells without an image take the ground's colour, so that tiles drawn for light paper suit a dark page too; images
  // that a filter hides sink into it.
  function setMask(isShown, colours) {
    ({ ground, ink } = colours);
    pen.fillStyle = ground;
    const parts = pen.fillStyle.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
    const pixels = maskPen.createImageData(mosaic.columns, mosaic.lines);
    for (let cell = 0; cell < mosaic.postAt.length; cell += 1) {
      const post = mosaic.postAt[cell];
      const cover = post < 0 ? 255 : isShown(post) ? 0 : 222;
      pixels.data.set([parts[0], parts[1], parts[2], cover], cell * 4);
    }
    maskPen.putImageData(pixels, 0, 0);
  }

  // Draws one frame; true while something is still fading in.
  function draw({ camera, width, height, ratio, hovered, focused, opened, still }) {
    const scale = camera.scale * ratio; // device pixels a cell
    const left = Math.round(camera.x * scale - (width * ratio) / 2);
    const top = Math.round(camera.y * scale - (height * ratio) / 2);
    // every edge is rounded by itself, so neighbours share theirs and no seam shows
    const x = (cells) => Math.round(cells * scale) - left;
    const y = (cells) => Math.round(cells * scale) - top;
    const view = {
      left: left / scale, top: top / scale, right: (left + canvas.width) / scale, bottom: (top + canvas.height) / scale,
    };
    pen.fillStyle = ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "medium";
    if (overview.complete && overview.naturalWidth) {
      pen.drawImage(overview, x(0), y(0), x(mosaic.columns) - x(0), y(mosaic.lines) - y(0));
    }

    const level = pyramid.levelFor(mosaic, scale);
    const finest = pyramid.visible(mosaic, level, view.left, view.top, view.right, view.bottom);
    let fading = false;
    const drawTile = (tile, image, alpha) => {
      const cells = pyramid.span(mosaic, tile.level);
      const [fromX, fromY] = [tile.column * cells, tile.row * cells];
      const [toX, toY] = [fromX + (image.naturalWidth / mosaic.tile) * cells, fromY + (image.naturalHeight / mosaic.tile) * cells];
      pen.globalAlpha = alpha;
      pen.drawImage(image, x(fromX), y(fromY), x(toX) - x(fromX), y(toY) - y(fromY));
      pen.globalAlpha = 1;
    };
    // parents stay while their children load; each is drawn once, the shallowest first
    const backing = new Map();
    for (const tile of finest) {
      const found = tiles.get(tile);
      if (found && (still || now() - found.since >= FADE)) continue;
      for (let above = pyramid.parent(tile); above.level >= mosaic.first; above = pyramid.parent(above)) {
        const held = tiles.get(above);
        if (held) { backing.set(pyramid.key(above), [above, held]); break; }
      }
    }
    for (const [tile, held] of [...backing.values()].sort((one, other) => one[0].level - other[0].level)) drawTile(tile, held.image, 1);
    for (const tile of finest) {
      const found = tiles.get(tile);
      if (!found) continue;
      const age = now() - found.since;
      if (!still && age < FADE) fading = true;
      drawTile(tile, found.image, still ? 1 : Math.min(1, age / FADE));
    }
    tiles.want(finest.filter((tile) => !tiles.get(tile)));

    const drawn = pictures.draw(pen, { camera, view, scale, x, y, still });
    fading = fading || drawn;

    // nearest neighbour keeps the cells' edges; where cells are finer than pixels, an average is truer
    pen.imageSmoothingEnabled = scale < 2;
    pen.drawImage(mask, x(0), y(0), x(mosaic.columns) - x(0), y(mosaic.lines) - y(0));

    const frame = (cell, wide, colour) => {
      const [column, line] = [cell % mosaic.columns, Math.floor(cell / mosaic.columns)];
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.strokeRect(x(column) - wide / 2, y(line) - wide / 2, x(column + 1) - x(column) + wide, y(line + 1) - y(line) + wide);
    };
    if (hovered >= 0) frame(hovered, Math.max(2, 1.5 * ratio), ink);
    if (focused >= 0) { frame(focused, 4 * ratio, ground); frame(focused, 2 * ratio, ink); }
    if (opened >= 0) { frame(opened, 5 * ratio, ground); frame(opened, 3 * ratio, ink); }
    return fading;
  }

  return { setMask, draw };
};

// Larger pictures over the few cells that have outgrown the deepest tiles.
Brandscape.makePictures = ({ mosaic, addressOf, colourOf, now, onload }) => {
  const OUTGROWN = 1.5; // times the deepest cell
  const MOST = 24;
  const FADE = 150;
  const held = new Map(); // post -> {image, since, ready}

  function draw(pen, { view, scale, x, y, still }) {
    if (scale < mosaic.cell * OUTGROWN) return false;
    let fading = false;
    let asked = 0;
    for (let line = Math.max(0, Math.floor(view.top)); line < Math.min(mosaic.lines, view.bottom); line += 1) {
      for (let column = Math.max(0, Math.floor(view.left)); column < Math.min(mosaic.columns, view.right); column += 1) {
        const post = mosaic.postAt[line * mosaic.columns + column];
        if (post < 0 || asked >= MOST) continue;
        asked += 1;
        const found = held.get(post) || begin(post);
        if (!found || !found.ready) continue;
        held.delete(post);
        held.set(post, found);
        const { image } = found;
        const side = Math.min(image.naturalWidth, image.naturalHeight);
        const [fromX, fromY, toX, toY] = [x(column), y(line), x(column + 1), y(line + 1)];
        const age = now() - found.since;
        if (!still && age < FADE) fading = true;
        pen.globalAlpha = still ? 1 : Math.min(1, age / FADE);
        pen.drawImage(
          image, (image.naturalWidth - side) / 2, (image.naturalHeight - side) / 2, side, side,
          fromX, fromY, toX - fromX, toY - fromY,
        );
        const colour = colourOf(post);
        if (colour) {
          // as wide as the tile's own border at its deepest level, so that it stays a line however near one looks
          const wide = Math.round(mosaic.cell / 16);
          pen.strokeStyle = colour;
          pen.lineWidth = wide;
          pen.strokeRect(fromX + wide / 2, fromY + wide / 2, toX - fromX - wide, toY - fromY - wide);
        }
        pen.globalAlpha = 1;
      }
    }
    return fading;
  }

  function begin(post) {
    const address = addressOf(post);
    if (!address) return null;
    const image = new Image();
    const entry = { image, since: 0, ready: false };
    held.set(post, entry);
    image.onload = () => { entry.ready = true; entry.since = now(); onload(); };
    image.src = address;
    while (held.size > 2 * MOST) {
      const [oldest, { image: gone }] = held.entries().next().value;
      gone.onload = null;
      gone.src = "";
      held.delete(oldest);
    }
    return entry;
  }

  return { draw };
};
