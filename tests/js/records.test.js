"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { checksum, data, numbers, openRecords } = require("./load.js")("data/files", "data/bins", "data/records");

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

test("texts are read by the names of their columns", () => {
  const column = { kind: "i1", values: btoa("\0".repeat(3)) };
  const records = openRecords({ brands: [], clusters: [], brand: column, cluster: column, day: column, likes: column, chunk: 2, why: 3, maps: [], facets: [], tones: [] }, "");
  assert.equal(records.detailsNow(2), null);
  data.details(1, { id: ["c"], caption: ["Third"], near: [[0, 1]] });
  assert.deepEqual(records.detailsNow(2), { id: "c", caption: "Third", near: [0, 1] });
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
