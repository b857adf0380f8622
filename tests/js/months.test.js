"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { filters, bins, openMonths, openTags, own } = require("./load.js")("data/bins", "data/months", "data/tags", "data/own", "data/filters");

const DAY = 86400000;
const day = (text) => Date.parse(text) / DAY;

// Drawn posts of 14 months, one in ten without a date.
function draw(count) {
  let seed = 1;
  const random = (most) => { seed = (seed * 48271) % 2147483647; return seed % most; };
  const column = (type, most) => type.from({ length: count }, () => random(most));
  const records = {
    count,
    brands: [{ key: "a" }, { key: "b" }, { key: "c" }],
    clusters: [{ key: "c01" }],
    brand: column(Uint8Array, 3),
    cluster: column(Uint8Array, 2),
    day: Int32Array.from({ length: count }, () => (random(10) ? day("2025-01-15") + random(400) : -1)),
    likes: Int32Array.from({ length: count }, () => random(500) - 1),
    band: column(Uint8Array, 6),
    tags: openTags({ terms: [["shoes", "shoes", -1, 3, []]], sets: [[], [0]], width: 1, posts: Array.from({ length: count }, () => random(2)).join("") }, count),
    periodOf: () => null,
    own: own.open({ tags: [["hero", [1, 2, 50]]], notes: [["good", [1, 7]]] }, count, "With a note"),
  };
  records.bins = { day: bins.byDay(records.day), likes: bins.byLikes(records.likes) };
  return records;
}

test("months run without a gap from the first post to the last, and hold each post once", () => {
  const records = draw(300);
  const members = Uint32Array.from({ length: 290 }, (_, post) => post);
  const months = openMonths(records, members);
  assert.equal(months.keys[0], "2025-01");
  assert.equal(months.count, 14);
  assert.equal(months.keys.at(-1), "2026-02");
  const all = [...Array(months.count + 1).keys()].flatMap((place) => [...months.postsOf(place)]);
  assert.deepEqual(all.sort((one, other) => one - other), [...members]);
  assert.equal(months.unknown, members.filter((post) => records.day[post] < 0).length);
  for (const post of months.postsOf(3)) assert.equal(new Date(records.day[post] * DAY).toISOString().slice(0, 7), "2025-04");
});

test("a post known by its month has it, and one known by its week unless that lies in two", () => {
  const isos = ["2026-03", "2026-W09", "2026-W10", "2026-W14", "2020-W53", ""];
  const records = { count: 6, day: new Int32Array(6).fill(-1), periodOf: (post) => (isos[post] ? { iso: isos[post] } : null) };
  const months = openMonths(records, Uint32Array.from(isos.keys()));
  assert.deepEqual([...months.of].map((place) => months.keys[place]), ["2026-03", undefined, "2026-03", undefined, undefined, undefined]);
  assert.equal(months.unknown, 4);
});

test("without a date there is no month", () => {
  const months = openMonths({ count: 2, day: new Int32Array(2).fill(-1), periodOf: () => null }, Uint32Array.from([0, 1]));
  assert.equal(months.count, 0);
  assert.equal(months.unknown, 2);
});

test("a walk gives what all filters worked out anew give, whatever else is chosen", () => {
  const records = draw(400);
  const members = Uint32Array.from({ length: 390 }, (_, post) => post);
  const months = openMonths(records, members);
  const found = Uint8Array.from({ length: 400 }, (_, post) => (post % 3 ? 1 : 0));
  const chosen = { ...filters.none(), brand: new Set([0, 2]), tag: new Set([0]), likes: [10, 400] };
  let result = filters.apply(records, members, chosen, found, months);
  let before = null;
  const times = [{ at: 13, during: false }, { at: 2, during: false }, { at: 3, during: false }, { at: 3, during: true }, { at: 0, during: true }, { at: 9, during: false }, null];
  for (const time of times) {
    const first = result.mask;
    result = filters.walk(result, records, months, before, time);
    const anew = filters.apply(records, members, { ...chosen, time }, found, months);
    assert.notEqual(result.mask, first); // or the list would not see that it has changed
    for (const kind of ["mask", "shown", "brand", "cluster", "day", "likes", "tag", "own", "barred"]) assert.deepEqual(result[kind], anew[kind], kind);
    before = time;
  }
});

test("what was posted until a month holds the months before it, during it no other", () => {
  const records = draw(300);
  const members = Uint32Array.from({ length: 300 }, (_, post) => post);
  const months = openMonths(records, members);
  const shown = (time) => filters.apply(records, members, { ...filters.none(), time }, null, months).shown;
  assert.equal(shown({ at: 4, during: false }), members.filter((post) => records.day[post] >= 0 && records.day[post] < day("2025-06-01")).length);
  assert.equal(shown({ at: 4, during: true }), months.postsOf(4).length);
  assert.equal(shown({ at: 13, during: false }), 300 - months.unknown);
  assert.equal(filters.isOpen({ ...filters.none(), time: { at: 13, during: false } }), false);
});
