"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { preview } = require("./load.js")("page/preview");

const room = { width: 1440, height: 900 };
const size = { width: 280, height: 400 };

test("a closer look lies beside its image and inside the window, or nowhere", () => {
  for (const side of [8, 40, 300, 800]) {
    for (let x = 0; x <= room.width - side; x += 90) {
      for (let y = 0; y <= room.height - side; y += 75) {
        const box = { left: x, top: y, right: x + side, bottom: y + side };
        const found = preview.place(box, { x: x + side / 2, y: y + side / 2 }, size, room);
        if (!found) { assert.ok(side > 500); continue; }
        const { left, top } = found;
        assert.ok(left >= 0 && top >= 0 && left + size.width <= room.width && top + size.height <= room.height);
        assert.ok(left >= box.right || left + size.width <= box.left || top >= box.bottom || top + size.height <= box.top);
      }
    }
  }
});

test("there is none where the window has no room beside the image", () => {
  assert.equal(preview.place({ left: 10, top: 10, right: 380, bottom: 700 }, { x: 100, y: 100 }, size, { width: 390, height: 844 }), null);
});
