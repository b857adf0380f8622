// What images show: terms in a tree, and the set of them that each post has. Pure.
"use strict";

Brandscape.openTags = ({ terms: rows, sets, width, posts }, count) => {
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  const terms = rows.map(([key, name, above, amount, names]) => ({ key, name, above, amount, names: [name, ...names] }));
  // a term stands after the one above it
  for (const term of terms) term.level = term.above < 0 ? 0 : terms[term.above].level + 1;

  const values = new Uint8Array(128);
  [...DIGITS].forEach((digit, value) => { values[digit.charCodeAt(0)] = value; });
  const setOf = new Uint32Array(count); // of each post: its position in `sets`
  for (let post = 0; post < posts.length / width; post += 1) {
    for (let place = 0; place < width; place += 1) setOf[post] = setOf[post] * 64 + values[posts.charCodeAt(post * width + place)];
  }
  const all = sets.length ? sets : [[]];

  return {
    terms,
    setOf,
    sets: all,
    // The terms of a post, wider ones first.
    of: (post) => all[setOf[post]],
    // 1 for each set that holds one of the terms that `fits`, which is asked for a term and its position.
    having(fits) {
      const those = terms.map((term, index) => fits(term, index));
      return Uint8Array.from(all, (set) => (set.some((term) => those[term]) ? 1 : 0));
    },
    // How many posts have each term, from how many have each set.
    count(amounts) {
      const counts = new Uint32Array(terms.length);
      all.forEach((set, index) => { for (const term of set) counts[term] += amounts[index]; });
      return counts;
    },
    // A post's most exact terms, each after those above it: [[term, …, term], …].
    paths(post) {
      const own = all[setOf[post]];
      const inner = new Set(own.map((term) => terms[term].above));
      return own.filter((term) => !inner.has(term)).map((term) => {
        const path = [];
        for (let at = term; at >= 0; at = terms[at].above) path.unshift(at);
        return path;
      });
    },
  };
};
