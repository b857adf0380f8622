"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const load = require("./load.js");

const { checksum, data, numbers, makeFormats, openRecords } = load("data/files", "data/bins", "data/fields", "data/tags", "data/own", "data/search", "data/records", "ui/formats");
const { pack } = load;

const noTags = { terms: [], sets: [], width: 1, posts: "" };

test("the checksum of an id is zlib's", () => {
  assert.equal(checksum(""), 0);
  assert.equal(checksum("123456789"), 0xcbf43926);
  assert.equal(checksum("P-é✨"), 0x34c20ea7);
});

test("columns are read in every number of bits, from their least on", () => {
  const read = (count, least, bits, ...bytes) => [...numbers({ count, least, gap: 0, bits, values: btoa(String.fromCharCode(...bytes)) })];
  assert.deepEqual(read(3, 7, 0), [7, 7, 7]);
  assert.deepEqual(read(3, -1, 1, 0b101), [0, -1, 0]);
  assert.deepEqual(read(3, 10, 3, 0b10001110, 0), [16, 11, 12]);
  assert.deepEqual(read(2, 0, 13, 255, 31 + 32, 0, 0), [8191, 1]);
  assert.deepEqual(read(3, -1, 32, 0, 0, 0, 0, 255, 255, 255, 127, 0, 0, 0, 128), [-1, 2 ** 31 - 2, 2 ** 31 - 1]);
  assert.deepEqual(read(0, 0, 0), []);
  assert.deepEqual([...numbers({ count: 4, least: -1, gap: 20000, bits: 2, values: btoa("\x39") })], [20000, 20001, 20002, -1]);
});

test("texts are read by the names of their columns", () => {
  const column = pack([0, 0, 0]);
  const records = openRecords({ brands: [], clusters: [], brand: column, cluster: column, day: column, likes: column, chunk: 2, why: 3, maps: [], facets: [], tones: [], tags: noTags }, "");
  assert.equal(records.detailsNow(2), null);
  data.details(1, { id: ["c"], caption: ["Third"], near: [[0, 1]] });
  assert.deepEqual(records.detailsNow(2), { id: "c", caption: "Third", near: [0, 1] });
});

test("what is near a post on a map is in that map's own chunk", () => {
  const column = pack([0, 0, 0, 0, 0]);
  const maps = [{ key: "main" }, { key: "colour" }];
  const records = openRecords({ brands: [], clusters: [], brand: column, cluster: column, day: column, likes: column, chunk: 2, why: 3, maps, facets: [], tones: [], tags: noTags }, "");
  data.why("colour", 1, [[[0, 1], "AA=="], [[2], "AQ=="]]);
  data.why("main", 1, [[[3], ""], [[0], ""]]);
  const found = [];
  records.why(4, (one) => found.push(one), "colour");
  records.why(3, (one) => found.push(one), "main");
  assert.deepEqual(found, [{ near: [2], text: "AQ==" }, { near: [3], text: "" }]);
});

test("videos are known by the field of formats, where not all posts have the same", () => {
  const column = (...values) => pack(values);
  const none = column(0, 0, 0);
  const raw = { brands: [], clusters: [], brand: none, cluster: none, day: none, likes: none, chunk: 2, why: 3, maps: [], facets: [], tones: [], tags: noTags };
  const fields = [{ key: "format", name: "Format", kind: "category", entries: ["Photo", "Carousel", "Video"], values: column(2, 0, 3), video: 2 }];
  const records = openRecords({ ...raw, fields }, "");
  assert.deepEqual([0, 1, 2].map(records.isVideo), [true, false, false]);
  assert.deepEqual([0, 1, 2].map(openRecords(raw, "").isVideo), [false, false, false]);
});

test("a week or month is named where no day is known", () => {
  const column = (...values) => pack(values);
  const none = column(0, 0, 0);
  const raw = { brands: [], clusters: [], brand: none, cluster: none, likes: none, chunk: 2, why: 3, maps: [], facets: [], tones: [], tags: noTags };
  const records = openRecords({ ...raw, day: column(-1, 5, -1), period: column(0, -1, -1), periods: [["March 2025", "2025-03"]] }, "");
  assert.deepEqual([0, 1, 2].map(records.periodOf), [{ name: "March 2025", iso: "2025-03" }, null, null]);
  assert.equal(openRecords({ ...raw, day: none }, "").periodOf(0), null);
  const { date } = makeFormats("en");
  assert.deepEqual([0, 1, 2].map((post) => date(records, post)), ["March 2025", "6 January 1970", ""]);
});

test("a further image has its post's values and what is its own", () => {
  const column = (...values) => pack(values);
  const tags = { terms: [], sets: [[]], width: 1, posts: "00000" };
  const raw = {
    brands: [{ name: "A" }, { name: "B" }], clusters: [{ name: "one" }, { name: "two" }], brand: column(0, 1, 1), cluster: column(0, 0, 1, 1, 0), day: column(5, 6, 7), likes: column(1, 2, 3), further: column(1, 0, 1),
    chunk: 4, why: 3, maps: [], facets: [], tones: [], tags, fields: [{ key: "market", name: "Market", kind: "category", entries: ["x", "y"], values: column(1, 0, 0) }],
  };
  const records = openRecords(raw, "");
  assert.deepEqual([records.posts, records.count], [3, 5]);
  assert.deepEqual([0, 1, 2, 3, 4].map(records.ownerOf), [0, 1, 2, 0, 2]);
  assert.deepEqual([...records.likes], [1, 2, 3, 1, 3]);
  assert.deepEqual([...records.brand], [0, 1, 1, 0, 1]);
  assert.deepEqual([...records.fields[0].of], [1, 0, 0, 1, 0]);
  assert.deepEqual([records.imagesOf(4), records.imagesOf(2), records.imagesOf(1)], [[2, 4], [2, 4], [1]]);
  data.details(0, { id: ["P0", "P1", "P2", "P0.a"], near: [[1], [2], [0], [2]], caption: ["zero", "one", "two"] });
  data.details(1, { id: ["P2.b"], near: [[3]], caption: [] });
  const found = [];
  records.details(3, (row) => found.push(row));
  records.details(4, (row) => found.push(row));
  assert.deepEqual(found, [{ id: "P0.a", near: [2], caption: "zero" }, { id: "P2.b", near: [3], caption: "two" }]);
  assert.deepEqual(records.detailsNow(4), found[1]);
  records.loadAll(() => {});
  assert.deepEqual([0, 1, 2, 3, 4].map((image) => records.folded[image]), ["zero", "one", "two", "zero", "two"]);
});
