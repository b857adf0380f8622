// Which tiles a view needs. A tile of level L shows cells of cell / 2^(last − L) pixels. Pure arithmetic.
"use strict";

Brandscape.pyramid = (() => {
  const { clamp } = Brandscape;

  // A mosaic as its script wrote it, with its bitsets and cells made ready.
  function open(raw) {
    const tiles = new Map();
    for (const [level, grid] of Object.entries(raw.tiles)) {
      tiles.set(Number(level), { rows: grid.rows, columns: grid.columns, bits: Brandscape.unpack(grid.bits, Uint8Array) });
    }
    const members = Brandscape.unpack(raw.members, Uint32Array);
    const cells = Brandscape.unpack(raw.cells, Uint32Array);
    const postAt = new Int32Array(raw.columns * raw.lines).fill(-1);
    const cellOf = new Map();
    members.forEach((post, index) => { postAt[cells[index]] = post; cellOf.set(post, cells[index]); });
    return { ...raw, tiles, members, postAt, cellOf };
  }

  function has(mosaic, level, column, row) {
    const grid = mosaic.tiles.get(level);
    if (!grid || column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return false;
    const bit = row * grid.columns + column;
    return (grid.bits[bit >> 3] >> (bit & 7) & 1) === 1;
  }

  // Cells across a tile of `level`; less than one cell never happens within the levels written.
  const span = (mosaic, level) => (mosaic.tile / mosaic.cell) * 2 ** (mosaic.last - level);

  // The shallowest level whose cells have at least `pixels` device pixels.
  function levelFor(mosaic, pixels) {
    const steps = Math.floor(Math.log2(mosaic.cell / pixels) + 1e-6);
    return clamp(mosaic.last - steps, mosaic.first, mosaic.last);
  }

  // The existing tiles of `level` that meet a rectangle of cells, nearest its middle first.
  function visible(mosaic, level, left, top, right, bottom) {
    const cells = span(mosaic, level);
    const grid = mosaic.tiles.get(level);
    const found = [];
    const firstRow = Math.max(0, Math.floor(top / cells));
    const lastRow = Math.min(grid.rows - 1, Math.floor(bottom / cells));
    const firstColumn = Math.max(0, Math.floor(left / cells));
    const lastColumn = Math.min(grid.columns - 1, Math.floor(right / cells));
    const [x, y] = [(left + right) / 2 / cells - 0.5, (top + bottom) / 2 / cells - 0.5];
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        if (has(mosaic, level, column, row)) found.push({ level, column, row, far: (column - x) ** 2 + (row - y) ** 2 });
      }
    }
    return found.sort((one, other) => one.far - other.far);
  }

  const key = (tile) => `${tile.level}/${tile.column}_${tile.row}`;
  const parent = (tile) => ({ level: tile.level - 1, column: tile.column >> 1, row: tile.row >> 1 });

  return { open, has, span, levelFor, visible, key, parent };
})();
