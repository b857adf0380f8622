// Tiles that load and those that are loaded: a few loads at a time, the nearest first; a fixed number is kept.
"use strict";

Brandscape.makeTiles = ({ load, now, most, atOnce, onload }) => {
  const { key: keyOf } = Brandscape.pyramid;
  const held = Brandscape.makeLru(most, ({ image }) => { image.src = ""; }); // key -> {image, since}
  const loading = new Map(); // key -> image
  const missing = new Set();
  let wanted = [];

  function next() {
    while (loading.size < atOnce && wanted.length) {
      const tile = wanted.shift();
      const key = keyOf(tile);
      if (!held.has(key) && !loading.has(key) && !missing.has(key)) begin(tile, key);
    }
  }

  function begin(tile, key) {
    const image = load(tile, (found) => {
      if (loading.get(key) !== image) return;
      loading.delete(key);
      if (found) held.set(key, { image, since: now() });
      else missing.add(key);
      onload(found);
      next();
    });
    loading.set(key, image);
  }

  return {
    most,
    // The tile's image and when it came, or undefined; asking counts as use.
    get: (tile) => held.get(keyOf(tile)),
    // What the view needs now, the most urgent first; loads that it no longer needs are dropped.
    want(tiles) {
      wanted = tiles.slice();
      const needed = new Set(tiles.map(keyOf));
      for (const [key, image] of loading) {
        if (needed.has(key)) continue;
        loading.delete(key);
        image.onload = image.onerror = null;
        image.src = "";
      }
      next();
    },
    // Releases everything, as when the viewer is out of sight.
    clear() { this.want([]); held.clear(); },
    isMissing: (tile) => missing.has(keyOf(tile)),
    get size() { return held.size; },
    get inFlight() { return loading.size; },
    get missing() { return missing.size; },
    get idle() { return loading.size === 0 && wanted.length === 0; },
  };
};
