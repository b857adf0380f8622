// The way from one scene to another: every image moves to its new cell, or, where they are too many, the old picture
// fades out over the new one.
"use strict";

Brandscape.makeTransition = ({ canvas, painter, tiles, now }) => {
  const { pyramid, cells } = Brandscape;
  const MOST = 6000; // images that move
  const MOVE = 650; // milliseconds
  const FADE = 250;
  const PATIENCE = 600; // milliseconds that the old picture waits for the new one
  let under = null; // {start, ends, sprites} or {start, ends, image}

  const ease = (share) => (share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);

  function boxOf(mosaic, place, post) {
    const { x, y } = cells.placeOf(mosaic, mosaic.cellOf[post]);
    return { left: place.x(x), top: place.y(y), side: place.x(x + 1) - place.x(x) };
  }
  const isSeen = ({ left, top, side }) => left < canvas.width && top < canvas.height && left + side > 0 && top + side > 0;

  // Where on the map's tiles, or else on its overview, a post's image is at this scale.
  function findImage({ mosaic, overview }, scale, post) {
    const { x, y } = cells.placeOf(mosaic, mosaic.cellOf[post]);
    const level = pyramid.levelFor(mosaic, scale);
    const span = pyramid.span(mosaic, level);
    const held = tiles.get({ level, column: Math.floor(x / span), row: Math.floor(y / span) });
    const side = held ? mosaic.tile / span : overview.naturalWidth / mosaic.columns;
    return held ? { image: held.image, x: (x % span) * side, y: (y % span) * side, size: side } : { image: overview, x: x * side, y: y * side, size: side };
  }

  function findSprites(map, from, to, view, shows) {
    const [before, after] = [painter.lay(from.camera, view), painter.lay(to.camera, view)];
    const sprites = [];
    for (const post of map.mosaic.members) {
      if (!shows[post]) continue;
      const boxes = { from: boxOf(from.scene.mosaic, before, post), to: boxOf(to.scene.mosaic, after, post) };
      if (!isSeen(boxes.from) && !isSeen(boxes.to)) continue;
      if (sprites.push({ post, ...boxes }) > MOST) return null;
    }
    const scale = Math.max(before.scale, after.scale);
    for (const sprite of sprites) sprite.source = findImage(map, scale, sprite.post);
    return sprites;
  }

  function copy() {
    const image = document.createElement("canvas");
    [image.width, image.height] = [canvas.width, canvas.height];
    image.getContext("2d").drawImage(canvas, 0, 0);
    return image;
  }

  function drawSprites(sprites, share, colours) {
    const { pen } = painter;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const between = (one, other) => Math.round(one + (other - one) * share);
    for (const { from, to, source } of sprites) {
      const side = Math.max(1, between(from.side, to.side));
      pen.drawImage(source.image, source.x, source.y, source.size, source.size, between(from.left, to.left), between(from.top, to.top), side, side);
    }
  }

  return {
    // From one {scene, camera} to another; `shows` has 1 for what is shown, or is null where nothing can move.
    start(map, from, to, view, shows) {
      const sprites = shows && findSprites(map, from, to, view, shows);
      under = sprites ? { start: now(), ends: now() + MOVE, sprites } : { start: now(), ends: null, image: copy() };
    },
    stop() { under = null; },
    // Draws this frame's part over or in place of `drawScene`; `isReady` says whether the new scene could be drawn whole.
    draw(drawScene, isReady, colours) {
      const { sprites, image, start } = under;
      const isLate = now() > start + PATIENCE + (sprites ? MOVE : 0);
      if (sprites) {
        const share = Math.min(1, (now() - start) / MOVE);
        if (share < 1 || !(isReady() || isLate)) { isReady(); drawSprites(sprites, ease(share), colours); return; }
        under = null;
        drawScene();
        return;
      }
      drawScene();
      if (under.ends === null && (isReady() || isLate)) under.ends = now() + FADE;
      const left = under.ends === null ? 1 : (under.ends - now()) / FADE;
      if (left <= 0) { under = null; return; }
      const { pen } = painter;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.globalAlpha = left;
      pen.drawImage(image, 0, 0);
      pen.globalAlpha = 1;
    },
    get isMoving() { return under !== null; },
  };
};
