"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { camera: lens } = require("./load.js")("view/camera");

const mosaic = { columns: 40, lines: 25 };
const view = { width: 1200, height: 600, right: 0, bottom: 0 };
const close = (one, other, reach = 1e-9) => assert.ok(Math.abs(one - other) <= reach, `${one} is not ${other}`);

// A small generator of its own, so that a failure can be run again.
function makeRandom(seed) {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (state / 2 ** 32) * (high - low);
  };
}

test("the whole mosaic fits, with a margin, in the middle", () => {
  const camera = lens.fit(mosaic, view);
  assert.deepEqual([camera.x, camera.y], [20, 12.5]);
  const [near, far] = [lens.toView(camera, view, { x: 0, y: 0 }), lens.toView(camera, view, { x: 40, y: 25 })];
  close(near.y, 12);
  close(far.y, 588);
  assert.ok(near.x >= 12 && far.x <= 1188);
  assert.ok(lens.isFit(camera, mosaic, view));
});

test("the whole mosaic keeps clear of what covers the view at the right, however it is reached", () => {
  const covered = { ...view, right: 380 };
  const fit = lens.fit(mosaic, covered);
  assert.ok(lens.toView(fit, covered, { x: 40, y: 0 }).x <= 1200 - 380 - 12 + 1e-9);
  assert.ok(lens.toView(fit, covered, { x: 0, y: 0 }).x >= 12 - 1e-9);
  const settled = lens.settle({ x: 3, y: 20, scale: 0.1 }, mosaic, covered);
  for (const name of ["x", "y", "scale"]) close(settled[name], fit[name]);
  const at = lens.toView(fit, covered, { x: 2, y: 3 });
  const near = lens.carry(fit, mosaic, covered, at, at, 5);
  close(lens.toView(near, covered, { x: 2, y: 3 }).x, at.x, 1e-6);
});

test("points go to cells and back", () => {
  const random = makeRandom(1);
  for (let round = 0; round < 200; round += 1) {
    const camera = { x: random(0, 40), y: random(0, 25), scale: random(1, 400) };
    const at = { x: random(0, 1200), y: random(0, 600) };
    const back = lens.toView(camera, view, lens.toCell(camera, view, at));
    close(back.x, at.x, 1e-6);
    close(back.y, at.y, 1e-6);
  }
});

test("zooming in on any point of the mosaic keeps that point, from the whole to the largest", () => {
  const random = makeRandom(2);
  for (let round = 0; round < 200; round += 1) {
    let camera = lens.fit(mosaic, view);
    const held = { x: random(0, 40), y: random(0, 25) };
    const at = lens.toView(camera, view, held);
    for (let step = 0; step < 12; step += 1) {
      camera = lens.carry(camera, mosaic, view, at, at, random(1, 2));
      const now = lens.toView(camera, view, held);
      close(now.x, at.x, 1e-6);
      close(now.y, at.y, 1e-6);
    }
  }
});

test("zooming out ends with the whole mosaic in the middle", () => {
  const random = makeRandom(3);
  for (let round = 0; round < 50; round += 1) {
    let camera = lens.settle({ x: random(0, 40), y: random(0, 25), scale: 200 }, mosaic, view);
    const at = { x: random(0, 1200), y: random(0, 600) };
    for (let step = 0; step < 40; step += 1) camera = lens.carry(camera, mosaic, view, at, at, 0.8);
    assert.ok(lens.isFit(camera, mosaic, view));
    close(camera.x, 20, 1e-6);
    close(camera.y, 12.5, 1e-6);
  }
});

test("no camera leaves the mosaic or its range of scales", () => {
  const random = makeRandom(4);
  for (let round = 0; round < 300; round += 1) {
    const wild = { x: random(-1e6, 1e6), y: random(-1e6, 1e6), scale: 10 ** random(-6, 6) };
    const camera = lens.settle(wild, mosaic, view);
    assert.ok(camera.x >= 0 && camera.x <= 40 && camera.y >= 0 && camera.y <= 25);
    assert.ok(camera.scale >= lens.fit(mosaic, view).scale - 1e-9 && camera.scale <= 420);
    assert.deepEqual(lens.settle(camera, mosaic, view), camera);
  }
});

test("a cell is brought out from under the card, and no further than needed", () => {
  const covered = { ...view, right: 380 };
  const camera = { x: 20, y: 12, scale: 100 };
  const hidden = { x: 25, y: 12 }; // its right edge at 1200
  const moved = lens.reveal(camera, mosaic, covered, hidden);
  close(lens.toView(moved, covered, { x: 26, y: 12 }).x, 1200 - 380 - 12, 1e-6);
  assert.equal(moved.y, camera.y);
  assert.deepEqual(lens.reveal(camera, mosaic, covered, { x: 17, y: 12 }), camera);
});

test("the way between two cameras begins and ends at them and keeps a zoomed point in place", () => {
  const from = { x: 20, y: 12.5, scale: 20 };
  const at = { x: 900, y: 150 };
  const to = lens.carry(from, mosaic, view, at, at, 4);
  const held = lens.toCell(from, view, at);
  assert.deepEqual(lens.between(from, to, 0), from);
  for (let share = 0.1; share <= 1; share += 0.1) {
    const now = lens.toView(lens.between(from, to, share), view, held);
    close(now.x, at.x, 1e-6);
    close(now.y, at.y, 1e-6);
  }
  const aside = lens.between(from, { ...from, x: 30 }, 0.25);
  assert.deepEqual(aside, { x: 22.5, y: 12.5, scale: 20 });
});

test("the wheel zooms in and out alike, by pixels, lines and pages, and never by a leap", () => {
  const factor = (deltaY, deltaMode = 0, ctrlKey = false) => lens.wheelFactor({ deltaY, deltaMode, ctrlKey });
  assert.ok(factor(-100) > 1 && factor(100) < 1);
  close(factor(-100) * factor(100), 1);
  close(factor(-3, 1), factor(-48));
  assert.equal(factor(-1e9), factor(-240));
  assert.ok(factor(-10, 0, true) > factor(-10));
  assert.equal(factor(0), 1);
});

test("a notch of a mouse wheel is told from a trackpad's stroke, as each engine reports them", () => {
  const notch = (deltaY, wheelDeltaY, deltaMode = 0) => lens.isNotch({ deltaY, wheelDeltaY, deltaMode });
  for (const [deltaY, turned] of [[100, -120], [-120, 120], [93, -120], [-93, 120], [57, -120], [300, -360]]) assert.ok(notch(deltaY, turned));
  assert.ok(notch(3, -120, 1)); // lines
  for (const [deltaY, turned] of [[4, -12], [-40, 120], [40.3, -120], [80, -240], [1, undefined]]) assert.ok(!notch(deltaY, turned));
});
