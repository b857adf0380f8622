"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { checksum, data, medianLikes, numbers, openRecords } = require("./load.js")("data/files", "data/bins", "data/records");

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

test("what is near a post on a map is in that map's own chunk", () => {
  const column = { kind: "i1", values: btoa("\0".repeat(5)) };
  const maps = [{ key: "main" }, { key: "colour" }];
  const records = openRecords({ brands: [], clusters: [], brand: column, cluster: column, day: column, likes: column, chunk: 2, why: 3, maps, facets: [], tones: [] }, "");
  data.why("colour", 1, [[[0, 1], "AA=="], [[2], "AQ=="]]);
  data.why("main", 1, [[[3], ""], [[0], ""]]);
  const found = [];
  records.why(4, (one) => found.push(one), "colour");
  records.why(3, (one) => found.push(one), "main");
  assert.deepEqual(found, [{ near: [2], text: "AQ==" }, { near: [3], text: "" }]);
});
