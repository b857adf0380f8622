"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { bins } = require("./load.js")("data/bins");

const DAY = 86400000;
const day = (text) => Date.parse(text) / DAY;
const iso = (number) => new Date(number * DAY).toISOString().slice(0, 10);

test("every value is in the bin that begins at or before it", () => {
  const values = Int32Array.from({ length: 400 }, (_, index) => day("2025-11-05") + index);
  for (const span of [1, 10, 100, 400]) {
    const { starts, of } = bins.byDay(values.subarray(0, span));
    of.forEach((bin, index) => {
      assert.ok(starts[bin] <= values[index] && !(starts[bin + 1] <= values[index]));
    });
  }
});

test("the unit grows with the span and its bins begin where the calendar's do", () => {
  const unit = (from, to) => { const found = bins.byDay(Int32Array.from([day(from), day(to), -1])); return [found.unit, found.starts.map(iso)]; };
  assert.deepEqual(unit("2026-03-01", "2026-03-03"), ["day", ["2026-03-01", "2026-03-02", "2026-03-03"]]);
  const [weeks, mondays] = unit("2026-01-01", "2026-06-30");
  assert.equal(weeks, "week");
  assert.ok(mondays.every((text) => new Date(text).getUTCDay() === 1));
  assert.deepEqual(unit("2025-02-14", "2026-02-14"), ["month", ["2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"].map((text) => `${text}-01`)]);
  assert.equal(unit("2015-01-01", "2026-01-01")[0], "quarter");
  assert.equal(unit("1990-01-01", "2026-01-01")[0], "year");
});

test("the unknown come last, and none at all is no fault", () => {
  assert.deepEqual([...bins.byDay(Int32Array.from([day("2026-01-01"), -1])).of], [0, 1]);
  const none = bins.byDay(Int32Array.from([-1, -1]));
  assert.deepEqual([none.starts.length, [...none.of]], [0, [0, 0]]);
  assert.deepEqual([...bins.byLikes(Int32Array.from([-1])).of], [0]);
});

test("likes go by 1, 2, 5, from the least to the most", () => {
  assert.deepEqual(bins.byLikes(Int32Array.from([0, 3, 1000])).starts, [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  const { starts, of } = bins.byLikes(Int32Array.from([130, 199, 200, 4999, -1]));
  assert.deepEqual(starts, [100, 200, 500, 1000, 2000]);
  assert.deepEqual([...of], [0, 0, 1, 4, 5]);
});
