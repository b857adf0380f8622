"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { examples } = require("./load.js")("data/examples");

test("the same group is gathered once, however it was selected", () => {
  const one = examples.add([], "together", [5, 2, 9]);
  assert.deepEqual(one, [{ kind: "together", posts: [2, 5, 9] }]);
  assert.equal(examples.add(one, "together", [9, 5, 2]), one);
  assert.equal(examples.add(one, "apart", [9, 5, 2]).length, 2);
  assert.equal(examples.add(one, "together", [9, 5]).length, 2);
});

test("the file holds each group as a table of its kind", () => {
  const groups = examples.add(examples.add([], "together", [0, 1]), "apart", [2, 0, 1]);
  const text = examples.write(groups, (post) => `P${post}`);
  assert.equal(text, `# Examples for Brandscape: posts that belong together, and posts that do not.
# Keep this file beside the spreadsheet as similar.toml and build the report again.
version = 1

[[together]]
posts = ["P0", "P1"]

[[apart]]
posts = ["P0", "P1", "P2"]
`);
});

test("any id is a basic string of TOML", () => {
  const ids = ['say "hi"', "back\\slash", "two\nlines\ttab", "\u0000\u0007\u001f\u007f", "é ✨ عطر", "https://example.com/p/x"];
  const text = examples.write([{ kind: "apart", posts: ids.map((_, post) => post) }], (post) => ids[post]);
  const line = text.trim().split("\n").pop();
  assert.doesNotMatch(line, /[\u0000-\u001f\u007f]/);
  assert.match(line, /\\u0000\\u0007\\u001f\\u007f/);
  assert.doesNotMatch(line, /\\\//);
  assert.deepEqual(JSON.parse(line.replace("posts = ", "")), ids);
});
