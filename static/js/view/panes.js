// Shares the viewport out: one pane, or one for each of several brands in linked views. Pure arithmetic.
"use strict";

Brandscape.panes = (() => {
  const LEAST = 150; // CSS pixels across
  const HEAD = 28; // CSS pixels above each pane that its name takes
  const LINE = 1; // CSS pixels between two

  // As many of `count` as fit, in the rows and columns that show a mosaic largest: {width, height, corners: [{x, y}]},
  // each corner below its name.
  function share(count, { width, height }, mosaic) {
    const fits = Math.max(2, Math.floor(width / LEAST) * Math.floor(height / (LEAST + HEAD)));
    const shown = Math.min(count, fits);
    let best = null;
    for (let columns = 1; columns <= shown; columns += 1) {
      const rows = Math.ceil(shown / columns);
      const pane = { width: (width - LINE * (columns - 1)) / columns, height: (height - LINE * (rows - 1)) / rows - HEAD };
      const scale = Math.min(pane.width / mosaic.columns, pane.height / mosaic.lines);
      if (!best || scale > best.scale) best = { ...pane, columns, scale };
    }
    const corners = Array.from({ length: shown }, (_, index) => ({
      x: (index % best.columns) * (best.width + LINE),
      y: Math.floor(index / best.columns) * (best.height + HEAD + LINE) + HEAD,
    }));
    return { width: best.width, height: best.height, corners };
  }

  // The pane under a point of the viewport, or the nearest.
  function at({ width, height, corners }, { x, y }) {
    const far = (corner) => Math.max(corner.x - x, x - corner.x - width, 0) + Math.max(corner.y - y, y - corner.y - height, 0);
    return corners.reduce((best, corner, index) => (far(corner) < far(corners[best]) ? index : best), 0);
  }

  return { HEAD, share, at };
})();
