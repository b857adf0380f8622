// The reader's own tags and notes on posts: those that the report came with, and those gathered for the next build. Pure.
"use strict";

Brandscape.own = (() => {
  const MOST = { tags: 40, notes: 500 }; // characters
  const ENTRY = { tags: "name", notes: "text" };
  const HEAD = `# Your own tags and notes on posts, for Brandscape.
# Keep this file beside the spreadsheet as notes.toml and build the report again; if there is one, add these entries to it.
version = 1
`;

  // Opens what posts.js holds, {tags: [[name, posts]], notes: [[text, posts]]} or nothing. Tags can be filtered by, and
  // so can having a note, the last of `entries`.
  function open(raw, count, withNote) {
    const { tags = [], notes = [] } = raw || {};
    const entries = tags.map(([name]) => ({ key: name, name }));
    if (notes.length) entries.push({ key: "*", name: withNote });
    const [tagged, noted] = [tags, notes].map((rows) => {
      const found = new Map(); // post -> positions
      rows.forEach(([, posts], index) => { for (const post of posts) found.set(post, [...(found.get(post) || []), index]); });
      return found;
    });
    const has = new Uint8Array(count);
    for (const found of [tagged, noted]) for (const post of found.keys()) has[post] = 1;
    const none = [];
    const tagsOf = (post) => (tagged.get(post) || none).map((index) => tags[index][0]);
    const notesOf = (post) => (noted.get(post) || none).map((index) => notes[index][0]);
    const folded = new Map(); // post -> its texts, ready to be searched
    return {
      entries,
      has,
      tagsOf,
      notesOf,
      // A post's positions in `entries`.
      of: (post) => (has[post] ? [...(tagged.get(post) || none), ...(noted.has(post) ? [tags.length] : none)] : none),
      // {tags, notes} of a post as a search compares them, or null.
      folded(post, fold) {
        if (!has[post]) return null;
        if (!folded.has(post)) folded.set(post, { tags: fold(tagsOf(post).join("\n")), notes: fold(notesOf(post).join("\n")) });
        return folded.get(post);
      },
    };
  }

  // A text as the file keeps it: one line, no longer than the build takes.
  const tidy = (kind, text) => [...text.replace(/\s+/g, " ").trim()].slice(0, MOST[kind]).join("").trim();

  // `gathered`, [{kind, text, posts}], with one more; a text that is there already gets these posts as well.
  function add(gathered, kind, text, posts) {
    const same = (one) => one.kind === kind && one.text === text;
    const old = gathered.find(same);
    const all = [...new Set([...(old ? old.posts : []), ...posts])].sort((one, other) => one - other);
    return [...gathered.filter((one) => !same(one)), { kind, text, posts: all }];
  }
  // Without one of a post's.
  const remove = (gathered, entry, post) => gathered
    .map((one) => (one === entry ? { ...one, posts: one.posts.filter((other) => other !== post) } : one))
    .filter(({ posts }) => posts.length);

  // The entries as TOML; `idOf` gives a post's id.
  function write(gathered, idOf) {
    const { quote } = Brandscape.examples;
    const tables = gathered.map(({ kind, text, posts }) => `[[${kind}]]\n${ENTRY[kind]} = ${quote(text)}\nposts = [${posts.map((post) => quote(idOf(post))).join(", ")}]\n`);
    return [HEAD, ...tables].join("\n");
  }

  return { MOST, open, tidy, add, remove, write };
})();
