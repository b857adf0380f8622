"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { selection } = require("./load.js")("draw/pyramid", "data/selection");

// 4 × 3 cells, post n in cell n
const mosaic = { columns: 4, lines: 3, members: Uint32Array.from({ length: 12 }, (_, post) => post), cellOf: Int32Array.from({ length: 12 }, (_, post) => post) };
const all = new Uint8Array(12).fill(1);
const at = (x, y) => ({ x, y });

test("a line holds the cells whose middles lie inside it", () => {
  assert.deepEqual(selection.inside(mosaic, all, [at(0, 0), at(2, 0), at(2, 2), at(0, 2)]), [0, 1, 4, 5]);
  assert.deepEqual(selection.inside(mosaic, all, [at(0.4, 0.4), at(0.6, 0.4), at(0.5, 0.6)]), [0]);
  assert.deepEqual(selection.inside(mosaic, all, [at(-9, -9), at(9, -9), at(9, 9), at(-9, 9)]).length, 12);
  // a line like a U leaves out what lies between its arms
  assert.deepEqual(selection.inside(mosaic, all, [at(0, 0), at(1, 0), at(1, 2), at(3, 2), at(3, 0), at(4, 0), at(4, 3), at(0, 3)]), [0, 3, 4, 7, 8, 9, 10, 11]);
});

test("what is hidden is not taken", () => {
  const mask = Uint8Array.from({ length: 12 }, (_, post) => post % 2);
  assert.deepEqual(selection.inside(mosaic, mask, [at(0, 0), at(4, 0), at(4, 1), at(0, 1)]), [1, 3]);
});

test("shares say how often each comes, beside how often it comes at all", () => {
  const of = Uint8Array.from([0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
  const found = selection.shares(of, [0, 3, 4], mosaic.members);
  assert.deepEqual(found.map(({ index, count }) => [index, count]), [[1, 2], [0, 1]]);
  assert.ok(Math.abs(found[0].share - 2 / 3) < 1e-9 && Math.abs(found[0].usual - 2 / 12) < 1e-9);
});

test("a table quotes what must be quoted and runs nothing", () => {
  assert.equal(selection.csv([["a", 1, null, undefined, 0.5]]), "a,1,,,0.5\n");
  assert.equal(selection.csv([['say "hi"', "a,b", "two\nlines"]]), '"say ""hi""","a,b","two\nlines"\n');
  assert.equal(selection.csv([["=1+1", " @x", "-3", "＝x", -3]]), "'=1+1,' @x,'-3,'＝x,-3\n");
});

test("a selection is read as it was written", () => {
  const checksums = Uint32Array.from([7, 0xffffffff, 12, 0, 99]);
  for (const posts of [[1], [0, 3], [0, 1, 2, 3, 4]]) {
    const text = selection.encode(posts, checksums);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(selection.decode(text, checksums), posts);
  }
  assert.equal(selection.encode([], checksums), "");
  assert.equal(selection.encode(new Array(selection.MOST_IN_LINK + 1).fill(0), checksums), "");
  for (const text of ["", "A", "AAA", "%", "ÿ", "AAAAAAA"]) assert.ok(Array.isArray(selection.decode(text, checksums)), text);
});
