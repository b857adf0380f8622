// The posts inside a line, a set's shares by brand or cluster, and a set as CSV or as part of an address. Pure.
"use strict";

Brandscape.selection = (() => {
  const MOST_IN_LINK = 2000;
  const FORMULA = /^ *[=+\-@\t\r\n＝＋－＠]/;

  // The cells inside a closed line, given in cells: posts of `members` that `mask` shows.
  function inside(mosaic, mask, line) {
    const found = [];
    const [xs, ys] = [line.map(({ x }) => x), line.map(({ y }) => y)];
    const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
    for (const post of mosaic.members) {
      if (!mask[post]) continue;
      const place = Brandscape.cells.placeOf(mosaic, mosaic.cellOf[post]);
      const [x, y] = [place.x + 0.5, place.y + 0.5];
      if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
      let within = false;
      for (let one = 0, other = line.length - 1; one < line.length; other = one, one += 1) {
        if (ys[one] > y !== ys[other] > y && x < ((xs[other] - xs[one]) * (y - ys[one])) / (ys[other] - ys[one]) + xs[one]) within = !within;
      }
      if (within) found.push(post);
    }
    return found;
  }

  // [{index, count, share, usual}] by `of`, the most frequent first: the share among `posts` and among `members`.
  function shares(of, posts, members) {
    const count = (list) => {
      const counts = new Map();
      for (const post of list) counts.set(of[post], (counts.get(of[post]) || 0) + 1);
      return counts;
    };
    const [here, all] = [count(posts), count(members)];
    return [...here].map(([index, amount]) => ({ index, count: amount, share: amount / posts.length, usual: all.get(index) / members.length }))
      .sort((one, other) => other.count - one.count || one.index - other.index);
  }

  function quote(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = FORMULA.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  // Rows as CSV: comma separated, text that a spreadsheet would run has an apostrophe before it, as in posts.csv.
  const csv = (rows) => rows.map((row) => `${row.map(quote).join(",")}\n`).join("");

  // Posts by the checksums of their ids, as a part of an address; "" for none and where there are too many.
  function encode(posts, checksums) {
    if (!posts.length || posts.length > MOST_IN_LINK) return "";
    const bytes = new Uint8Array(Uint32Array.from(posts, (post) => checksums[post]).buffer);
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }
  function decode(text, checksums) {
    let bytes;
    try { bytes = Brandscape.bytes(text.replaceAll("-", "+").replaceAll("_", "/")); } catch { return []; }
    const wanted = new Set(new Uint32Array(bytes.buffer, 0, bytes.length >> 2));
    const found = [];
    checksums.forEach((checksum, post) => { if (wanted.has(checksum)) found.push(post); });
    return found;
  }

  return { MOST_IN_LINK, inside, shares, csv, encode, decode };
})();

// The posts a reader has picked. `onchange` is called when they change, and once more when `link`, what an address holds
// of them, can be told.
Brandscape.makePicked = ({ records, members, onchange }) => {
  const { selection } = Brandscape;
  const offered = new Set(members);
  let posts = new Set();
  let link = "";

  function set(next) {
    posts = next;
    onchange();
    records.withChecksums((checksums) => { link = selection.encode([...posts], checksums); onchange(); });
  }

  return {
    get posts() { return posts; },
    get link() { return link; },
    pick(list, isPicked) {
      const next = new Set(posts);
      for (const post of list) if (isPicked) next.add(post); else next.delete(post);
      set(next);
    },
    // Takes them from an address.
    recall(text) {
      if (text === link) return;
      records.withChecksums((checksums) => set(new Set(selection.decode(text, checksums).filter((post) => offered.has(post)))));
    },
  };
};
