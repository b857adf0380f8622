// Starts every viewer of the page, with the page's own clock.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const clock = {
    now: () => performance.now(),
    frame: (draw) => window.requestAnimationFrame(draw),
    later: (act, time) => window.setTimeout(act, time),
  };
  Brandscape.viewers = [...document.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, clock));
});
