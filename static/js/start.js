// Starts every viewer of a page with the page's own clock, and the page once all its scripts are there.
"use strict";

Brandscape.clock = {
  now: () => performance.now(),
  frame: (draw) => window.requestAnimationFrame(draw),
  later: (act, time) => window.setTimeout(act, time),
};
Brandscape.starters.push((page) => {
  Brandscape.viewers = [...page.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, Brandscape.clock));
});
Brandscape.start = () => { for (const start of Brandscape.starters) start(document); };
document.addEventListener("DOMContentLoaded", () => Brandscape.start());
