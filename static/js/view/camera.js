// The camera: the cell at the middle of the view, and how many CSS pixels a cell takes. Pure arithmetic.
// A view is {width, height, right, bottom} in CSS pixels; `right` and `bottom` are what a card covers of it. The whole
// mosaic keeps clear of what is covered at the right; at the bottom there is too little room for that.
"use strict";

Brandscape.camera = (() => {
  const { clamp } = Brandscape;
  const MARGIN = 12; // CSS pixels kept free around the whole mosaic
  const LARGEST = 420; // CSS pixels a cell may grow to

  // The whole mosaic in view.
  function fit(mosaic, { width, height, right }) {
    const wanted = Math.min((width - right - 2 * MARGIN) / mosaic.columns, (height - 2 * MARGIN) / mosaic.lines);
    const scale = clamp(wanted, 0.05, LARGEST / 2);
    return { x: mosaic.columns / 2 + right / 2 / scale, y: mosaic.lines / 2, scale };
  }

  // The nearest camera whose scale shows something and which draws no edge of the mosaic further in than where it
  // lies when all is in view: just those that zooming in on a point of the mosaic can reach, so that none is moved.
  function settle(camera, mosaic, view) {
    const least = fit(mosaic, view).scale;
    const scale = clamp(camera.scale, least, LARGEST);
    const reach = (side) => (side / 2) * (least / scale);
    const aside = view.right / 2 / scale;
    const x = clamp(camera.x - aside, reach(mosaic.columns), mosaic.columns - reach(mosaic.columns)) + aside;
    const y = clamp(camera.y, reach(mosaic.lines), mosaic.lines - reach(mosaic.lines) + view.bottom / scale);
    return { x, y, scale };
  }

  const isFit = (camera, mosaic, view) => camera.scale < fit(mosaic, view).scale * (1 + 1e-6);

  // CSS pixels from the view's top left corner to cells, and back.
  const toCell = (camera, view, at) => ({
    x: camera.x + (at.x - view.width / 2) / camera.scale,
    y: camera.y + (at.y - view.height / 2) / camera.scale,
  });
  const toView = (camera, view, cell) => ({
    x: (cell.x - camera.x) * camera.scale + view.width / 2,
    y: (cell.y - camera.y) * camera.scale + view.height / 2,
  });

  // Scaled by `factor`, with what lies at `from` carried to `to`.
  function carry(camera, mosaic, view, from, to, factor) {
    const held = toCell(camera, view, from);
    const scale = clamp(camera.scale * factor, fit(mosaic, view).scale, LARGEST);
    const x = held.x - (to.x - view.width / 2) / scale;
    const y = held.y - (to.y - view.height / 2) / scale;
    return settle({ x, y, scale }, mosaic, view);
  }

  const pan = (camera, dx, dy) => ({ x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale, scale: camera.scale });

  // The nearest camera that shows the cell whose corner is `cell` whole, beside whatever is covered.
  function reveal(camera, mosaic, view, cell) {
    const near = toView(camera, view, cell);
    const far = toView(camera, view, { x: cell.x + 1, y: cell.y + 1 });
    const shift = (from, to, free) => Math.min(free - MARGIN - to, 0) || Math.max(MARGIN - from, 0);
    const dx = shift(near.x, far.x, view.width - view.right);
    const dy = shift(near.y, far.y, view.height - view.bottom);
    return settle(pan(camera, dx, dy), mosaic, view);
  }

  // Between two cameras at `share` of the way; the scale moves evenly to the eye, that is by ratio, and x and y
  // follow it, so that a zoom about a point keeps that point in place.
  function between(from, to, share) {
    const scale = from.scale * (to.scale / from.scale) ** share;
    const zooms = Math.abs(to.scale / from.scale - 1) > 1e-6;
    const way = zooms ? (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale) : share;
    return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, scale };
  }

  // How much a wheel event scales: lines and pages become pixels first; a pinch arrives as a wheel with ctrlKey.
  function wheelFactor({ deltaY, deltaMode, ctrlKey }) {
    const pixels = clamp(deltaY * [1, 16, 400][deltaMode], -240, 240);
    return Math.exp(-pixels * (ctrlKey ? 0.01 : 0.0022));
  }

  // Whether a mouse wheel's notches made the event. All engines count 120 to a notch and 3 to a pixel of a trackpad's
  // stroke, but differ in how many pixels a notch is: 93 in WebKitGTK, 100 or 120 in Chromium.
  function isNotch({ deltaY, deltaMode, wheelDeltaY = 0 }) {
    const turned = Math.abs(wheelDeltaY);
    return deltaMode > 0 || Math.abs(deltaY) >= 100 || (turned >= 120 && turned < 2.5 * Math.abs(deltaY));
  }

  return { fit, settle, isFit, toCell, toView, carry, pan, reveal, between, wheelFactor, isNotch };
})();
