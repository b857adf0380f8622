"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { filters } = require("./load.js")("filters");

// Posts by brand and cluster; the last cluster is the unclustered.
const records = {
  count: 8,
  brands: [{ key: "a" }, { key: "b" }, { key: "c" }],
  clusters: [{ key: "c01" }, { key: "noise" }],
  brand: Uint8Array.from([0, 0, 1, 1, 1, 2, 2, 0]),
  cluster: Uint8Array.from([0, 1, 0, 0, 1, 1, 1, 0]),
};
const members = Uint32Array.from([0, 1, 2, 3, 4, 5, 6]); // post 7 is not on this mosaic
const choose = (brand, cluster) => filters.apply(records, members, { brand: new Set(brand), cluster: new Set(cluster) });

test("nothing chosen shows every member and no other post", () => {
  const result = choose([], []);
  assert.equal(result.shown, 7);
  assert.deepEqual([...result.mask], [1, 1, 1, 1, 1, 1, 1, 0]);
  assert.deepEqual([...result.brand], [2, 3, 2]);
  assert.deepEqual([...result.cluster].slice(0, 2), [3, 4]);
  assert.ok(filters.isOpen(filters.none()));
});

test("several of one kind widen, two kinds narrow", () => {
  assert.equal(choose([0, 1], []).shown, 5);
  assert.equal(choose([0, 1], [1]).shown, 2);
  assert.deepEqual([...choose([0, 1], [1]).mask], [0, 1, 0, 0, 1, 0, 0, 0]);
  assert.equal(choose([2], [0]).shown, 0);
});

test("each kind's counts heed only the other kind", () => {
  const result = choose([1], [0]);
  assert.deepEqual([...result.brand], [1, 2, 0]);
  assert.deepEqual([...result.cluster].slice(0, 2), [2, 1]);
});

test("posts of a report without clusters are shown", () => {
  const plain = { ...records, clusters: [], cluster: new Uint8Array(8) };
  assert.equal(filters.apply(plain, members, filters.none()).shown, 7);
});

test("unknown keys are left out", () => {
  assert.deepEqual([...filters.find(records.brands, ["b", "nobody", "a", "__proto__"])], [1, 0]);
});
