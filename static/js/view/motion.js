// Moves the camera by itself: a glide to another camera, or what is left of a drag's speed.
"use strict";

Brandscape.makeMotion = ({ now, isCalm }) => {
  const { camera: lens } = Brandscape;
  const SLOWING = 180; // milliseconds in which a fling's speed falls to a third
  const SLOWEST = 0.02; // CSS pixels a millisecond
  let glide = null; // {from, to, start, time}
  let speed = null; // {x, y, last} in CSS pixels a millisecond

  function slide(camera) {
    const time = Math.min(40, now() - speed.last);
    const moved = lens.pan(camera, speed.x * time, speed.y * time);
    const slowed = Math.exp(-time / SLOWING);
    speed = { x: speed.x * slowed, y: speed.y * slowed, last: now() };
    if (Math.hypot(speed.x, speed.y) < SLOWEST) speed = null;
    return moved;
  }

  return {
    glide(from, to, time) { speed = null; glide = { from, to, start: now(), time }; },
    fling(x, y) { if (!isCalm() && Math.hypot(x, y) > 0.15) speed = { x, y, last: now() }; },
    stop() { glide = null; speed = null; },
    // The camera now, from what it was a frame ago.
    step(camera) {
      if (speed) return slide(camera);
      if (!glide) return camera;
      const { from, to, start, time } = glide;
      const share = isCalm() ? 1 : Math.min(1, (now() - start) / time);
      if (share < 1) return lens.between(from, to, 1 - (1 - share) ** 3);
      glide = null;
      return to;
    },
    get isMoving() { return glide !== null || speed !== null; },
    // Where a glide will end, or null.
    get target() { return glide && glide.to; },
  };
};
