// The one namespace, and the door through which data scripts hand over what they hold.
"use strict";

const Brandscape = {};

// What makes a page, or a part of one, alive: called with what holds it, in the order of the scripts.
Brandscape.starters = [];

Brandscape.clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// In a loop of its own, as below: `from` takes ten times as long, and this is before the first image is shown.
Brandscape.bytes = (text) => {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) bytes[index] = letters.charCodeAt(index);
  return bytes;
};

// A column as a typed array: of each integer, how far it is above the least, in so many bits, the lowest first. The gap
// between the least and the next is left out.
Brandscape.numbers = ({ count, least, gap, bits, values }) => {
  const bytes = Brandscape.bytes(values);
  const numbers = new Int32Array(count);
  const powers = Array.from({ length: 40 }, (_, power) => 2 ** power);
  let [held, size, at] = [0, 0, 0]; // bits that were read and not yet used: 39 at most, more than shifts can hold
  for (let index = 0; index < count; index += 1) {
    for (; size < bits; size += 8) { held += bytes[at] * powers[size]; at += 1; }
    const rest = Math.floor(held / powers[bits]);
    const above = held - rest * powers[bits];
    numbers[index] = above ? least + gap + above : least;
    held = rest;
    size -= bits;
  }
  return numbers;
};

Brandscape.data = (() => {
  const kept = new Map();
  const waiting = new Map(); // key -> those who asked while it loads
  const missing = new Set();

  function settle(key, how, value) {
    const asked = waiting.get(key) || [];
    waiting.delete(key);
    for (const one of asked) one[how](value);
  }
  function keep(key, value) {
    kept.set(key, value);
    settle(key, "done", value);
  }

  return {
    // data scripts call these five
    posts: (columns) => keep("posts", columns),
    pictures: (names) => keep("pictures", names),
    mosaic: (mosaic) => keep(`mosaic ${mosaic.name}`, mosaic),
    details: (number, columns) => keep(`details ${number}`, columns),
    why: (map, number, rows) => keep(`why ${map} ${number}`, rows),
    get: (key) => kept.get(key),
    // Calls `done(value)` once `key` is there, loading the script at `address` the first time; `failed()` if it is missing.
    load(key, address, done, failed = () => {}) {
      if (kept.has(key)) { done(kept.get(key)); return; }
      if (missing.has(key)) { failed(); return; }
      if (waiting.has(key)) { waiting.get(key).push({ done, failed }); return; }
      waiting.set(key, [{ done, failed }]);
      Brandscape.files.run(address, () => { missing.add(key); settle(key, "failed"); });
    },
  };
})();

if (typeof module !== "undefined") module.exports = Brandscape;
globalThis.Brandscape = Brandscape;
