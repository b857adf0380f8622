// Tiles under way and at hand: a few loads at a time, the nearest first; the longest unused are let go.
"use strict";

Brandscape.makeTiles = ({ load, now, most, atOnce, onload }) => {
  const held = new Map(); // key -> {image, since}; the order of a Map is the order of last use
  const loading = new Map(); // key -> image
  const missing = new Set();
  let wanted = [];

  function next() {
    while (loading.size < atOnce && wanted.length) {
      const tile = wanted.shift();
      const key = Brandscape.pyramid.key(tile);
      if (held.has(key) || loading.has(key) || missing.has(key)) continue;
      loading.set(key, load(tile, (image) => {
        if (!loading.delete(key)) return;
        if (image) held.set(key, { image, since: now() });
        else missing.add(key);
        while (held.size > most) release(held.keys().next().value);
        onload(Boolean(image));
        next();
      }));
    }
  }

  function release(key) {
    held.get(key).image.src = "";
    held.delete(key);
  }

  return {
    // The tile's image and when it came, or undefined; asking counts as use.
    get(tile) {
      const key = Brandscape.pyramid.key(tile);
      const found = held.get(key);
      if (found) { held.delete(key); held.set(key, found); }
      return found;
    },
    // What the view needs now, the most urgent first; what it no longer needs is not begun.
    want(tiles) {
      wanted = tiles.slice();
      const needed = new Set(tiles.map(Brandscape.pyramid.key));
      for (const [key, image] of loading) {
        if (!needed.has(key)) { loading.delete(key); image.onload = image.onerror = null; image.src = ""; }
      }
      next();
    },
    get size() { return held.size; },
    get inFlight() { return loading.size; },
    get missing() { return missing.size; },
    get idle() { return loading.size === 0 && wanted.length === 0; },
  };
};
