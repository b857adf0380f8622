"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { labels } = require("./load.js")("draw/labels");

// Columns of `columns` cells with a gap of one, 10 lines high, in a view of 300 × 200 with cells of `scale` pixels.
const below = (texts, columns = 2) => texts.map((text, index) => ({ text, column: index * (columns + 1), columns, line: 0, lines: 10, isBelow: true }));
const placeAt = (scale, left = 0) => ({ x: (column) => column * scale - left, y: (line) => line * scale, width: 300, height: 200 });
const measure = (text) => text.length * 6;
const choose = (all, scale, left = 0) => labels.choose(all, 1, placeAt(scale, left), measure);
const months = ["Jan 2025", "Feb 2025", "Mar 2025", "Apr 2025", "May 2025", "June 2025", "July 2025", "Aug 2025", "Sept 2025", "Oct 2025", "Nov 2025", "Dec 2025"];

test("names that have room stand below their columns, whole", () => {
  const said = choose(below(months.slice(0, 4)), 20);
  assert.deepEqual(said.map(({ text }) => text), months.slice(0, 4));
  assert.deepEqual(said.map(({ x }) => x), [6, 60, 120, 180]);
});

test("a name too long for its column is cut to its room", () => {
  assert.deepEqual(choose(below(["United Kingdom", "France"]), 20).map(({ text }) => text), ["United…", "France"]);
});

test("below columns too narrow for any name, whole names stand as close as they have room", () => {
  const said = choose(below(months), 8);
  assert.ok(said.length >= 3, said.length);
  assert.ok(said.every(({ text }) => months.includes(text)));
  said.slice(1).forEach(({ x }, index) => assert.ok(x >= said[index].x + said[index].width));
  for (const { x, width } of said) assert.ok(x >= 0 && x + width <= 300);
});

test("a column that reaches into view keeps its name in view, over its images where there is no room below", () => {
  const [{ x, y, isOver }] = choose(below(["Jan 2025"], 8), 30, 40);
  assert.equal(x, labels.ROOM);
  assert.ok(isOver && y <= 200);
});

test("blocks too narrow for a name go without", () => {
  const blocks = ["Silhouette", "Handbags"].map((text, index) => ({ text, column: index * 3, columns: 2, line: 2, lines: 2, isBelow: false }));
  assert.deepEqual(choose(blocks, 8), []);
  assert.deepEqual(choose(blocks, 30).map(({ text }) => text), blocks.map(({ text }) => text));
});
