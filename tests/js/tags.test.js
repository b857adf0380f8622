"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { corrections, openTags } = require("./load.js")("data/examples", "data/tags", "data/corrections");

const terms = [["clothing", "clothing", -1, 3, ["vêtements"]], ["tops", "tops", 0, 2, ["hauts"]], ["t-shirts", "t-shirts", 1, 2, []], ["shoes", "shoes", -1, 1, []]];

test("packed tags are read back, also those of two characters a post", () => {
  const one = openTags({ terms, sets: [[], [0, 1, 2], [0, 3]], width: 1, posts: "1020" }, 4);
  assert.deepEqual([0, 1, 2, 3].map(one.of), [[0, 1, 2], [], [0, 3], []]);
  const many = Array.from({ length: 70 }, (_, index) => [index % 4]);
  const two = openTags({ terms, sets: many, width: 2, posts: "0001150z" }, 4);
  assert.deepEqual([...two.setOf], [0, 1, 69, 61]);
});

test("a report without tags has posts without terms", () => {
  const none = openTags({ terms: [], sets: [], width: 1, posts: "" }, 2);
  assert.deepEqual([none.of(1), none.paths(1), [...none.count([2])], [...none.having(() => true)]], [[], [], [], [0]]);
});

test("levels, counts and the paths to a post's most exact terms follow the tree", () => {
  const tags = openTags({ terms, sets: [[], [0, 1, 2], [0, 3]], width: 1, posts: "1020" }, 4);
  assert.deepEqual(tags.terms.map(({ level }) => level), [0, 1, 2, 0]);
  assert.deepEqual([...tags.count([5, 2, 1])], [3, 2, 2, 1]);
  assert.deepEqual(tags.paths(0), [[0, 1, 2]]);
  assert.deepEqual(tags.paths(2), [[0], [3]]);
  assert.deepEqual(tags.terms[0].names, ["clothing", "vêtements"]);
});

test("what does not fit is gathered, taken back and written by term", () => {
  let entries = [];
  for (const [term, post] of [["shoes", 3], ["bags", 1], ["shoes", 2], ["bags", 1]]) entries = corrections.toggle(entries, { term, post });
  assert.deepEqual(entries, [{ term: "shoes", post: 3 }, { term: "shoes", post: 2 }]);
  entries = corrections.toggle(entries, { term: "bags", post: 0 });
  const text = corrections.write(entries, (post) => `P"${post}\u007f`);
  assert.ok(text.endsWith('[[without]]\nterm = "bags"\nposts = ["P\\"0\\u007f"]\n\n[[without]]\nterm = "shoes"\nposts = ["P\\"3\\u007f", "P\\"2\\u007f"]\n'));
  assert.match(text, /^version = 1$/m);
});
