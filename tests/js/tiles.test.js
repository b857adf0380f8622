"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { makeTiles } = require("./load.js")("data/lru", "draw/pyramid", "draw/tiles");

const tile = (column, level = 12) => ({ level, column, row: 0 });
const list = (count, from = 0) => Array.from({ length: count }, (_, index) => tile(from + index));

// Tiles whose loads end when a test says so, at the time that it says.
function make({ most = 8, atOnce = 3 } = {}) {
  const begun = [];
  const loaded = [];
  let time = 0;
  const tiles = makeTiles({
    most,
    atOnce,
    now: () => time,
    onload: (found) => loaded.push(found),
    load: (wanted, done) => {
      const image = { src: `${wanted.column}`, onload() {}, onerror() {} };
      begun.push({ column: wanted.column, image, done });
      return image;
    },
  });
  return { tiles, begun, loaded, at: (next) => { time = next; } };
}

test("a few loads at a time, in the order asked", () => {
  const { tiles, begun } = make();
  tiles.want(list(5));
  assert.deepEqual(begun.map((one) => one.column), [0, 1, 2]);
  assert.equal(tiles.inFlight, 3);
  begun[1].done(true);
  assert.deepEqual(begun.map((one) => one.column), [0, 1, 2, 3]);
  assert.equal(tiles.inFlight, 3);
  assert.equal(tiles.idle, false);
});

test("a loaded tile is held with the time it came", () => {
  const { tiles, begun, loaded, at } = make();
  tiles.want(list(1));
  assert.equal(tiles.get(tile(0)), undefined);
  at(77);
  begun[0].done(true);
  assert.equal(tiles.get(tile(0)).since, 77);
  assert.equal(tiles.get(tile(0)).image, begun[0].image);
  assert.deepEqual(loaded, [true]);
  assert.ok(tiles.idle);
});

test("a missing tile is told and never asked for again", () => {
  const { tiles, begun, loaded } = make();
  tiles.want(list(1));
  begun[0].done(false);
  tiles.want(list(1));
  assert.equal(begun.length, 1);
  assert.deepEqual([loaded, tiles.missing, tiles.size], [[false], 1, 0]);
  assert.ok(tiles.idle);
});

test("loads that the view no longer needs are dropped, and make room", () => {
  const { tiles, begun } = make();
  tiles.want(list(3));
  tiles.want(list(2, 2));
  assert.deepEqual(begun.map((one) => one.column), [0, 1, 2, 3]);
  assert.deepEqual(begun.slice(0, 2).map((one) => one.image.src), ["", ""]);
  assert.equal(tiles.inFlight, 2);
});

test("a dropped load that ends late is not taken for the new one", () => {
  const { tiles, begun, loaded } = make();
  tiles.want(list(1));
  tiles.want([]);
  tiles.want(list(1));
  assert.equal(begun.length, 2);
  begun[0].done(true);
  assert.equal(tiles.get(tile(0)), undefined);
  assert.deepEqual(loaded, []);
  begun[1].done(true);
  assert.equal(tiles.get(tile(0)).image, begun[1].image);
});

test("the longest unused are let go, and their pictures freed", () => {
  const { tiles, begun } = make({ most: 3, atOnce: 10 });
  tiles.want(list(3));
  begun.forEach((one) => one.done(true));
  tiles.get(tile(0));
  tiles.want(list(1, 3));
  begun[3].done(true);
  assert.equal(tiles.size, 3);
  assert.equal(begun[1].image.src, "");
  assert.equal(tiles.get(tile(1)), undefined);
  assert.ok(tiles.get(tile(0)));
});

test("the cap holds whatever the order of loads", () => {
  const { tiles, begun } = make({ most: 5, atOnce: 4 });
  for (let round = 0; round < 200; round += 1) {
    tiles.want(list(7, (round * 13) % 50));
    const open = begun.filter((one) => one.image.src !== "" && !one.ended);
    const one = open[(round * 7) % open.length];
    if (one) { one.ended = true; one.done(round % 9 !== 0); }
    assert.ok(tiles.size <= 5 && tiles.inFlight <= 4);
  }
});
