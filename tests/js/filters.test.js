"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { filters, bins, openTags, own } = require("./load.js")("data/bins", "data/tags", "data/own", "data/filters");

// Posts by brand and cluster; the last cluster is the unclustered.
const records = {
  count: 8,
  brands: [{ key: "a" }, { key: "b" }, { key: "c" }],
  clusters: [{ key: "c01" }, { key: "noise" }],
  brand: Uint8Array.from([0, 0, 1, 1, 1, 2, 2, 0]),
  cluster: Uint8Array.from([0, 1, 0, 0, 1, 1, 1, 0]),
  day: Int32Array.from([100, 101, 102, 103, 104, -1, 106, 107]),
  likes: Int32Array.from([0, 5, 10, 20, -1, 50, 100, 200]),
};
// shoes on posts 0 to 2, sandals among them on post 1; a watch on post 2 too
records.tags = openTags({ terms: [["shoes", "shoes", -1, 3, []], ["sandals", "sandals", 0, 1, []], ["watches", "watches", -1, 1, []]], sets: [[], [0], [0, 1], [0, 2]], width: 1, posts: "12300000" }, 8);
// post 1 is tagged twice and has a note, post 3 has a note alone
records.own = own.open({ tags: [["hero", [1]], ["season", [1, 4]]], notes: [["good", [1, 3]]] }, 8, "With a note");
records.bins = { day: bins.byDay(records.day), likes: bins.byLikes(records.likes) };
const members = Uint32Array.from([0, 1, 2, 3, 4, 5, 6]); // post 7 is not on this mosaic
const choose = (brand, cluster) => filters.apply(records, members, { ...filters.none(), brand: new Set(brand), cluster: new Set(cluster) });

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

test("terms of several widen, beside brands they narrow, and they are counted", () => {
  const show = (brand, tag) => filters.apply(records, members, { ...filters.none(), brand: new Set(brand), tag: new Set(tag) });
  assert.deepEqual([...show([], [0]).mask], [1, 1, 1, 0, 0, 0, 0, 0]);
  assert.deepEqual([...show([], [1, 2]).mask], [0, 1, 1, 0, 0, 0, 0, 0]);
  assert.deepEqual([...show([1], [0]).mask], [0, 0, 1, 0, 0, 0, 0, 0]);
  assert.deepEqual([...show([], [1]).tag], [3, 1, 1]);
  assert.deepEqual([...show([1], [1]).tag], [1, 0, 1]);
  assert.deepEqual([...show([], [1]).brand], [1, 0, 0]);
  assert.equal(filters.isOpen({ ...filters.none(), tag: new Set([1]) }), false);
});

test("own tags and notes narrow and are counted, several widen", () => {
  const show = (brand, chosen) => filters.apply(records, members, { ...filters.none(), brand: new Set(brand), own: new Set(chosen) });
  assert.deepEqual([...show([], [0]).mask], [0, 1, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...show([], [1, 2]).mask], [0, 1, 0, 1, 1, 0, 0, 0]);
  assert.deepEqual([...show([1], [2]).mask], [0, 0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual([...show([1], [0]).own], [0, 1, 1]);
  assert.deepEqual([...show([], []).own], [1, 2, 2]);
});

test("posts of a report without clusters are shown", () => {
  const plain = { ...records, clusters: [], cluster: new Uint8Array(8) };
  assert.equal(filters.apply(plain, members, filters.none()).shown, 7);
});

test("ranges hold both their ends and leave out what has no value", () => {
  const within = (day, likes) => [...filters.apply(records, members, { ...filters.none(), day, likes }).mask];
  assert.deepEqual(within([101, 103], null), [0, 1, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual(within(null, [0, 20]), [1, 1, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual(within([0, 1e6], [5, 50]), [0, 1, 1, 1, 0, 0, 0, 0]);
});

test("bins count what the other choices let through, the unknown last", () => {
  const result = filters.apply(records, members, { ...filters.none(), day: [100, 102], brand: new Set([0, 1]) });
  assert.equal(result.day.reduce((sum, count) => sum + count), 5);
  assert.equal(result.likes.reduce((sum, count) => sum + count), 3);
  assert.equal(filters.apply(records, members, filters.none()).day.at(-1), 1);
  assert.equal(filters.apply(records, members, filters.none()).likes.at(-1), 1);
});

test("what a search found narrows everything", () => {
  const found = Uint8Array.from([1, 0, 1, 0, 0, 0, 1, 1]);
  const result = filters.apply(records, members, filters.none(), found);
  assert.equal(result.shown, 3);
  assert.deepEqual([...result.brand], [1, 1, 1]);
  assert.ok(!filters.isOpen(filters.none(), found));
});

test("unknown keys are left out", () => {
  assert.deepEqual([...filters.find(records.brands, ["b", "nobody", "a", "__proto__"])], [1, 0]);
});
