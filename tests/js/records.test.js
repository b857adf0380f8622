"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { checksum, medianLikes, numbers } = require("./load.js")("records");

test("the checksum of an id is zlib's", () => {
  assert.equal(checksum(""), 0);
  assert.equal(checksum("123456789"), 0xcbf43926);
  assert.equal(checksum("P-é✨"), 0x34c20ea7);
});

test("columns are read in every width, with their signs", () => {
  const text = (...bytes) => btoa(String.fromCharCode(...bytes));
  const read = (kind, ...bytes) => [...numbers({ kind, values: text(...bytes) })];
  assert.deepEqual(read("i1", 255, 1), [-1, 1]);
  assert.deepEqual(read("u2", 1, 2), [513]);
  assert.deepEqual(read("i3", 255, 255, 255, 255, 255, 127, 0, 0, 128, 5, 1, 0), [-1, 8388607, -8388608, 261]);
  assert.deepEqual(read("u3", 255, 255, 255, 0, 0, 128), [16777215, 8388608]);
  assert.deepEqual(read("u4", 0, 0, 0, 255), [0xff000000]);
});

test("a brand's median heeds only likes that are known, and needs five", () => {
  const brands = [{}, {}, {}];
  const brand = Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2]);
  const likes = Int32Array.from([5, -1, 1, 9, 7, 3, 10, 2, 4, 8, 6, 12, -1, 4]);
  assert.deepEqual(medianLikes({ brands, brand, likes }), [5, 7, 0]);
});
