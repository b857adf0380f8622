"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const load = require("./load.js");

const { pyramid, cells } = load("draw/pyramid", "draw/arrangement");
const { pack } = load;
const bits = (...bytes) => Buffer.from(bytes).toString("base64");

// 20 × 12 cells of 128 px: 5 × 3 tiles, 3 × 2, 2 × 1, 1; posts 3, 0 and 7 in cells 0, 25 and 239.
function open(changes = {}) {
  return pyramid.open({
    name: "all", tile: 512, cell: 128, columns: 20, lines: 12, first: 9, last: 12,
    tiles: {
      12: { rows: 3, columns: 5, bits: bits(0b00000011, 0b01000000) },
      11: { rows: 2, columns: 3, bits: bits(0b00100001) },
      10: { rows: 1, columns: 2, bits: bits(0b11) },
      9: { rows: 1, columns: 1, bits: bits(1) },
    },
    members: pack([3, 0, 7]), cells: pack([0, 25, 239]),
    ...changes,
  }, 9);
}

test("cells and posts find each other, and hold −1 for none", () => {
  const mosaic = open();
  assert.deepEqual([mosaic.postAt[0], mosaic.postAt[25], mosaic.postAt[239], mosaic.postAt[1]], [3, 0, 7, -1]);
  assert.deepEqual([...mosaic.cellOf], [25, -1, -1, 0, -1, -1, -1, 239, -1]);
});

test("members that are left out are all posts in their order", () => {
  assert.deepEqual([...open({ members: null }).members], [0, 1, 2]);
});

test("a bit says whether a tile exists; nothing lies outside the grid", () => {
  const mosaic = open();
  const there = [];
  for (let row = -1; row < 4; row += 1) {
    for (let column = -1; column < 6; column += 1) if (pyramid.has(mosaic, 12, column, row)) there.push([column, row]);
  }
  assert.deepEqual(there, [[0, 0], [1, 0], [4, 2]]);
  assert.equal(pyramid.has(mosaic, 13, 0, 0), false);
});

test("the level is the shallowest that is sharp", () => {
  const mosaic = open();
  const levels = [1, 16, 17, 32, 33, 64, 65, 128, 1000].map((pixels) => pyramid.levelFor(mosaic, pixels));
  assert.deepEqual(levels, [9, 9, 10, 10, 11, 11, 12, 12, 12]);
});

test("only existing tiles in view are wanted, the nearest to the middle first", () => {
  const mosaic = open();
  const list = (level, left, top, right, bottom) => pyramid.visible(mosaic, level, { left, top, right, bottom }).map(pyramid.key);
  assert.deepEqual(list(12, 3, 0, 20, 12), ["12/1_0", "12/4_2", "12/0_0"]);
  assert.deepEqual(list(12, 4, 0, 8, 4), ["12/1_0"]);
  assert.deepEqual(list(12, -50, -50, -1, -1), []);
  assert.deepEqual(list(9, -50, -50, 50, 50), ["9/0_0"]);
});

test("a tile's parent covers it", () => {
  const mosaic = open();
  const tile = { level: 12, column: 4, row: 2 };
  const above = pyramid.parent(tile);
  assert.deepEqual(above, { level: 11, column: 2, row: 1 });
  assert.equal(pyramid.span(mosaic, 12), 4);
  assert.equal(pyramid.span(mosaic, 9), 32);
});

test("a point hits the image of its cell, if that is shown", () => {
  const mosaic = open();
  const mask = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 0, 1]);
  assert.equal(cells.at(mosaic, mask, { x: 5.99, y: 1.01 }), 25);
  assert.equal(cells.at(mosaic, mask, { x: 6.01, y: 1.01 }), -1);
  assert.equal(cells.at(mosaic, mask, { x: 19.5, y: 11.5 }), -1);
  for (const [x, y] of [[-0.01, 0], [0, -0.01], [20, 0], [0, 12]]) assert.equal(cells.at(mosaic, mask, { x, y }), -1);
});

test("the nearest and the next are shown images", () => {
  const mosaic = open();
  const all = new Uint8Array(9).fill(1);
  const some = Uint8Array.from([0, 1, 1, 1, 1, 1, 1, 1, 1]);
  assert.equal(cells.nearest(mosaic, all, { x: 6, y: 2 }), 25);
  assert.equal(cells.nearest(mosaic, some, { x: 6, y: 2 }), 0);
  assert.equal(cells.nearest(mosaic, new Uint8Array(9), { x: 6, y: 2 }), -1);
  assert.equal(cells.next(mosaic, all, 0, 1, 0), 25);
  assert.equal(cells.next(mosaic, all, 25, 1, 0), 239);
  assert.equal(cells.next(mosaic, all, 239, 1, 0), -1);
  assert.equal(cells.next(mosaic, all, 25, 0, -1), 0);
});

test("a mosaic without tiles of its own lies over the levels of the whole", () => {
  const whole = open();
  // posts 7 and 3, over 40 cells, of which 7 lies in the last
  const part = pyramid.open({ name: "brand", of: "all", columns: 5, lines: 8, members: pack([7, 3]), cells: pack([39, 0]) }, 9, whole);
  assert.deepEqual([part.name, part.cell, part.last, part.postAt[39], part.cellOf[3], part.cellOf[0]], ["brand", 128, 12, 7, 0, -1]);
  assert.ok(part.first >= whole.first && part.first < part.last);
  const deepest = part.tiles.get(12);
  assert.deepEqual([deepest.columns, deepest.rows, [...deepest.bits]], [2, 2, [0b1001]]);
});
