// A cache of a fixed size: what was used longest ago is evicted first.
"use strict";

Brandscape.makeLru = (most, onEvict = () => {}) => {
  const kept = new Map(); // the order of a Map is the order of last use

  return {
    has: (key) => kept.has(key),
    // The value, or undefined; asking counts as use.
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) { kept.delete(key); kept.set(key, value); }
      return value;
    },
    set(key, value) {
      kept.set(key, value);
      this.trim(most);
    },
    // Evicts until no more than `count` are left.
    trim(count) {
      while (kept.size > count) {
        const [oldest, gone] = kept.entries().next().value;
        kept.delete(oldest);
        onEvict(gone);
      }
    },
    clear() {
      for (const gone of kept.values()) onEvict(gone);
      kept.clear();
    },
    get size() { return kept.size; },
  };
};
