// The posts' own pictures over the few cells that have outgrown the deepest tiles.
"use strict";

Brandscape.makePictures = ({ addressOf, colourOf, now, onload }) => {
  const OUTGROWN = 1.25; // times the deepest cell
  const MOST = 48; // on screen; where there would be more, the tiles do
  const AT_ONCE = 8; // loads
  const BORDER = 1 / 16; // of the deepest cell, as in the tiles
  // post -> {image, since}; `since` is null until it is ready, and where it is missing
  const held = Brandscape.makeLru(2 * MOST, release);
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
    const entry = { image: new Image(), since: null, isLoading: true };
    loading += 1;
    const end = (since) => { loading -= 1; Object.assign(entry, { since, isLoading: false }); onload(); };
    entry.image.onload = () => end(now());
    entry.image.onerror = () => end(null);
    entry.image.src = address;
    held.set(post, entry);
    return entry;
  }

  // A picture's source taken away is an error to the browser, and must not count as another end of its loading.
  function release({ image, isLoading }) {
    if (isLoading) loading -= 1;
    image.onload = image.onerror = null;
    image.src = "";
  }

  return { draw, clear: () => held.clear() };
};
