// The camera: where it is, where it is on its way to, and every way of moving it.
"use strict";

// `geometry()` gives {mosaic, view}. `onmove` is called whenever a frame has to be drawn, `onrest` once the camera has
// come to rest.
Brandscape.makeNavigation = ({ now, later, isCalm, geometry, onmove, onrest }) => {
  const { camera: lens } = Brandscape;
  const GLIDE = 220; // milliseconds
  const STILL = 120; // milliseconds without a move by hand after which the view is at rest
  const motion = Brandscape.makeMotion({ now, isCalm });
  let camera = null;
  let moved = -Infinity; // when it was last moved by hand
  let isWaiting = false; // for it to rest after that

  const whole = () => { const { mosaic, view } = geometry(); return lens.fit(mosaic, view); };
  const settle = (next) => { const { mosaic, view } = geometry(); return lens.settle(next, mosaic, view); };
  const isFit = (at) => { const { mosaic, view } = geometry(); return lens.isFit(at, mosaic, view); };
  const goal = () => motion.target || camera;

  function rest() {
    isWaiting = true;
    later(() => {
      if (now() - moved < STILL) { rest(); return; }
      isWaiting = false;
      onrest();
    }, STILL);
  }

  // Both return whether the camera changes, or is going to.
  function look(next) {
    motion.stop();
    const changed = next.x !== camera.x || next.y !== camera.y || next.scale !== camera.scale;
    camera = next;
    if (changed) {
      moved = now();
      if (!isWaiting) rest();
      onmove();
    }
    return changed;
  }
  function goTo(next, time = GLIDE) {
    const changed = Math.abs(next.x - camera.x) + Math.abs(next.y - camera.y) > 1e-3 || Math.abs(next.scale / camera.scale - 1) > 1e-4;
    if (changed) motion.glide(camera, next, time);
    onmove();
    return changed;
  }

  function carry(from, to, factor) {
    const { mosaic, view } = geometry();
    return lens.carry(camera, mosaic, view, from, to, factor);
  }

  return {
    get camera() { return camera; },
    // Where the camera is, or is on its way to.
    get goal() { return goal(); },
    get isFit() { return isFit(camera); },
    get isMoving() { return motion.isMoving || isWaiting; },
    get isDriven() { return motion.isMoving; },
    whole,
    settle,
    look,
    goTo,
    // Puts it somewhere at once; what moved it stops.
    put(next) { motion.stop(); camera = next; onmove(); },
    // Where to look after `change`, which alters the geometry: at everything, if that was so before.
    keep(change) {
      const wasFit = !camera || isFit(goal());
      change();
      return wasFit ? whole() : settle(goal());
    },
    pan: (dx, dy) => look(settle(lens.pan(camera, dx, dy))),
    drag: (from, to, factor) => look(carry(from, to, factor)),
    zoom(at, factor, isSmooth) {
      if (!isSmooth) return look(carry(at, at, factor));
      // a glide under way is gone on with, from what is on screen now
      return goTo(carry(at, at, (goal().scale * factor) / camera.scale));
    },
    // Goes from `start` just as far as it takes to show a cell whole.
    reveal(start, cell) {
      const { mosaic, view } = geometry();
      return goTo(lens.reveal(start, mosaic, view, Brandscape.cells.placeOf(mosaic, cell)));
    },
    fling(x, y) { motion.fling(x, y); onmove(); },
    stop: () => motion.stop(),
    // One frame of what moves by itself.
    step() {
      if (!motion.isMoving) return;
      camera = settle(motion.step(camera));
      if (!motion.isMoving) onrest();
    },
  };
};
