// Finds the tiles that a view needs. A tile of level L shows cells of cell / 2^(last − L) pixels. Pure arithmetic.
"use strict";

Brandscape.pyramid = (() => {
  const { clamp, numbers, bytes } = Brandscape;

  // A mosaic as its script wrote it, with its bitsets and cells made ready. `cellOf` and `postAt` hold −1 for none.
  // One without tiles of its own shows some of the images of `whole`, in other cells.
  function open(raw, count, whole) {
    const cells = numbers(raw.cells);
    const members = raw.members ? numbers(raw.members) : Uint32Array.from(cells, (_, index) => index);
    const postAt = new Int32Array(raw.columns * raw.lines).fill(-1);
    const cellOf = new Int32Array(count).fill(-1);
    members.forEach((post, index) => { postAt[cells[index]] = post; cellOf[post] = cells[index]; });
    const { name, names, columns, lines } = raw;
    if (whole) return { ...Brandscape.arrangement.lay(whole, { columns, lines, postAt, cellOf, members }), name, names };
    const tiles = new Map();
    for (const [level, grid] of Object.entries(raw.tiles)) tiles.set(Number(level), { ...grid, bits: bytes(grid.bits) });
    return { ...raw, tiles, members, postAt, cellOf };
  }

  function has(mosaic, level, column, row) {
    const grid = mosaic.tiles.get(level);
    if (!grid || column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return false;
    const bit = row * grid.columns + column;
    return (grid.bits[bit >> 3] >> (bit & 7) & 1) === 1;
  }

  // Cells across a tile of `level`.
  const span = (mosaic, level) => (mosaic.tile / mosaic.cell) * 2 ** (mosaic.last - level);

  // The shallowest level whose cells have at least `pixels` device pixels.
  function levelFor(mosaic, pixels) {
    const steps = Math.floor(Math.log2(mosaic.cell / pixels) + 1e-6);
    return clamp(mosaic.last - steps, mosaic.first, mosaic.last);
  }

  // The existing tiles of `level` that meet a rectangle of cells, nearest its middle first.
  function visible(mosaic, level, { left, top, right, bottom }) {
    const cells = span(mosaic, level);
    const grid = mosaic.tiles.get(level);
    const found = [];
    const [firstColumn, firstRow] = [Math.max(0, Math.floor(left / cells)), Math.max(0, Math.floor(top / cells))];
    const [x, y] = [(left + right) / 2 / cells - 0.5, (top + bottom) / 2 / cells - 0.5];
    for (let row = firstRow; row < Math.min(grid.rows, bottom / cells); row += 1) {
      for (let column = firstColumn; column < Math.min(grid.columns, right / cells); column += 1) {
        if (has(mosaic, level, column, row)) found.push({ level, column, row, far: (column - x) ** 2 + (row - y) ** 2 });
      }
    }
    return found.sort((one, other) => one.far - other.far);
  }

  const key = (tile) => `${tile.level}/${tile.column}_${tile.row}`;
  const parent = (tile) => ({ level: tile.level - 1, column: tile.column >> 1, row: tile.row >> 1 });

  return { open, has, span, levelFor, visible, key, parent };
})();

// A mosaic's cells as places: what lies under a point, nearest the middle, next in a direction. `mask` says what is shown.
Brandscape.cells = (() => {
  const placeOf = (mosaic, cell) => ({ x: cell % mosaic.columns, y: Math.floor(cell / mosaic.columns) });

  function at(mosaic, mask, { x, y }) {
    if (x < 0 || y < 0 || x >= mosaic.columns || y >= mosaic.lines) return -1;
    const cell = Math.floor(y) * mosaic.columns + Math.floor(x);
    return mosaic.postAt[cell] >= 0 && mask[mosaic.postAt[cell]] ? cell : -1;
  }

  // The cells that hold an image and meet a rectangle of cells.
  function within(mosaic, { left, top, right, bottom }) {
    const found = [];
    for (let line = Math.max(0, Math.floor(top)); line < Math.min(mosaic.lines, bottom); line += 1) {
      for (let column = Math.max(0, Math.floor(left)); column < Math.min(mosaic.columns, right); column += 1) {
        const cell = line * mosaic.columns + column;
        if (mosaic.postAt[cell] >= 0) found.push(cell);
      }
    }
    return found;
  }

  function best(mosaic, mask, cost) {
    let [found, least] = [-1, Infinity];
    for (const post of mosaic.members) {
      if (!mask[post]) continue;
      const price = cost(placeOf(mosaic, mosaic.cellOf[post]));
      if (price < least) [found, least] = [mosaic.cellOf[post], price];
    }
    return found;
  }
  // The shown cell whose middle is nearest to a point.
  const nearest = (mosaic, mask, to) => best(mosaic, mask, ({ x, y }) => (x + 0.5 - to.x) ** 2 + (y + 0.5 - to.y) ** 2);

  // The next shown cell from `cell` towards (dx, dy): straight on before aside. −1 where none is left.
  function next(mosaic, mask, cell, dx, dy) {
    const from = placeOf(mosaic, cell);
    return best(mosaic, mask, ({ x, y }) => {
      const ahead = (x - from.x) * dx + (y - from.y) * dy;
      const aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
      return ahead > 0 ? ahead + 2 * aside : Infinity;
    });
  }

  return { placeOf, at, within, nearest, next };
})();
