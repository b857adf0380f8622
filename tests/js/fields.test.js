"use strict";
const test = require("node:test");
const assert = require("node:assert");
const load = require("./load");

const Brandscape = load("data/bins", "data/search", "data/fields", "data/own", "data/filters", "view/address", "ui/formats");
const { pack } = load;
const fields = Brandscape.openFields([
  { key: "market", name: "Market", kind: "category", entries: ["France", "New York"], values: pack([0, 1, 0, 2]) },
  { key: "spend", name: "Spend (€)", kind: "number", least: 0, decimals: 1, values: pack([15, 25, -1, 100]) },
  { key: "notes", name: "Agency notes", kind: "text" },
]);
const formats = Brandscape.makeFormats("en");
const tags = { sets: [0], setOf: new Uint8Array(4), terms: [], having: () => new Uint8Array(1), count: () => [] };
const records = {
  own: Brandscape.own.open(undefined, 4, ""),
  count: 4, brands: [{ name: "A" }], clusters: [], brand: new Uint8Array(4), cluster: new Uint8Array(4), day: [1, 2, 3, 4], likes: [1, 2, 3, 4], band: new Uint8Array(4), tags, fields,
  bins: { day: Brandscape.bins.byDay([1, 2, 3, 4]), likes: Brandscape.bins.byLikes([1, 2, 3, 4]) }, texts: [["by the river"], ["studio"], ["river bank"], [""]],
};
const members = [0, 1, 2, 3];
const apply = (choices) => Brandscape.filters.apply(records, members, { ...Brandscape.filters.none(), fields: new Map(choices) });

test("a value is said with no more decimals than it has", () => {
  assert.deepEqual(members.map((post) => Brandscape.fields.say(fields[1], post, formats)), ["1.5", "2.5", "", "10"]);
  assert.deepEqual(members.map((post) => Brandscape.fields.say(fields[0], post, formats)), ["France", "New York", "France", ""]);
});

test("choices of a field, and ranges, keep posts out, and count what each other choice would show", () => {
  const { mask, shown, fields: counts } = apply([[0, new Set([0])]]);
  assert.deepEqual([...mask], [1, 0, 1, 0]);
  assert.equal(shown, 2);
  assert.deepEqual([...counts[0]], [2, 1, 1]);
  assert.deepEqual([...apply([[1, [10, 30]]]).mask], [1, 1, 0, 0]);
  const both = apply([[0, new Set([1])], [1, [20, 200]]]);
  assert.deepEqual([...both.mask], [0, 1, 0, 0]);
  assert.deepEqual([...both.fields[0]], [0, 1, 1], "counted as if nothing of that field were chosen");
  assert.equal(both.fields[2], null);
});

test("no choice of a field is no filter", () => {
  assert.ok(Brandscape.filters.isOpen({ ...Brandscape.filters.none() }));
  assert.ok(!Brandscape.filters.isOpen({ ...Brandscape.filters.none(), fields: new Map([[0, new Set([1])]]) }));
});

test("words are found in fields, and market:france in that field alone", () => {
  const find = (query) => [...Brandscape.search.find(records, members, [], Brandscape.search.bind(Brandscape.search.parse(query), fields))].map((how) => (how ? 1 : 0));
  assert.deepEqual(find("france"), [1, 0, 1, 0]);
  assert.deepEqual(find("market:france"), [1, 0, 1, 0]);
  assert.deepEqual(find('market:"new york"'), [0, 1, 0, 0]);
  assert.deepEqual(find("river"), [1, 0, 1, 0]);
  assert.deepEqual(find("market:river"), [0, 0, 0, 0]);
  assert.deepEqual(find("agencynotes:river france"), [1, 0, 1, 0]);
  assert.deepEqual(find("spend:2.5"), [0, 1, 0, 0]);
  assert.deepEqual(find("nowhere:france"), [0, 0, 0, 0], "what names no field is a word as it stands");
});

test("an address holds the choices of fields, and gives them back", () => {
  const state = { ...Brandscape.address.nothing(), fields: { market: ["New York", "a,b;c:d"], spend: [10, 30] }, colouring: "field-market", order: "field-spend" };
  const text = Brandscape.address.write(state);
  assert.deepEqual({ ...Brandscape.address.read(text) }, state);
  assert.ok(Brandscape.address.isOurs(`#${text}`));
  assert.deepEqual(Brandscape.address.read("w=a b:x;:y;z").fields, {});
});

test("beyond thirty, categories of an order are one group, and those without a value the last", () => {
  const names = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const [field] = Brandscape.openFields([{ key: "c", name: "C", kind: "category", entries: names, values: pack([0, 35, 40]) }]);
  const { names: shown, of, unknown } = Brandscape.fields.group(field, { others: "Others", novalue: "No value" }, formats);
  assert.deepEqual(shown.slice(-3), ["c29", "Others", "No value"]);
  assert.deepEqual([...of], [0, 30, 31]);
  assert.equal(unknown, 31);
});
