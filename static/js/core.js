// The one namespace, and the door through which data scripts hand over what they hold.
"use strict";

const Brandscape = {};

// What makes a page, or a part of one, alive: called with what holds it, in the order of the scripts.
Brandscape.starters = [];

Brandscape.clamp = (value, low, high) => Math.min(Math.max(value, low), high);

Brandscape.bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// A column as a typed array. Data and every machine that runs a browser are little-endian.
Brandscape.numbers = ({ kind, values }) => {
  const bytes = Brandscape.bytes(values);
  const kinds = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array };
  if (kinds[kind]) return new kinds[kind](bytes.buffer);
  // integers of three bytes, whose sign, if they have one, is the highest bit
  return Int32Array.from({ length: bytes.length / 3 }, (_, index) => {
    const number = bytes[3 * index] | (bytes[3 * index + 1] << 8) | (bytes[3 * index + 2] << 16);
    return kind === "i3" ? (number << 8) >> 8 : number;
  });
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
