// The posts by their position in the report: columns at once, texts and pictures' names when they are asked for.
"use strict";

// `withNote` is what having a note is called.
Brandscape.openRecords = (raw, base, withNote = "") => {
  const { data, files, numbers, bytes } = Brandscape;
  const { brands, maps, facets, tones } = raw;
  const clusters = raw.noise ? [...raw.clusters, { ...raw.noise, colour: null }] : raw.clusters;
  const columns = { brand: numbers(raw.brand), cluster: numbers(raw.cluster), day: numbers(raw.day), likes: numbers(raw.likes) };
  const period = raw.period ? numbers(raw.period) : null; // only if there are posts of which no day is known
  const tags = Brandscape.openTags(raw.tags, columns.brand.length);
  const own = Brandscape.own.open(raw.own, columns.brand.length, withNote);
  const chunkOf = (post) => Math.floor(post / raw.chunk);
  const bins = { day: Brandscape.bins.byDay(columns.day), likes: Brandscape.bins.byLikes(columns.likes) };
  // a post's row of a chunk's columns, by their names, which viewer_data.py gives
  const readRow = (texts, post) => Object.fromEntries(Object.entries(texts).map(([name, values]) => [name, values[post % raw.chunk]]));
  const band = Uint8Array.from(columns.likes, (likes, post) => Brandscape.bins.bandOf(likes, (brands[columns.brand[post]] || {}).median));
  const fields = Brandscape.openFields(raw.fields);
  const format = fields.find(({ video }) => video !== undefined); // only if not all posts have the same
  const fieldTexts = []; // post -> the texts of its fields, ready to be searched
  const folded = []; // post -> its caption, ready to be searched

  const numbered = (name, chunk) => files.data(base, `${name}-${String(chunk).padStart(3, "0")}`);
  function loadChunk(chunk, done, failed) {
    data.load(`details ${chunk}`, numbered("details", chunk), done, failed);
  }
  function loadWhy(post, done, map) {
    const chunk = Math.floor(post / raw.why);
    data.load(`why ${map} ${chunk}`, numbered(`why-${map}`, chunk), (rows) => done({ near: rows[post % raw.why][0], text: rows[post % raw.why][1] }), () => done(null));
  }

  let names = null;
  function withNames(done) {
    data.load("pictures", files.data(base, "pictures"), (found) => {
      names = names || { pictures: bytes(found.pictures), ids: new Uint32Array(bytes(found.ids).buffer) };
      done(names);
    });
  }

  return {
    ...columns,
    band, // of a post's likes against its brand's median
    bins,
    folded,
    fields,
    texts: fieldTexts,
    count: columns.brand.length,
    brands,
    clusters,
    maps,
    facets,
    tones,
    tags,
    own,
    territories: raw.territories || [],
    isVideo: (post) => format !== undefined && format.values[post] === format.video,
    brandOf: (post) => brands[columns.brand[post]],
    clusterOf: (post) => clusters[columns.cluster[post]] || null,
    // The week or month of a post, if no more is known of its date: {name, iso}, else null.
    periodOf(post) {
      const [name, iso] = (period && raw.periods[period[post]]) || [];
      return name ? { name, iso } : null;
    },
    // A post's {id, permalink, caption, comments, near}, of a carousel {further} too, or null where their file is missing.
    details: (post, done) => loadChunk(chunkOf(post), (texts) => done(readRow(texts, post)), () => done(null)),
    // What is known of a post on a map: the posts nearest to it and what it has in common with each, {near, text}, or null.
    why: loadWhy,
    detailsNow(post) {
      const texts = data.get(`details ${chunkOf(post)}`);
      return texts ? readRow(texts, post) : null;
    },
    // Loads all texts, a chunk at a time; `step(left)` after each, with the number of chunks still to come.
    loadAll(step) {
      const last = chunkOf(columns.brand.length - 1);
      function load(chunk) {
        const done = (found) => {
          const first = chunk * raw.chunk;
          const { fold } = Brandscape.search;
          if (found && folded[first] === undefined) {
            found.caption.forEach((caption, at) => { folded[first + at] = fold(caption); });
            (found.texts || []).forEach((row, at) => { fieldTexts[first + at] = row.map((text) => fold(text || "")); });
          }
          step(last - chunk);
          if (chunk < last) load(chunk + 1);
        };
        loadChunk(chunk, done, () => done(null));
      }
      if (last >= 0) load(0);
    },
    // Calls `done` with the checksum of every post's id.
    withChecksums: (done) => withNames(({ ids }) => done(ids)),
    // The address of a post's picture; "" while the names are on their way, then `later` is called.
    picture(post, later) {
      if (!names) { withNames(later); return ""; }
      const name = [...names.pictures.subarray(post * 8, post * 8 + 8)].map((byte) => byte.toString(16).padStart(2, "0"));
      return files.picture(base, name.join(""));
    },
    // The address of a further picture of a carousel, by its name in the post's details.
    furtherPicture: (name) => files.picture(base, name),
    // Calls `done(post)` for the post with this id, if there is one.
    find(id, done) {
      const wanted = Brandscape.checksum(id);
      withNames(({ ids }) => ids.forEach((checksum, post) => {
        if (checksum !== wanted) return;
        loadChunk(chunkOf(post), (texts) => { if (texts.id[post % raw.chunk] === id) done(post); });
      }));
    },
  };
};

// CRC-32 of a text, as zlib computes it.
Brandscape.checksum = (text) => {
  let sum = -1;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
};
