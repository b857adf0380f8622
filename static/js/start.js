// Starts a page once all its scripts are there.
"use strict";

Brandscape.clock = {
  now: () => performance.now(),
  frame: (draw) => window.requestAnimationFrame(draw),
  later: (act, time) => window.setTimeout(act, time),
};
Brandscape.start = () => { for (const start of Brandscape.starters) start(document); };
document.addEventListener("DOMContentLoaded", () => Brandscape.start());
