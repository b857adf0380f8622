"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { likeness } = require("./load.js")("data/likeness");

const text = (bytes) => btoa(String.fromCharCode(...bytes));
const facets = [{ key: "content", marks: true }, { key: "colour", marks: true }, { key: "examples", marks: false }];
const cells = (value) => Array(8).fill(value);

test("a record is read at its rank, its marks by the facets that have some", () => {
  const one = [97, 108, 0, 3, 0, 0, ...cells(1), ...cells(2), ...cells(3), ...cells(4)];
  const other = [50, 1, 9, 0, 0, 0, ...cells(0), ...cells(255), ...cells(128), ...cells(0)];
  const packed = text([...one, ...other]);
  const first = likeness.read(packed, 0, facets);
  assert.deepEqual(first.shares, [0.97, 0.999, 0]);
  assert.deepEqual(first.tones, [2]);
  assert.deepEqual(Object.keys(first.regions), ["content", "colour"]);
  assert.deepEqual(first.regions.content.map((mask) => [...mask]), [cells(1), cells(2)]);
  const second = likeness.read(packed, 1, facets);
  assert.deepEqual([second.shares, second.tones], [[0.5, 0.01, 0.09], []]);
  assert.deepEqual(second.regions.colour.map((mask) => [...mask]), [cells(128), cells(0)]);
});

test("where no facet has marks there are shares and tones alone", () => {
  const plain = facets.map((facet) => ({ ...facet, marks: false }));
  const packed = text([1, 2, 3, 7, 8, 9, 4, 5, 6, 0, 1, 0]);
  assert.deepEqual(likeness.read(packed, 1, plain), { shares: [0.04, 0.05, 0.06], tones: [0], regions: {} });
});

test("a mask is empty where no cell counts", () => {
  assert.equal(likeness.isEmpty(Uint8Array.from(cells(0))), true);
  assert.equal(likeness.isEmpty(Uint8Array.from([0, 0, 0, 4, 0, 0, 0, 0])), false);
});

test("everything and nothing stay what they are", () => {
  assert.ok(likeness.soften(cells(255), 40).every((opacity) => opacity === 255));
  assert.ok(likeness.soften(cells(0), 40).every((opacity) => opacity === 0));
});

test("bit c of byte r lights column c from the left of row r from the top, softly", () => {
  const side = 64;
  const mask = cells(0);
  mask[2] = 1 << 5;
  const opacities = likeness.soften(mask, side);
  const at = (column, row) => opacities[Math.floor((row + 0.5) * (side / 8)) * side + Math.floor((column + 0.5) * (side / 8))];
  assert.ok(at(5, 2) > 200, String(at(5, 2)));
  for (const [column, row] of [[2, 5], [5, 5], [3, 2], [7, 2], [5, 0], [5, 4]]) assert.equal(at(column, row), 0, `${column}, ${row}`);
  // from its middle it fades without a step
  const line = Array.from({ length: side }, (_, x) => opacities[20 * side + x]);
  assert.ok(Math.max(...line.slice(1).map((value, x) => Math.abs(value - line[x]))) < 90);
});

test("a region at the edge is lit up to the edge", () => {
  const mask = cells(0);
  mask[0] = mask[1] = 0b00000011;
  assert.equal(likeness.soften(mask, 32)[0], 255);
});
