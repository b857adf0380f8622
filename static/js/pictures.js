// The posts' own pictures over the few cells that have outgrown the deepest tiles.
"use strict";

Brandscape.makePictures = ({ addressOf, colourOf, now, onload }) => {
  const OUTGROWN = 1.25; // times the deepest cell
  const MOST = 48; // on screen; where there would be more, the tiles do
  const AT_ONCE = 8; // loads
  const BORDER = 1 / 16; // of the deepest cell, as in the tiles
  const held = new Map(); // post -> {image, since}; `since` is null until it is ready, and where it is missing
  let loading = 0;

  // Draws what is ready over its cells and asks for the rest, of the posts that `shows` has 1 for; true while
  // something is still fading in.
  function draw(pen, mosaic, place, opacity, shows) {
    if (place.scale < mosaic.cell * OUTGROWN) return false;
    const cells = Brandscape.cells.within(mosaic, place).filter((cell) => shows[mosaic.postAt[cell]]);
    if (cells.length > MOST) return false;
    let fading = false;
    for (const cell of cells) {
      const post = mosaic.postAt[cell];
      const found = held.get(post) || begin(post);
      if (!found || found.since === null) continue;
      pen.globalAlpha = opacity(found.since);
      if (pen.globalAlpha < 1) fading = true;
      held.delete(post);
      held.set(post, found);
      const { x, y } = Brandscape.cells.placeOf(mosaic, cell);
      const [left, top] = [place.x(x), place.y(y)];
      drawPicture(pen, mosaic, found.image, left, top, place.x(x + 1) - left, place.y(y + 1) - top, colourOf(post));
    }
    pen.globalAlpha = 1;
    return fading;
  }

  // The picture's middle square, as in the tiles, and its border, no wider than theirs.
  function drawPicture(pen, mosaic, image, left, top, width, height, colour) {
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
