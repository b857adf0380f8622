// Reads what two posts have in common, facet by facet, and the regions of their pictures that show it. Pure.
"use strict";

Brandscape.likeness = (() => {
  const SIDE = 8; // cells across and down a picture
  const TONES = 3;
  const [FAINT, FULL] = [0.2, 0.5]; // blurred values between which a region fades in

  // The record at `rank` of a post's nearest images: shares of all pairs that are farther apart, one a facet, tones that
  // both have, and for each facet with marks the cells that count, [of the post, of the other].
  function read(text, rank, facets) {
    const marked = facets.filter(({ marks }) => marks);
    const size = facets.length + TONES + 2 * SIDE * marked.length;
    const record = Brandscape.bytes(text).subarray(rank * size, (rank + 1) * size);
    const cellsAt = (start) => record.subarray(start, start + SIDE);
    const regions = {};
    marked.forEach(({ key }, index) => {
      const start = facets.length + TONES + 2 * SIDE * index;
      regions[key] = [cellsAt(start), cellsAt(start + SIDE)];
    });
    return {
      // above 99 in a hundred tenths are told apart
      shares: [...record.subarray(0, facets.length)].map((value) => (value < 99 ? value / 100 : (891 + value) / 1000)),
      tones: [...record.subarray(facets.length, facets.length + TONES)].filter((tone) => tone > 0).map((tone) => tone - 1),
      regions,
    };
  }

  const isEmpty = (cells) => cells.every((row) => row === 0);

  // Weights of four neighbouring values at `share` of the way from the second to the third: a cubic B-spline, which has
  // no corners.
  const weigh = (share) => [(1 - share) ** 3, 3 * share ** 3 - 6 * share ** 2 + 4, -3 * share ** 3 + 3 * share ** 2 + 3 * share + 1, share ** 3].map((weight) => weight / 6);

  // Values along a line of cells at `length` even places.
  function blur(values, length) {
    const at = (cell) => values[Brandscape.clamp(cell, 0, SIDE - 1)];
    return Array.from({ length }, (_, place) => {
      const middle = ((place + 0.5) / length) * SIDE - 0.5;
      const cell = Math.floor(middle);
      return weigh(middle - cell).reduce((sum, weight, step) => sum + weight * at(cell - 1 + step), 0);
    });
  }

  // Cells as a picture of soft shapes, `length` pixels across and down: opacities from 0 to 255.
  function soften(cells, length) {
    const rows = Array.from(cells, (row) => blur(Array.from({ length: SIDE }, (_, column) => (row >> column) & 1), length));
    const opacities = new Uint8ClampedArray(length * length);
    for (let x = 0; x < length; x += 1) {
      blur(rows.map((row) => row[x]), length).forEach((value, y) => {
        const share = Brandscape.clamp((value - FAINT) / (FULL - FAINT), 0, 1);
        opacities[y * length + x] = 255 * share * share * (3 - 2 * share);
      });
    }
    return opacities;
  }

  return { read, isEmpty, soften };
})();
