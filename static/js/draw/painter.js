// One frame: in every pane the overview, the finest tiles loaded, sharper pictures, a mask with one pixel a cell, the
// marks and the labels. What is shown is a scene: {mosaic, tiles, overview}.
"use strict";

Brandscape.makePainter = ({ canvas, pictures, now, isVideo }) => {
  const { pyramid, cells } = Brandscape;
  const FADE = 150; // milliseconds
  const CROWDED = 0.75; // of the tiles that may be held, that one view may need
  const FRAMED = 10; // CSS pixels of a cell from which a selected image is framed; below, it is tinted
  const BORDERED = 24; // CSS pixels of a cell from which its class has a border; below, its image is tinted
  const PLAYED = 56; // CSS pixels of a cell from which a video has its mark
  const BORDER = 1 / 16; // of a cell, as in the tiles
  const HALO = 0.42; // of a name's size: what lies around its letters
  const { LEADING } = Brandscape.names;
  const pen = canvas.getContext("2d", { alpha: false });

  // A colour as the page writes it, as one pixel that covers `share` of what is under it.
  function pixel(colour, share) {
    pen.fillStyle = colour;
    const [red, green, blue] = pen.fillStyle.match(/[0-9a-f]{2}/g).map((part) => parseInt(part, 16));
    return (Math.round(share * 255) << 24) | (blue << 16) | (green << 8) | red;
  }

  // One pixel a cell, by what `colourOf` says of the cell's post, −1 where there is none.
  function makeLayer(mosaic, colourOf) {
    const layer = document.createElement("canvas");
    [layer.width, layer.height] = [mosaic.columns, mosaic.lines];
    const layerPen = layer.getContext("2d");
    const pixels = layerPen.createImageData(mosaic.columns, mosaic.lines);
    const all = new Int32Array(pixels.data.buffer);
    mosaic.postAt.forEach((post, cell) => { all[cell] = colourOf(post); });
    layerPen.putImageData(pixels, 0, 0);
    return layer;
  }

  // From cells to device pixels of a pane. Every edge is rounded by itself, so neighbours share theirs and no seam shows.
  function lay(camera, { width, height, ratio }) {
    const scale = camera.scale * ratio;
    const left = Math.round(camera.x * scale - (width * ratio) / 2);
    const top = Math.round(camera.y * scale - (height * ratio) / 2);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    return {
      scale,
      x: (column) => Math.round(column * scale) - left,
      y: (line) => Math.round(line * scale) - top,
      width: across,
      height: down,
      left: left / scale,
      top: top / scale,
      right: (left + across) / scale,
      bottom: (top + down) / scale,
    };
  }

  // The tiles to show: as fine as the screen, unless there would be more of them than may be held.
  function choose({ mosaic, tiles }, place) {
    let level = Math.max(pyramid.levelFor(mosaic, place.scale), mosaic.first);
    let found = pyramid.visible(mosaic, level, place);
    while (found.length > tiles.most * CROWDED && level > mosaic.first) {
      level -= 1;
      found = pyramid.visible(mosaic, level, place);
    }
    return found;
  }

  function drawWhole(image, mosaic, { x, y }) {
    pen.drawImage(image, x(0), y(0), x(mosaic.columns) - x(0), y(mosaic.lines) - y(0));
  }

  function drawTile(mosaic, tile, image, { x, y }) {
    const across = pyramid.span(mosaic, tile.level);
    const [fromX, fromY] = [tile.column * across, tile.row * across];
    const toX = fromX + ((image.naturalWidth || image.width) / mosaic.tile) * across;
    const toY = fromY + ((image.naturalHeight || image.height) / mosaic.tile) * across;
    pen.drawImage(image, x(fromX), y(fromY), x(toX) - x(fromX), y(toY) - y(fromY));
  }

  // For each tile that does not yet cover its place, its nearest loaded ancestor: [{tile, above, image}], `above` null
  // where there is none.
  function findBacking({ mosaic, tiles }, uncovered) {
    return uncovered.map((tile) => {
      for (let above = pyramid.parent(tile); above.level >= mosaic.first; above = pyramid.parent(above)) {
        const held = tiles.get(above);
        if (held) return { tile, above, image: held.image };
      }
      return { tile, above: null, image: null };
    });
  }

  // The part of an ancestor that lies where `tile` will.
  function drawBacking(mosaic, { tile, above, image }, { x, y }) {
    const across = pyramid.span(mosaic, tile.level);
    const side = mosaic.tile / 2 ** (tile.level - above.level); // pixels of the ancestor
    const [left, top] = [(tile.column * across) / pyramid.span(mosaic, above.level) % 1, (tile.row * across) / pyramid.span(mosaic, above.level) % 1];
    const [fromX, fromY] = [Math.round(left * mosaic.tile), Math.round(top * mosaic.tile)];
    const [width, height] = [sizeOf(image.naturalWidth || image.width, fromX, side), sizeOf(image.naturalHeight || image.height, fromY, side)];
    if (width <= 0 || height <= 0) return;
    const [cellX, cellY] = [tile.column * across, tile.row * across];
    const [toX, toY] = [cellX + (width / side) * across, cellY + (height / side) * across];
    pen.drawImage(image, fromX, fromY, width, height, x(cellX), y(cellY), x(toX) - x(cellX), y(toY) - y(cellY));
  }
  const sizeOf = (whole, from, side) => Math.min(side, whole - from);

  function frame(mosaic, cell, width, { x, y }) {
    const { x: column, y: line } = cells.placeOf(mosaic, cell);
    pen.rect(x(column) - width / 2, y(line) - width / 2, x(column + 1) - x(column) + width, y(line + 1) - y(line) + width);
  }
  // Frames around cells; inside them, if `width` is negative.
  function mark(mosaic, list, width, colour, place) {
    pen.strokeStyle = colour;
    pen.lineWidth = Math.abs(width);
    pen.beginPath();
    for (const cell of list) frame(mosaic, cell, width, place);
    pen.stroke();
  }

  // A small disc with a triangle in a corner of each video, over the tiles, which have none.
  function drawPlays(shows, mosaic, ratio, place) {
    const found = cells.within(mosaic, place).filter((cell) => shows[mosaic.postAt[cell]] && isVideo(mosaic.postAt[cell]));
    if (!found.length) return;
    const radius = Math.round(Brandscape.clamp(place.scale * 0.09, 7 * ratio, 16 * ratio));
    const [discs, triangles] = [new Path2D(), new Path2D()];
    for (const cell of found) {
      const at = cells.placeOf(mosaic, cell);
      const [x, y] = [place.x(at.x + 1) - 1.7 * radius, place.y(at.y + 1) - 1.7 * radius];
      discs.moveTo(x + radius, y);
      discs.arc(x, y, radius, 0, 2 * Math.PI);
      triangles.moveTo(x - radius * 0.3, y - radius * 0.48);
      triangles.lineTo(x + radius * 0.52, y);
      triangles.lineTo(x - radius * 0.3, y + radius * 0.48);
      triangles.closePath();
    }
    pen.fillStyle = "rgba(0, 0, 0, 0.55)";
    pen.fill(discs);
    pen.strokeStyle = "rgba(255, 255, 255, 0.75)";
    pen.lineWidth = ratio;
    pen.stroke(discs);
    pen.fillStyle = "#fff";
    pen.fill(triangles);
  }

  // Borders in the colours of classes, inside their cells, over the tiles' own.
  function drawClasses({ colouring, shows }, mosaic, place) {
    const width = Math.max(2, Math.round(place.scale * BORDER));
    const paths = new Map(); // class -> its cells
    for (const cell of cells.within(mosaic, place)) {
      const post = mosaic.postAt[cell];
      if (!shows[post]) continue;
      const at = colouring.of(post);
      if (!paths.has(at)) paths.set(at, []);
      paths.get(at).push(cell);
    }
    for (const [at, list] of paths) if ((colouring.entries[at] || {}).colour) mark(mosaic, list, -width, colouring.entries[at].colour, place);
  }

  // The names of blocks and columns.
  function drawLabels(all, colours, ratio, place) {
    const { labels } = Brandscape;
    const [size, room] = [labels.SIZE * ratio, labels.ROOM * ratio];
    pen.font = `${size}px ${colours.font}`;
    for (const { text, x, y, width, isOver } of labels.choose(all, ratio, place, (said) => pen.measureText(said).width)) {
      pen.fillStyle = colours.ground;
      if (isOver) pen.fillRect(x - room, y - size - room / 2, width + 2 * room, size + 1.5 * room);
      pen.fillStyle = colours.ink;
      pen.fillText(text, x, y);
    }
  }

  // Names over their images, as `names.choose` gives them; the one under the pointer in the accent.
  const fontOf = (kind, size, { font, display }) => (kind === "territory" ? `${size}px ${display}` : `600 ${size}px ${font}`);
  function drawNames(boxes, hovered, colours, ratio, place) {
    pen.lineJoin = "round";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.strokeStyle = colours.paper;
    for (const { name, x, y } of boxes) {
      const size = name.size * ratio;
      const [left, top] = [(x - place.left) * place.scale, (y - place.top) * place.scale];
      pen.font = fontOf(name.kind, size, colours);
      pen.lineWidth = size * HALO;
      pen.fillStyle = name === hovered ? colours.accent : colours.ink;
      const lines = name.lines.map((line, index) => [line, left, top + (index - (name.lines.length - 1) / 2) * size * LEADING]);
      for (const line of lines) pen.strokeText(...line);
      for (const line of lines) pen.fillText(...line);
    }
    pen.textAlign = "start";
    pen.textBaseline = "alphabetic";
  }
  // A text's width as a name of this kind, at a size of 1.
  function measureName(text, kind, colours) {
    pen.font = fontOf(kind, 100, colours);
    return pen.measureText(text).width / 100;
  }

  // What `draw` would show of a scene, asked for beforehand; whether all of it is there.
  function prepare(scene, camera, view) {
    const missing = choose(scene, lay(camera, view)).filter((tile) => !scene.tiles.get(tile));
    scene.tiles.want(missing);
    return missing.length === 0;
  }

  // Draws one frame; true while something is still fading in. `view` measures each of the panes, [{x, y, mask, hides,
  // tint, classes, colouring, shows, names}]; `selected` holds posts, `hovered`, `focused` and `opened` cells. While the view `isMoving`, finer smoothing
  // and a mask that covers nothing but empty cells, whose colour the tiles have too, wait until it rests: without a
  // graphics processor they cost more than all else.
  function draw({ scene, camera, view, panes, colours, selected, hovered, focused, opened, hoveredName, isCalm, isMoving }) {
    const { mosaic, tiles } = scene;
    const { ratio } = view;
    const place = lay(camera, view);
    // what comes while the view moves is not seen to come, so it need not fade in
    const opacity = (since) => (isCalm || isMoving ? 1 : Math.min(1, (now() - since) / FADE));
    const finest = choose(scene, place).map((tile) => ({ tile, held: tiles.get(tile) }));
    const uncovered = finest.filter(({ held }) => !held || opacity(held.since) < 1).map(({ tile }) => tile);
    const backing = findBacking(scene, uncovered);
    let fading = finest.some(({ held }) => held && opacity(held.since) < 1);
    const framed = selected.size && camera.scale >= FRAMED ? cells.within(mosaic, place).filter((cell) => selected.has(mosaic.postAt[cell])) : [];

    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = isMoving ? "low" : "medium";
    for (const pane of panes) {
      pen.save();
      pen.translate(Math.round(pane.x * ratio), Math.round(pane.y * ratio));
      pen.beginPath();
      pen.rect(0, 0, place.width, place.height);
      pen.clip();
      pen.imageSmoothingEnabled = true;
      if (uncovered.length) {
        if (scene.overview.width && backing.some(({ above }) => !above)) drawWhole(scene.overview, mosaic, place);
        for (const one of backing) if (one.above) drawBacking(mosaic, one, place);
      }
      for (const { tile, held } of finest) {
        if (!held) continue;
        pen.globalAlpha = opacity(held.since);
        drawTile(mosaic, tile, held.image, place);
      }
      pen.globalAlpha = 1;
      if (pictures.draw(pen, mosaic, place, opacity, pane.shows)) fading = true;

      // nearest neighbour keeps the cells' edges; where cells are finer than pixels, an average is truer
      pen.imageSmoothingEnabled = place.scale < 2;
      if (!isMoving || pane.hides) drawWhole(pane.mask, mosaic, place);
      if (pane.classes && camera.scale < BORDERED) drawWhole(pane.classes, mosaic, place); else if (pane.classes) drawClasses(pane, mosaic, place);
      if (pane.tint && camera.scale < FRAMED) drawWhole(pane.tint, mosaic, place);
      mark(mosaic, framed.filter((cell) => pane.shows[mosaic.postAt[cell]]), Math.max(2, 2 * ratio), colours.accent, place);
      if (camera.scale >= PLAYED) drawPlays(pane.shows, mosaic, ratio, place);
      if (hovered >= 0) mark(mosaic, [hovered], Math.max(2, 1.5 * ratio), colours.ink, place);
      for (const cell of [focused, opened]) {
        if (cell < 0 || !pane.shows[mosaic.postAt[cell]]) continue;
        mark(mosaic, [cell], 4 * ratio, colours.ground, place);
        mark(mosaic, [cell], 2.5 * ratio, colours.ink, place);
      }
      if (mosaic.labels) drawLabels(mosaic.labels, colours, ratio, place);
      drawNames(pane.names, hoveredName, colours, ratio, place);
      pen.restore();
    }
    tiles.want(finest.filter(({ held }) => !held).map(({ tile }) => tile));
    return fading;
  }

  return { pen, pixel, makeLayer, measureName, lay, prepare, draw };
};
