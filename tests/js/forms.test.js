"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { forms } = require("./load.js")("draw/forms");

// A map of `count` posts in every third cell or so of a wide lattice; one post is on no map.
function makeMap(count) {
  const columns = Math.max(1, Math.round(Math.sqrt(1.7 * 1.5 * count)));
  const lines = Math.ceil((1.5 * count) / columns);
  const postAt = new Int32Array(columns * lines).fill(-1);
  const cellOf = new Int32Array(count + 1).fill(-1);
  for (let post = 0; post < count; post += 1) {
    const cell = Math.floor((post * columns * lines) / count);
    postAt[cell] = post;
    cellOf[post] = cell;
  }
  return { columns, lines, postAt, cellOf, members: Uint16Array.from({ length: count }, (_, post) => post) };
}
function checkWhole({ columns, lines, postAt, cellOf }, count) {
  assert.equal(postAt.length, columns * lines);
  assert.deepEqual([...postAt].filter((post) => post >= 0).sort((one, other) => one - other), Array.from({ length: count }, (_, post) => post));
  for (let post = 0; post < count; post += 1) assert.equal(postAt[cellOf[post]], post);
  assert.equal(cellOf[count], -1);
}

for (const count of [1, 2, 7, 150, 2000]) {
  test(`${count} images keep a cell each in every form, and a wall has hardly an empty one`, () => {
    const map = makeMap(count);
    for (const shape of ["wide", "tall"]) {
      for (let step = 0; step <= forms.CLOSEST; step += 1) checkWhole(forms.make(map, shape, step), count);
    }
    const wall = forms.make(map, "wide", forms.CLOSEST);
    assert.ok(wall.columns * wall.lines - count < wall.columns);
    const areas = [0, 1, 2, 3, 4].map((step) => { const { columns, lines } = forms.make(map, "wide", step); return columns * lines; });
    assert.deepEqual(areas, [...areas].sort((one, other) => other - one));
  });
}

test("on a tall screen what was left is above, and neighbours stay neighbours", () => {
  const map = makeMap(150);
  const tall = forms.make(map, "tall", 0);
  assert.deepEqual([tall.columns, tall.lines], [map.lines, map.columns]);
  for (const post of map.members) {
    assert.equal(tall.cellOf[post] % tall.columns, Math.floor(map.cellOf[post] / map.columns));
    assert.equal(Math.floor(tall.cellOf[post] / tall.columns), map.cellOf[post] % map.columns);
  }
  assert.deepEqual(forms.turn({ x: 3, y: 8, scale: 20 }), { x: 8, y: 3, scale: 20 });
  assert.equal(forms.turn(null), null);
});

test("images keep their places as gaps close", () => {
  const map = makeMap(2000);
  const wall = forms.make(map, "wide", forms.CLOSEST);
  for (const post of map.members) {
    const before = [(map.cellOf[post] % map.columns) / map.columns, Math.floor(map.cellOf[post] / map.columns) / map.lines];
    const after = [(wall.cellOf[post] % wall.columns) / wall.columns, Math.floor(wall.cellOf[post] / wall.columns) / wall.lines];
    assert.ok(Math.hypot(before[0] - after[0], before[1] - after[1]) < 0.12);
  }
});

test("a hundred thousand images are close within a moment", () => {
  const map = makeMap(100000);
  map.members = Uint32Array.from({ length: 100000 }, (_, post) => post);
  checkWhole(forms.make(map, "wide", forms.CLOSEST), 100000);
});
