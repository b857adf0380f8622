// On paper a map that is shown as it opens is its flat picture, which is finer than any screen. Else it is the canvas.
"use strict";

Brandscape.preparePaper = ({ root, paper, isPlain, later }) => {
  if (!paper) return; // an edition for e-mail has no flat pictures
  const fetchNow = () => { paper.loading = "eager"; };
  window.addEventListener("beforeprint", () => {
    const isReady = paper.complete && paper.naturalWidth > 0;
    if (!isReady) fetchNow();
    root.classList.toggle("is-flat", isReady && isPlain());
  });
  // print waits for nothing; from disk the picture costs no transfer
  if (location.protocol === "file:") window.addEventListener("load", () => later(fetchNow, 500));
};
