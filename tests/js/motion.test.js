"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const Brandscape = require("./load.js")("view/camera", "view/motion", "view/history");

function make({ calm = false } = {}) {
  let time = 1000;
  const motion = Brandscape.makeMotion({ now: () => time, isCalm: () => calm });
  return { motion, pass: (milliseconds) => { time += milliseconds; } };
}
const from = { x: 0, y: 0, scale: 10 };
const to = { x: 8, y: 4, scale: 40 };

test("a glide ends at its target, once, and comes nearer all the time", () => {
  const { motion, pass } = make();
  motion.glide(from, to, 200);
  assert.deepEqual(motion.target, to);
  let scale = 10;
  for (let step = 0; step < 9; step += 1) {
    pass(20);
    const now = motion.step(from);
    assert.ok(now.scale > scale && now.scale < 40 && motion.isMoving);
    scale = now.scale;
  }
  pass(20);
  assert.deepEqual(motion.step(from), to);
  assert.equal(motion.isMoving, false);
});

test("reduced motion arrives at once and does not fling", () => {
  const { motion } = make({ calm: true });
  motion.glide(from, to, 200);
  assert.deepEqual(motion.step(from), to);
  motion.fling(2, 0);
  assert.equal(motion.isMoving, false);
});

test("a fling slows down and stops by itself", () => {
  const { motion, pass } = make();
  motion.fling(-1, 0.5);
  let camera = from;
  let last = Infinity;
  let frames = 0;
  while (motion.isMoving) {
    pass(16);
    const next = motion.step(camera);
    assert.ok(next.x > camera.x && next.y < camera.y && next.x - camera.x < last);
    last = next.x - camera.x;
    camera = next;
    frames += 1;
    assert.ok(frames < 200);
  }
  // 180 ms of the first speed
  assert.ok(Math.abs(camera.x - 18) < 1.5, String(camera.x));
});

test("a slow drag and a stopped one leave nothing moving", () => {
  const { motion } = make();
  motion.fling(0.1, 0.1);
  assert.equal(motion.isMoving, false);
  motion.fling(1, 1);
  motion.stop();
  assert.equal(motion.isMoving, false);
});

test("the address is written at most every 300 ms, and a step is a step", () => {
  let time = 0;
  const timers = [];
  const written = [];
  const history = Brandscape.makeHistory({
    now: () => time,
    later: (act, wait) => timers.push({ act, due: time + wait }),
    read: () => `at ${time}`,
    write: (text, isStep) => written.push([text, isStep]),
  });
  for (; time < 1000; time += 10) {
    history.remember({ step: time === 400 });
    for (const timer of timers.splice(0)) if (timer.due <= time) timer.act(); else timers.push(timer);
  }
  assert.deepEqual(written, [["at 0", false], ["at 300", false], ["at 600", true], ["at 900", false]]);
});
