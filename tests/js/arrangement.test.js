"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { arrangement, pyramid } = require("./load.js")("draw/pyramid", "draw/arrangement");

// A map of `count` posts on a square of cells, half of them empty.
function makeMap(count) {
  const columns = Math.ceil(Math.sqrt(2 * count));
  const cell = 64;
  const last = Math.ceil(Math.log2(columns * cell));
  const postAt = new Int32Array(columns * columns).fill(-1);
  const cellOf = Int32Array.from({ length: count + 1 }, (_, post) => (post < count ? post * 2 : -1)); // the last is on no mosaic
  cellOf.forEach((at, post) => { if (at >= 0) postAt[at] = post; });
  return { columns, lines: columns, cell, tile: 512, last, first: Math.min(9, last), members: Uint32Array.from({ length: count }, (_, post) => post), cellOf, postAt };
}
function groupsOf(map, sizes) {
  const of = Uint8Array.from(map.cellOf, () => 255);
  let post = 0;
  sizes.forEach((size, index) => { for (let n = 0; n < size; n += 1, post += 1) of[post] = index; });
  return arrangement.group(map, of, sizes.map((_, index) => `g${index}`), (one, other) => one - other);
}

for (const shape of ["block", "column"]) {
  for (const sizes of [[1], [5, 0, 3], [100, 80, 60, 3, 1], Array(40).fill(7), [1000]]) {
    for (const aspect of [0.7, 1.7]) {
      test(`${shape}s of ${sizes.slice(0, 5)} at ${aspect}: every image once, inside its own group's room`, () => {
        const count = sizes.reduce((sum, size) => sum + size);
        const map = makeMap(count);
        const made = arrangement.make(map, groupsOf(map, sizes), shape, aspect);
        const placed = [...made.postAt].filter((post) => post >= 0);
        assert.deepEqual(placed.sort((one, other) => one - other), [...map.members]);
        for (const post of map.members) assert.equal(made.postAt[made.cellOf[post]], post);
        assert.equal(made.cellOf[count], -1);
        assert.equal(made.labels.reduce((sum, label) => sum + label.count, 0), count);
        for (const { column, columns } of made.labels) assert.ok(column >= 0 && column + columns <= made.columns);
        // nowhere near a waste of the view; columns cannot be broken, so many low ones are
        if (sizes.length < 40) assert.ok(Math.max(made.columns / aspect, made.lines) ** 2 * aspect < 6 * count + 60, `${made.columns} × ${made.lines}`);
      });
    }
  }
}

test("above each block there is room for its name", () => {
  for (const sizes of [[1], [100, 80, 60, 3, 1], Array(12).fill(7), [70, 60, 55, 50, 44, 40, 40, 33, 30, 28, 22, 22, 20, 15, 12, 8, 8, 6, 5, 4, 3, 2]]) {
    for (const aspect of [0.72, 1.7]) {
      const map = makeMap(sizes.reduce((sum, size) => sum + size));
      const made = arrangement.make(map, groupsOf(map, sizes), "block", aspect);
      const room = Math.max(made.columns / aspect, made.lines); // lines that the view is high
      const tops = [...new Set(made.labels.map(({ line }) => line))].sort((one, other) => one - other);
      let end = 0;
      for (const top of tops) {
        assert.ok((top - end) / room >= 0.039, `${top - end} of ${room} lines`);
        end = Math.max(...made.labels.filter(({ line }) => line === top).map(({ line, lines }) => line + lines));
      }
    }
  }
});

test("tiles are marked where images lie and nowhere else", () => {
  const map = makeMap(600);
  const made = arrangement.make(map, groupsOf(map, [400, 200]), "block", 1.7);
  for (let level = made.first; level <= made.last; level += 1) {
    const span = pyramid.span(made, level);
    const grid = made.tiles.get(level);
    for (let row = 0; row < grid.rows; row += 1) {
      for (let column = 0; column < grid.columns; column += 1) {
        const holds = [...map.members].some((post) => Math.floor((made.cellOf[post] % made.columns) / span) === column && Math.floor(made.cellOf[post] / made.columns / span) === row);
        assert.equal(pyramid.has(made, level, column, row), holds);
      }
    }
  }
  assert.ok(made.first >= map.first);
});

test("what looks alike stays together in a block", () => {
  const map = makeMap(200);
  const made = arrangement.make(map, groupsOf(map, [200]), "block", 1.7);
  const left = [...map.members].filter((post) => made.cellOf[post] % made.columns < made.columns / 2).map((post) => map.cellOf[post] % map.columns);
  const right = [...map.members].filter((post) => made.cellOf[post] % made.columns >= made.columns / 2).map((post) => map.cellOf[post] % map.columns);
  const mean = (values) => values.reduce((sum, value) => sum + value) / values.length;
  assert.ok(mean(left) < mean(right) - map.columns / 4);
});
