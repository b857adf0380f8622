"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { own, search } = require("./load.js")("data/examples", "data/own", "data/tags", "data/search");

test("own tags come first, then having a note; a report without either has none", () => {
  const opened = own.open({ tags: [["hero", [2]], ["key", [2, 3]]], notes: [["look again", [3]]] }, 5, "With a note");
  assert.deepEqual(opened.entries.map(({ name }) => name), ["hero", "key", "With a note"]);
  assert.deepEqual([0, 2, 3].map(opened.of), [[], [0, 1], [1, 2]]);
  assert.deepEqual(opened.tagsOf(2), ["hero", "key"]);
  assert.deepEqual(opened.notesOf(3), ["look again"]);
  assert.deepEqual(own.open(undefined, 3, "With a note").entries, []);
});

test("what is gathered joins the posts of one text, and one post can be taken out again", () => {
  let gathered = own.add([], "tags", "hero", [4, 2]);
  gathered = own.add(gathered, "notes", "hero", [9]);
  gathered = own.add(gathered, "tags", "hero", [3, 4]);
  assert.deepEqual(gathered.find(({ kind }) => kind === "tags").posts, [2, 3, 4]);
  gathered = own.remove(gathered, gathered.find(({ kind }) => kind === "notes"), 9);
  assert.deepEqual(gathered.map(({ kind }) => kind), ["tags"]);
});

test("texts are one line, no longer than the build takes, and quoted as TOML", () => {
  assert.equal(own.tidy("tags", "  two\n words "), "two words");
  assert.equal([...own.tidy("tags", "\u{1F3F7}".repeat(99))].length, 40);
  const gathered = [{ kind: "notes", text: 'say "</script>" \\', posts: [1] }, { kind: "tags", text: "hero", posts: [1, 2] }];
  const written = own.write(gathered, (post) => `P${post}`);
  assert.ok(written.includes('[[notes]]\ntext = "say \\"</script>\\" \\\\"\nposts = ["P1"]'));
  assert.ok(written.includes('[[tags]]\nname = "hero"\nposts = ["P1", "P2"]'));
});

test("note: looks in own tags and notes alone, a plain word there too", () => {
  const records = {
    count: 4,
    brands: [{ name: "Hero" }, { name: "B" }],
    clusters: [],
    brand: [0, 1, 1, 1],
    cluster: [0, 0, 0, 0],
    tags: { setOf: [0, 0, 0, 0], sets: [[]], having: () => [0] },
    formatOf: () => null,
    own: own.open({ tags: [["hero", [1]]], notes: [["héro of the week", [2]]] }, 4, ""),
  };
  const find = (query) => [...search.find(records, [0, 1, 2, 3], [], search.bind(search.parse(query), []))].map(Boolean);
  assert.deepEqual(find("hero"), [true, true, true, false]);
  assert.deepEqual(find("note:hero"), [false, true, true, false]);
  assert.deepEqual(find('note:"of the"'), [false, false, true, false]);
});
