"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { search, openTags, own } = require("./load.js")("data/search", "data/tags", "data/own");

const captions = ["Éclat d’été #Mode", "SATIN and silk #modeparis", "satin, 100%", "", "\u0635\u0628\u0627\u062d #\u0639\u0637\u0631", "two words", "#mode_2026 #mode!"];
// The third post shows sandals, the fourth a wrist watch and the sea.
const terms = [["shoes", "shoes", -1, 1, ["chaussures"]], ["sandals", "sandals", 0, 1, ["sandales"]], ["watches", "wrist watches", -1, 1, ["montres"]], ["sea", "100 seas", -1, 1, ["mer"]]];
const tags = openTags({ terms, sets: [[], [0, 1], [2, 3]], width: 1, posts: "0012000" }, captions.length);
const records = {
  tags,
  own: own.open(undefined, captions.length, ""),
  count: captions.length,
  brands: [{ name: "Maison Élan" }, { name: "Noir <Studio>" }],
  clusters: [{ name: "Cluster 1" }],
  brand: Uint8Array.from([0, 0, 1, 1, 1, 0, 1]),
  cluster: Uint8Array.from([0, 1, 1, 1, 1, 1, 1]), // 1: no cluster that has a name
};
const members = Uint32Array.from(captions.keys());
const find = (query) => [...search.find(records, members, captions.map(search.fold), search.parse(query)).keys()]
  .filter((post) => search.find(records, members, captions.map(search.fold), search.parse(query))[post]);

test("case and accents do not count", () => {
  assert.deepEqual(find("eclat"), [0]);
  assert.deepEqual(find("ÉTÉ"), [0]);
  assert.deepEqual(find("Satin"), [1, 2]);
});

test("every word must be there, in the caption or in a name", () => {
  assert.deepEqual(find("satin silk"), [1]);
  assert.deepEqual(find("satin elan"), [1]);
  assert.deepEqual(find("elan"), [0, 1, 5]);
  assert.deepEqual(find("cluster"), [0]);
  assert.deepEqual(find("noir nothing"), []);
});

test("a hashtag is found whole", () => {
  assert.deepEqual(find("#mode"), [0, 6]);
  assert.deepEqual(find("#modeparis"), [1]);
  assert.deepEqual(find("mode"), [0, 1, 6]);
  assert.deepEqual(find("#\u0639\u0637\u0631"), [4]);
});

test("quotation marks hold words together", () => {
  assert.deepEqual(find('"two words"'), [5]);
  assert.deepEqual(find('"words two"'), []);
  assert.deepEqual(find('"satin, 1'), [2]);
  for (const query of ["", " ", '"', '""', "\u0301"]) assert.deepEqual(search.parse(query), [], query);
});

test("captions on their way are not found yet, and that is no fault", () => {
  assert.deepEqual([...search.find(records, members, [], search.parse("satin"))], [0, 0, 0, 0, 0, 0, 0]);
});

test("a caption is cut at its hashtags and loses nothing", () => {
  for (const caption of [...captions, "#", "##a b#c", "a#1 \ud83d\udc57#x\ud83d\udc57"]) assert.equal(search.cut(caption).map(({ text }) => text).join(""), caption);
  assert.deepEqual(search.cut("go #Été_26, now").filter(({ isTag }) => isTag).map(({ text }) => text), ["#Été_26"]);
});

const look = (query) => [...search.find(records, members, captions.map(search.fold), search.parse(query))];

test("what an image shows is found by a word's beginning, in both languages and both numbers", () => {
  for (const query of ["sandals", "sandal", "SANDALES", "shoe", "chaussure"]) assert.deepEqual(find(query), [2], query);
  for (const query of ["watch", "wrist", "montre", "\"wrist watch\""]) assert.deepEqual(find(query), [3], query);
  // neither inside a word, nor as a hashtag, nor by one letter
  for (const query of ["andals", "#sandals", "rist", "\"watches wrist\""]) assert.deepEqual(find(query), [], query);
  assert.equal(search.fits(["sea"], { text: "s", isTag: false }), false);
});

test("a post is marked by how it was found", () => {
  const { BY_WORDS, BY_CONTENT } = search;
  assert.deepEqual(look("100"), [0, 0, BY_WORDS, BY_CONTENT, 0, 0, 0]);
  assert.deepEqual(look("satin sandals"), [0, 0, BY_WORDS | BY_CONTENT, 0, 0, 0, 0]);
  assert.deepEqual(look("noir watch"), [0, 0, 0, BY_WORDS | BY_CONTENT, 0, 0, 0]);
});

test("content is found before any caption is there", () => {
  assert.deepEqual([...search.find(records, members, [], search.parse("sandals"))], [0, 0, search.BY_CONTENT, 0, 0, 0, 0]);
});
