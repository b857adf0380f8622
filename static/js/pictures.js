// The posts' own pictures over the few cells that have outgrown the deepest tiles.
"use strict";

Brandscape.makePictures = ({ mosaic, addressOf, colourOf, now, onload }) => {
  const OUTGROWN = 1.25; // times the deepest cell
  const MOST = 48; // on screen; where there would be more, the tiles do
  const AT_ONCE = 8; // loads
  const BORDER = 1 / 16; // of the deepest cell, as in the tiles
  const held = new Map(); // post -> {image, since}; `since` is null until it is ready, and where it is missing
  let loading = 0;

  // Draws what is ready over its cells and asks for the rest; true while something is still fading in.
  function draw(pen, place, opacity) {
    if (place.scale < mosaic.cell * OUTGROWN) return false;
    const [firstLine, lastLine] = [Math.max(0, Math.floor(place.top)), Math.min(mosaic.lines, Math.ceil(place.bottom))];
    const [firstColumn, lastColumn] = [Math.max(0, Math.floor(place.left)), Math.min(mosaic.columns, Math.ceil(place.right))];
    if ((lastLine - firstLine) * (lastColumn - firstColumn) > MOST) return false;
    let fading = false;
    for (let line = firstLine; line < lastLine; line += 1) {
      for (let column = firstColumn; column < lastColumn; column += 1) {
        const post = mosaic.postAt[line * mosaic.columns + column];
        const found = post < 0 ? null : held.get(post) || begin(post);
        if (!found || found.since === null) continue;
        pen.globalAlpha = opacity(found.since);
        if (pen.globalAlpha < 1) fading = true;
        held.delete(post);
        held.set(post, found);
        const [left, top] = [place.x(column), place.y(line)];
        drawPicture(pen, found.image, left, top, place.x(column + 1) - left, place.y(line + 1) - top, colourOf(post));
      }
    }
    pen.globalAlpha = 1;
    return fading;
  }

  // The picture's middle square, as in the tiles, and its border, no wider than theirs.
  function drawPicture(pen, image, left, top, width, height, colour) {
    const side = Math.min(image.naturalWidth, image.naturalHeight);
    pen.drawImage(image, (image.naturalWidth - side) / 2, (image.naturalHeight - side) / 2, side, side, left, top, width, height);
    if (!colour) return;
    const border = Math.max(2, Math.round(mosaic.cell * BORDER));
    pen.strokeStyle = colour;
    pen.lineWidth = border;
    pen.strokeRect(left + border / 2, top + border / 2, width - border, height - border);
  }

  function begin(post) {
    const address = loading < AT_ONCE && addressOf(post);
    if (!address) return null;
    const entry = { image: new Image(), since: null };
    held.set(post, entry);
    loading += 1;
    const end = (since) => { loading -= 1; entry.since = since; onload(); };
    entry.image.onload = () => end(now());
    entry.image.onerror = () => end(null);
    entry.image.src = address;
    if (held.size > 2 * MOST) {
      const [oldest, { image }] = held.entries().next().value;
      image.src = "";
      held.delete(oldest);
    }
    return entry;
  }

  return { draw };
};
