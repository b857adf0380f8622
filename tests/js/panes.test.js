"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { panes } = require("./load.js")("view/panes");

const mosaic = { columns: 100, lines: 80 };

test("panes lie side by side inside the stage, none over another or over a name", () => {
  for (const [count, width, height] of [[2, 1440, 600], [3, 1440, 600], [5, 1440, 600], [14, 1440, 600], [2, 390, 500], [8, 390, 500]]) {
    const shared = panes.share(count, { width, height }, mosaic);
    assert.ok(shared.corners.length <= count && shared.corners.length >= 2);
    shared.corners.forEach((one, index) => {
      assert.ok(one.x >= 0 && one.y >= panes.HEAD && one.x + shared.width <= width + 1e-6 && one.y + shared.height <= height + 1e-6);
      for (const other of shared.corners.slice(index + 1)) {
        const apart = Math.abs(one.x - other.x) >= shared.width || Math.abs(one.y - other.y) >= shared.height + panes.HEAD;
        assert.ok(apart);
      }
      assert.equal(panes.at(shared, { x: one.x + shared.width / 2, y: one.y + shared.height / 2 }), index);
    });
  }
});

test("two go side by side on a wide stage and one above the other on a tall one", () => {
  assert.equal(panes.share(2, { width: 1440, height: 600 }, mosaic).corners[1].y, panes.HEAD);
  assert.equal(panes.share(2, { width: 390, height: 600 }, mosaic).corners[1].x, 0);
});

test("no more panes than have room", () => {
  assert.equal(panes.share(14, { width: 320, height: 400 }, mosaic).corners.length, 4);
});

test("a point outside every pane belongs to the nearest", () => {
  const shared = panes.share(2, { width: 800, height: 400 }, mosaic);
  assert.equal(panes.at(shared, { x: 5, y: 2 }), 0);
  assert.equal(panes.at(shared, { x: 799, y: 399 }), 1);
});
