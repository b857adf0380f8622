"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { address } = require("./load.js")("view/address");

const nothing = address.nothing();

test("a state is read as it was written", () => {
  const states = [
    nothing,
    { ...nothing, camera: { x: 12.5, y: 0, scale: 55.25 }, brands: ["noir-studio", "brand-c595aaac"], clusters: ["c01", "noise"], tags: ["t-shirts", "watches"], post: "P_1-2" },
    { ...nothing, brands: ["a,b", "a&b=c", "é ✨", "%"] },
    { ...nothing, post: "x=1&y,2#3" },
    { ...nothing, order: "date", isTall: true, day: [20454, 20500], likes: [0, 1200], text: "#été & \"deux mots\"", hides: true },
    { ...nothing, compares: true, selection: "AbC-_09", panel: "selected" },
    { ...nothing, order: "map-colour", compares: true, names: false },
    { ...nothing, time: { month: "2026-03", during: false } },
    { ...nothing, time: { month: "2025-12", during: true } },
  ];
  for (const state of states) assert.deepEqual(address.read(`#${address.write(state)}`), state);
});

test("the whole mosaic without a choice needs no address", () => {
  assert.equal(address.write(nothing), "");
});

test("numbers are short and near enough", () => {
  const text = address.write({ ...nothing, camera: { x: 1 / 3, y: 12345.678901, scale: 1e-7 / 3 } });
  assert.ok(text.length < 45);
  assert.ok(Math.abs(address.read(text).camera.y - 12345.678901) < 0.1);
});

test("what cannot be read is left out, and the rest is kept", () => {
  for (const hash of ["", "#", "#v=", "#v=1,2", "#v=1,2,0", "#v=1,2,-1", "#v=NaN,1,1", "#v=1,Infinity,1", "#y=1", "#&&=&=="]) {
    assert.deepEqual(address.read(hash), nothing, hash);
  }
  for (const hash of ["#a=size", "#a=constructor", "#a=map-", "#a=map-<b>", "#d=2026-01-01", "#d=2026-02-01,2026-01-01", "#d=1,2", "#l=5,1", "#l=-1,4", "#l=a,b", "#m=2026", "#m=march,in", "#h=2", "#n=1", "#x=yes", "#s=<b>", "#k=all", "#__proto__=1"]) {
    assert.deepEqual(address.read(hash), nothing, hash);
  }
  assert.deepEqual(address.read("#v=oops&b=%E0%A4%A,good&p=%"), { ...nothing, brands: ["good"] });
  assert.ok(address.read(`#b=${"x,".repeat(1e6)}`).brands.length <= 8000);
});

test("places on the page are not ours", () => {
  for (const hash of ["", "#", "#v=1,2,3", "#p=x", "#b=", "#c=c01", "#t=shoes", "#a=date", "#m=2026-03", "#q=x", "#s=A", "#n=0"]) assert.equal(address.isOurs(hash), true, hash);
  for (const hash of ["#content", "#c01", "#brands", "#pv=1"]) assert.equal(address.isOurs(hash), false, hash);
});
