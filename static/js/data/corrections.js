// Tags that a reader says do not fit an image, and the file by which the next build leaves them out. Pure.
"use strict";

Brandscape.corrections = (() => {
  const HEAD = `# Corrections of tags for Brandscape: terms that do not fit what these posts show.
# Keep this file beside the spreadsheet as tags.toml and build the report again; if there is one, add these entries to it.
version = 1
`;

  const isSame = (one, other) => one.term === other.term && one.post === other.post;

  // `entries`, [{term, post}], with one more; without it, if it is there already.
  const toggle = (entries, entry) => (has(entries, entry) ? entries.filter((one) => !isSame(one, entry)) : [...entries, entry]);
  const has = (entries, entry) => entries.some((one) => isSame(one, entry));

  // The entries as TOML, a term's posts together; `term` is its key, and `idOf` gives a post's id.
  function write(entries, idOf) {
    const { quote } = Brandscape.examples;
    const posts = new Map();
    for (const { term, post } of entries) posts.set(term, [...(posts.get(term) || []), idOf(post)]);
    const tables = [...posts].sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([term, ids]) => `[[without]]\nterm = ${quote(term)}\nposts = [${ids.map(quote).join(", ")}]\n`);
    return [HEAD, ...tables].join("\n");
  }

  return { toggle, has, write };
})();
