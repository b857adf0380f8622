"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { names, forms } = require("./load.js")("view/camera", "draw/pyramid", "draw/forms", "draw/names");

// 12 × 4 cells, all but the last two lines of every third column filled.
function makeMap() {
  const [columns, lines] = [12, 4];
  const filled = Array.from({ length: columns * lines }, (_, cell) => cell).filter((cell) => cell % 3 < 2 || cell < 24);
  const postAt = new Int32Array(columns * lines).fill(-1);
  filled.forEach((cell, post) => { postAt[cell] = post; });
  return { columns, lines, members: Uint32Array.from(filled.keys()), cellOf: Int32Array.from(filled), postAt };
}
const map = makeMap();
const raw = [["cluster", 0, ["First"], [5, 10], [5, 12]], ["cluster", 1, ["Second", "line"], [10, 10], [10, 10]], ["cluster", 2, ["Near"], [6, 10], [6, 10]], ["territory", 0, ["Land"], [7, 2], [7, 2]]];
const choose = ({ scale = 30, at = { x: 6, y: 2 }, ...change }) => names.choose({
  names: names.open(raw), map, mosaic: map, shape: "wide", camera: { ...at, scale }, view: { width: 2000, height: 1000 }, fit: 10, isShown: () => true, measure: (text) => text.length * 0.6, ...change,
});
const say = (boxes) => boxes.map(({ name }) => name.lines.join(" "));

test("territories are named while the whole is seen, clusters nearer, single images not", () => {
  assert.deepEqual(say(choose({ scale: 10 })), ["Land"]);
  assert.deepEqual(say(choose({ scale: 50 })), ["First", "Second line", "Near"]);
  assert.deepEqual(say(choose({ scale: 200 })), []);
});

test("without territories the clusters that have room are named from the start", () => {
  assert.deepEqual(say(choose({ names: names.open(raw.slice(0, 3)), scale: 30, fit: 30 })), ["First", "Second line"]);
});

test("a name waits for its scale, and on a tall screen for that one's", () => {
  assert.deepEqual(say(choose({ names: names.open(raw.slice(0, 1)), scale: 11, shape: "tall" })), []);
  assert.deepEqual(say(choose({ names: names.open(raw.slice(0, 1)), scale: 11 })), ["First"]);
});

test("of two that would meet the first stays", () => {
  assert.deepEqual(say(choose({ scale: 30 })), ["First", "Second line"]);
  const widths = (text) => text.length * 3;
  assert.deepEqual(say(choose({ scale: 30, measure: widths })), ["First"]);
});

test("groups that are not shown are not named, and leave their room", () => {
  assert.deepEqual(say(choose({ isShown: ({ at }) => at > 0 })), ["Second line", "Near"]);
});

test("names stand over the same images on every form of the map", () => {
  for (const shape of ["wide", "tall"]) {
    for (let step = 0; step <= forms.CLOSEST; step += 1) {
      const mosaic = forms.make(map, shape, step);
      const boxes = choose({ mosaic, shape, scale: 60, fit: 20 });
      assert.ok(boxes.length >= 2, `${shape} ${step}`);
      for (const { name, x, y } of boxes) assert.equal(mosaic.postAt[Math.floor(y) * mosaic.columns + Math.floor(x)], name[shape][0]);
    }
  }
});

test("a name is seen whole while its image is in view, and leaves the view with it", () => {
  const [scale, width] = [30, 300];
  const left = (x) => {
    const [box] = choose({ names: names.open([["cluster", 0, ["Pearls and gold"], [5, 10], [5, 10]]]), scale, at: { x, y: 2 }, view: { width, height: 120 } });
    return (box.x - x) * scale + width / 2 - box.width / 2;
  };
  const { x } = choose({ names: names.open(raw.slice(0, 1)) })[0]; // of its image
  const size = 15 * 0.6 * 13 + 10;
  assert.equal(Math.round(left(x)), Math.round((width - size) / 2));
  assert.equal(Math.round(left(x + 4)), 0);
  assert.equal(Math.round(left(x - 4)), Math.round(width - size));
  assert.equal(Math.round(left(x + 5)), 0); // its image is at the edge
  assert.equal(Math.round(left(x + 6)), -30); // its image is a cell beyond the edge
  for (let step = 0; step < 7; step += 0.25) assert.ok(left(x + step) - left(x + step + 0.25) <= 0.25 * scale + 1e-6);
});

test("a name is found under a point, and nothing beside it", () => {
  const boxes = choose({ scale: 30 });
  const [{ x, y, width, height }] = boxes;
  assert.equal(names.find(boxes, 30, { x: x + width / 62, y: y - height / 62 }).name.at, 0);
  assert.equal(names.find(boxes, 30, { x, y: y + height / 58 }), null);
});

test("a report without names has none", () => {
  assert.deepEqual(names.open(), []);
  assert.deepEqual(choose({ names: [] }), []);
});
