// Search over captions, hashtags, names, the reader's own tags and notes, and what images show. Pure: texts and a query in, a mask out.
"use strict";

Brandscape.search = (() => {
  const [BY_WORDS, BY_CONTENT] = [1, 2]; // how a post was found, or both
  const NOTES = -1; // instead of a field
  const LEAST = 2; // letters of a word that terms are searched for

  // Case and accents do not count: "Éclat" is found by "eclat".
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Every word of a query must be there. "in quotes" is one word; #tag means that hashtag whole.
  function parse(query) {
    const words = fold(query.slice(0, 200)).match(/[^\s":]+:"[^"]*"?|"[^"]*"?|[^\s"]+/g) || [];
    return words.map((word) => (word.startsWith('"') ? { text: word.replaceAll('"', ""), isTag: false } : { text: word.replaceAll('"', ""), isTag: /^#[^#]/.test(word) }))
      .filter(({ text }) => text);
  }

  // Words such as market:france look in that field alone, which its key or its name without spaces names;
  // note:good looks in the reader's own tags and notes, unless a field is called so.
  function bind(words, fields) {
    return words.map((word) => {
      const [, name, text] = /^([^:]+):(.+)$/s.exec(word.text) || [];
      const field = name ? fields.findIndex((one) => one.key === name || fold(one.name).replaceAll(/\s/g, "") === name) : -1;
      if (field < 0 && name === "note") return { text, isTag: false, field: NOTES };
      return field < 0 ? word : { text, isTag: false, field };
    });
  }

  // Whether a post's value in a field has a word: a function of the post, or null if none has.
  function within(field, word, texts, isNamed) {
    if (field.entries) {
      const hits = field.entries.map(({ name }) => has(fold(name), word));
      return hits.includes(true) ? (post) => hits[field.values[post]] : null;
    }
    if (field.kind === "text") return (post) => texts[post] !== undefined && has(texts[post][field.place], word);
    if (!isNamed) return null; // a number in a caption's words means other numbers
    if (field.kind === "date") return (post) => field.values[post] >= 0 && Brandscape.address.isoOf(field.values[post]).startsWith(word.text);
    const step = field.stepOf(Number(word.text.replace(",", ".")));
    return (post) => field.values[post] === step && step >= 0;
  }

  const isLetter = (text, at) => at < text.length && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(text.codePointAt(at)));

  function has(text, word) {
    if (!word.isTag) return text.includes(word.text);
    for (let at = text.indexOf(word.text); at >= 0; at = text.indexOf(word.text, at + 1)) {
      if (!isLetter(text, at + word.text.length)) return true;
    }
    return false;
  }

  // Whether one of `names` has a word that begins like the query's, in the plural or not.
  function fits(names, word) {
    if (word.isTag || word.text.length < LEAST) return false;
    const text = word.text.length > 3 ? word.text.replace(/[sx]$/, "") : word.text;
    return names.some((name) => {
      const folded = fold(name);
      for (let at = folded.indexOf(text); at >= 0; at = folded.indexOf(text, at + 1)) if (at === 0 || !isLetter(folded, at - 1)) return true;
      return false;
    });
  }

  // The posts of `members` that have every word, in their caption, their brand's or cluster's name, their fields, own tags and notes, or among what their
  // image shows: a mask of `records.count`, of BY_WORDS and BY_CONTENT. `captions[post]` is folded, or undefined while it
  // is on its way.
  function find(records, members, captions, words) {
    const mask = new Uint8Array(records.count);
    const { tags, own } = records;
    const named = (entries) => entries.map(({ name }) => { const text = fold(name); return words.map((word) => has(text, word)); });
    const [brands, clusters] = [named(records.brands), named(records.clusters)];
    const shows = words.map((word) => (word.field === undefined ? tags.having(({ names }) => fits(names, word)) : new Uint8Array(tags.sets.length)));
    const told = words.map((word) => (records.fields || []).map((field, at) => (word.field === undefined || word.field === at ? within(field, word, records.texts || [], word.field === at) : null)).filter(Boolean));
    for (const post of members) {
      const [brand, cluster, caption, set] = [brands[records.brand[post]], clusters[records.cluster[post]], captions[post], tags.setOf[post]];
      const texts = own.folded(post, fold);
      let how = 0;
      for (let index = 0; index < words.length; index += 1) {
        const isAnywhere = words[index].field === undefined && (brand[index] || (cluster && cluster[index]) || (caption && has(caption, words[index])));
        const isOwn = texts && (words[index].field === undefined || words[index].field === NOTES) && (has(texts.tags, words[index]) || has(texts.notes, words[index]));
        const isSaid = isAnywhere || isOwn || told[index].some((holds) => holds(post));
        if (!isSaid && !shows[index][set]) { how = 0; break; }
        how |= (isSaid ? BY_WORDS : 0) | (shows[index][set] ? BY_CONTENT : 0);
      }
      mask[post] = how;
    }
    return mask;
  }

  // A caption cut into plain text and hashtags, in order: [{text, isTag}].
  const cut = (caption) => caption.split(/(#[\p{L}\p{N}\p{M}_]+)/u).filter(Boolean)
    .map((text) => ({ text, isTag: /^#[\p{L}\p{N}]/u.test(text) }));

  return { BY_WORDS, BY_CONTENT, fold, parse, bind, fits, find, cut };
})();
