// What a closer look at a post shows: its picture, its brand, cluster and likes, and how its caption begins.
"use strict";

// The first line of a caption, cut where it is long.
Brandscape.firstLine = (details) => {
  const LONGEST = 140; // characters
  const [line] = ((details && details.caption) || "").trim().split("\n");
  const letters = Array.from(line.slice(0, 2 * LONGEST));
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("").trimEnd()}…` : line;
};

// Gives a function of a post, and of what is called with its {address, about} for a preview.
Brandscape.makeDescriber = ({ records, words, formats }) => {
  return function describe(post, done) {
    const address = records.picture(post, () => describe(post, done));
    if (!address) return;
    const [cluster, likes] = [records.clusterOf(post), records.likes[post]];
    const facts = [cluster && cluster.name, likes >= 0 && `${words.likes}\u00a0${formats.number(likes)}`].filter(Boolean).join(" · ");
    records.details(post, (details) => done({ address, about: [records.brandOf(post).name, facts, Brandscape.firstLine(details)] }));
  };
};

// Has images on the canvas looked at more closely.
Brandscape.makeCloser = ({ describe, canvas, state, navigation, viewport, transition }) => {
  const { camera: lens, cells, preview } = Brandscape;
  const isMoving = () => navigation.isMoving || transition.isMoving;

  // Where a cell of the pane under the pointer lies in the window.
  function boxOf(cell) {
    const { left, top } = canvas.getBoundingClientRect();
    const corner = viewport.corners[viewport.held];
    const { x, y } = lens.toView(navigation.camera, viewport.view, cells.placeOf(state.scene.mosaic, cell));
    const { scale } = navigation.camera;
    return { left: left + corner.x + x, top: top + corner.y + y, right: left + corner.x + x + scale, bottom: top + corner.y + y + scale };
  }

  return {
    // The pointer is at a point of the viewport, over a cell; −1 where there is none.
    hover(cell, at) {
      if (cell < 0) { preview.hide(); return; }
      const { left, top } = canvas.getBoundingClientRect();
      const post = state.scene.mosaic.postAt[cell];
      preview.wait(`${state.scene.kind} ${cell}`, { x: left + at.x, y: top + at.y }, (done) => {
        // an image on its way is under the pointer for a moment only
        if (isMoving()) done(null); else describe(post, (found) => done(isMoving() ? null : { ...found, box: boxOf(cell) }));
      });
    },
  };
};
