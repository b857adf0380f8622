"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { bins, colourings } = require("./load.js")("data/bins", "data/colourings");

test("a post's band is its likes against its brand's median", () => {
  const bands = [0, 49, 50, 79, 80, 100, 124, 125, 199, 200, 9000].map((likes) => bins.bandOf(likes, 100));
  assert.deepEqual(bands, [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4]);
  assert.equal(bins.bandOf(-1, 100), 5);
  assert.equal(bins.bandOf(10, null), 5);
});

test("bins are joined to at most twelve, none left out and none twice", () => {
  for (let count = 1; count <= 48; count += 1) {
    const joined = colourings.joinBins(count);
    assert.ok(joined.length <= 12);
    const all = joined.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
    assert.deepEqual(all, Array.from({ length: count }, (_, at) => at));
  }
});

test("dates go from the darkest colour to the lightest", () => {
  const lights = Array.from({ length: 12 }, (_, at) => colourings.along(at / 11)).map((text) => [1, 3, 5].reduce((sum, from) => sum + parseInt(text.slice(from, from + 2), 16), 0));
  assert.deepEqual(lights, [...lights].sort((one, other) => one - other));
  assert.match(colourings.along(0.37), /^#[0-9a-f]{6}$/);
});

test("the most frequent brands have colours of their own, and each post is in its brand's class", () => {
  const brand = Uint8Array.from({ length: 120 }, (_, post) => Math.floor(Math.sqrt(post)) % 11);
  const records = { brand, brands: Array.from({ length: 11 }, (_, at) => ({ name: `B${at}` })), clusters: [], bins: { day: { starts: [], of: [] } } };
  const { entries, of } = colourings.make({ records, members: brand.keys(), words: { bands: [] }, formats: {} }).brand();
  assert.equal(new Set(entries.map(({ colour }) => colour)).size, 10);
  brand.forEach((at, post) => assert.equal(entries[of(post)].index, at));
});
