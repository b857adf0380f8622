// Links past what comes before the content or the map. They move the keyboard there and leave the address alone, which
// holds the state of the viewer.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest(".skip-link");
  const target = link && document.querySelector(link.matches("[data-skips]") ? ".viewer__canvas" : "#content");
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: link.matches("[data-skips]") ? "center" : "start" });
});
