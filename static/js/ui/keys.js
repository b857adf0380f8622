// The keys of the canvas.
"use strict";

Brandscape.makeKeys = ({ before, pan, step, zoomIn, zoomOut, fit, open, pick, find }) => {
  const move = (dx, dy) => (shift) => (shift ? step : pan)(dx, dy);
  const keys = {
    ArrowLeft: move(-1, 0), ArrowRight: move(1, 0), ArrowUp: move(0, -1), ArrowDown: move(0, 1),
    "+": zoomIn, "=": zoomIn, "-": zoomOut, 0: fit, Enter: open, " ": pick, "/": find,
  };
  // Whether the key means something here, which it has then done.
  return (name, shift) => {
    if (!Object.hasOwn(keys, name)) return false;
    before();
    keys[name](shift);
    return true;
  };
};
