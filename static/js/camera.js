// Where the viewer looks: the cell at the middle of the view, and how many CSS pixels a cell takes. Pure arithmetic.
"use strict";

Brandscape.camera = (() => {
  const { clamp } = Brandscape;
  const MARGIN = 24; // CSS pixels kept free around the whole mosaic
  const LARGEST = 420; // CSS pixels a cell may grow to

  // The whole mosaic in a view of width × height CSS pixels.
  function fit(mosaic, width, height) {
    const scale = Math.min((width - 2 * MARGIN) / mosaic.columns, (height - 2 * MARGIN) / mosaic.lines);
    return { x: mosaic.columns / 2, y: mosaic.lines / 2, scale: clamp(scale, 0.05, LARGEST / 2) };
  }

  // The nearest camera that keeps some of the mosaic in view and a scale that shows something.
  function settle(camera, mosaic, width, height) {
    const least = fit(mosaic, width, height).scale;
    const scale = clamp(camera.scale, least, Math.max(LARGEST, least));
    const reach = (side, size) => {
      // half the view may lie outside the mosaic, but its middle never does, unless all of it fits
      const half = size / scale / 2;
      return half * 2 >= side ? [side / 2, side / 2] : [Math.min(half, side / 2) * 0.5, side - Math.min(half, side / 2) * 0.5];
    };
    const [left, right] = reach(mosaic.columns, width);
    const [top, bottom] = reach(mosaic.lines, height);
    return { x: clamp(camera.x, left, right), y: clamp(camera.y, top, bottom), scale };
  }

  // CSS pixels from the view's top left corner to cells, and back.
  const toCell = (camera, width, height, px, py) => ({
    x: camera.x + (px - width / 2) / camera.scale,
    y: camera.y + (py - height / 2) / camera.scale,
  });
  const toView = (camera, width, height, x, y) => ({
    x: (x - camera.x) * camera.scale + width / 2,
    y: (y - camera.y) * camera.scale + height / 2,
  });

  // Scaled by `factor`, with what lies under (px, py) staying there.
  function zoomAt(camera, width, height, px, py, factor, mosaic) {
    const before = toCell(camera, width, height, px, py);
    const least = fit(mosaic, width, height).scale;
    const scale = clamp(camera.scale * factor, least, Math.max(LARGEST, least));
    return {
      x: before.x - (px - width / 2) / scale,
      y: before.y - (py - height / 2) / scale,
      scale,
    };
  }

  const pan = (camera, dx, dy) => ({ x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale, scale: camera.scale });

  // Between two cameras at `share` of the way; the scale moves evenly to the eye, that is by ratio.
  function between(from, to, share) {
    const scale = from.scale * (to.scale / from.scale) ** share;
    // x and y follow the scale, so that a zoom about a point keeps that point in place
    const way = Math.abs(to.scale - from.scale) < 1e-9 ? share : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
    return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, scale };
  }

  // How much a wheel event scales: lines and pages become pixels first; a pinch arrives as a wheel with ctrlKey.
  function wheelFactor(deltaY, deltaMode, ctrlKey) {
    const pixels = clamp(deltaY * [1, 16, 400][deltaMode], -240, 240);
    return Math.exp(-pixels * (ctrlKey ? 0.01 : 0.0022));
  }

  return { fit, settle, toCell, toView, zoomAt, pan, between, wheelFactor, LARGEST };
})();
