// Search over captions, hashtags and names. Pure: texts and a query in, a mask out.
"use strict";

Brandscape.search = (() => {
  // Case and accents do not count: "Éclat" is found by "eclat".
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Every word of a query must be there. "in quotes" is one word; #tag means that hashtag whole.
  function parse(query) {
    const words = fold(query.slice(0, 200)).match(/"[^"]*"?|[^\s"]+/g) || [];
    return words.map((word) => (word.startsWith('"') ? { text: word.replaceAll('"', ""), isTag: false } : { text: word, isTag: /^#[^#]/.test(word) }))
      .filter(({ text }) => text);
  }

  const isLetter = (text, at) => at < text.length && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(text.codePointAt(at)));

  function has(text, word) {
    if (!word.isTag) return text.includes(word.text);
    for (let at = text.indexOf(word.text); at >= 0; at = text.indexOf(word.text, at + 1)) {
      if (!isLetter(text, at + word.text.length)) return true;
    }
    return false;
  }

  // The posts of `members` whose caption, brand or cluster have every word: a mask of `records.count`. `captions[post]`
  // is folded, or undefined while it is on its way.
  function find(records, members, captions, words) {
    const mask = new Uint8Array(records.count);
    const named = (entries) => entries.map(({ name }) => { const text = fold(name); return words.map((word) => has(text, word)); });
    const [brands, clusters] = [named(records.brands), named(records.clusters)];
    for (const post of members) {
      const [brand, cluster, caption] = [brands[records.brand[post]], clusters[records.cluster[post]], captions[post]];
      mask[post] = words.every((word, index) => brand[index] || (cluster && cluster[index]) || (caption && has(caption, word))) ? 1 : 0;
    }
    return mask;
  }

  // A caption cut into plain text and hashtags, in order: [{text, isTag}].
  const cut = (caption) => caption.split(/(#[\p{L}\p{N}\p{M}_]+)/u).filter(Boolean)
    .map((text) => ({ text, isTag: /^#[\p{L}\p{N}]/u.test(text) }));

  return { fold, parse, find, cut };
})();
