// Groups of posts that a reader says belong together, or do not, and the file by which the next build learns from them. Pure.
"use strict";

Brandscape.examples = (() => {
  const HEAD = `# Examples for Brandscape: posts that belong together, and posts that do not.
# Keep this file beside the spreadsheet as similar.toml and build the report again.
version = 1
`;

  const isSame = (one, other) => one.kind === other.kind && one.posts.length === other.posts.length && one.posts.every((post, index) => post === other.posts[index]);

  // `groups`, [{kind, posts}], with one more, unless it is there already. `kind` is "together" or "apart".
  function add(groups, kind, posts) {
    const group = { kind, posts: [...posts].sort((one, other) => one - other) };
    return groups.some((one) => isSame(one, group)) ? groups : [...groups, group];
  }

  // JSON's strings are TOML's, but for one character.
  const quote = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

  // The groups as TOML; `idOf` gives a post's id.
  function write(groups, idOf) {
    return [HEAD, ...groups.map(({ kind, posts }) => `[[${kind}]]\nposts = [${posts.map((post) => quote(idOf(post))).join(", ")}]\n`)].join("\n");
  }

  return { add, write, quote };
})();
