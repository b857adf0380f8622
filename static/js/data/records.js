// The images by their position in the report: columns at once, texts and pictures' names when they are asked for. The posts'
// first images come first, each at the position of its post; a further image has all but what it shows from its post.
"use strict";

// `withNote` is what having a note is called.
Brandscape.openRecords = (raw, base, withNote = "") => {
  const { data, files, numbers, bytes } = Brandscape;
  const { brands, maps, facets, tones } = raw;
  const clusters = raw.noise ? [...raw.clusters, { ...raw.noise, colour: null }] : raw.clusters;
  const posts = numbers(raw.brand).length;
  const further = []; // the post of each further image
  if (raw.further) numbers(raw.further).forEach((count, post) => { for (let image = 0; image < count; image += 1) further.push(post); });
  const ownerOf = (image) => (image < posts ? image : further[image - posts]);
  // A column of the posts' values as one of all images.
  function spread(packed) {
    const values = numbers(packed);
    return further.length ? values.constructor.from({ length: posts + further.length }, (_, image) => values[ownerOf(image)]) : values;
  }
  const columns = { brand: spread(raw.brand), cluster: numbers(raw.cluster), day: spread(raw.day), likes: spread(raw.likes) };
  const period = raw.period ? spread(raw.period) : null; // only if there are posts of which no day is known
  const tags = Brandscape.openTags(raw.tags, columns.brand.length);
  const own = Brandscape.own.open(raw.own, columns.brand.length, withNote);
  const chunkOf = (post) => Math.floor(post / raw.chunk);
  const bins = { day: Brandscape.bins.byDay(columns.day), likes: Brandscape.bins.byLikes(columns.likes) };
  // an image's row of a chunk's columns, by their names, which viewer_data.py gives; columns of posts end with the posts
  const readRow = (texts, post) => Object.fromEntries(Object.entries(texts).filter(([, values]) => post % raw.chunk < values.length).map(([name, values]) => [name, values[post % raw.chunk]]));
  const band = Uint8Array.from(columns.likes, (likes, post) => Brandscape.bins.bandOf(likes, (brands[columns.brand[post]] || {}).median));
  const fields = Brandscape.openFields(raw.fields, spread);
  const format = fields.find(({ video }) => video !== undefined); // only if not all posts have the same
  const fieldTexts = []; // post -> the texts of its fields, ready to be searched
  const folded = []; // post -> its caption, ready to be searched

  const numbered = (name, chunk) => files.data(base, `${name}-${String(chunk).padStart(3, "0")}`);
  function loadChunk(chunk, done, failed) {
    data.load(`details ${chunk}`, numbered("details", chunk), done, failed);
  }
  // Hands on an image's row and its post's as one.
  function loadDetails(image, done) {
    const failed = () => done(null);
    loadChunk(chunkOf(image), (texts) => {
      const row = readRow(texts, image);
      if (image < posts) { done(row); return; }
      loadChunk(chunkOf(ownerOf(image)), (of) => done({ ...readRow(of, ownerOf(image)), ...row }), failed);
    }, failed);
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
    posts,
    ownerOf,
    // All images of the post of one, in their order.
    imagesOf(image) {
      const post = ownerOf(image);
      const found = [post];
      further.forEach((owner, at) => { if (owner === post) found.push(posts + at); });
      return found;
    },
    brands,
    clusters,
    maps,
    facets,
    tones,
    tags,
    own,
    territories: raw.territories || [],
    isVideo: (post) => format !== undefined && format.values[post] === format.video,
    // The name of a post's format; "" if all have the same, or it is not known.
    formatOf: (post) => ((format && format.entries[format.values[post]]) || { name: "" }).name,
    brandOf: (post) => brands[columns.brand[post]],
    clusterOf: (post) => clusters[columns.cluster[post]] || null,
    // The week or month of a post, if no more is known of its date: {name, iso}, else null.
    periodOf(post) {
      const [name, iso] = (period && raw.periods[period[post]]) || [];
      return name ? { name, iso } : null;
    },
    // An image's {id, near} with its post's {permalink, caption, comments}, or null where their file is missing.
    details: loadDetails,
    // What is known of a post on a map: the posts nearest to it and what it has in common with each, {near, text}, or null.
    why: loadWhy,
    detailsNow(post) {
      const [texts, of] = [post, ownerOf(post)].map((image) => data.get(`details ${chunkOf(image)}`));
      return texts && of ? { ...readRow(of, ownerOf(post)), ...readRow(texts, post) } : null;
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
          if (chunk === last) further.forEach((owner, at) => { [folded[posts + at], fieldTexts[posts + at]] = [folded[owner], fieldTexts[owner]]; });
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
    // Calls `done(post)` for the image with this id, which for a post's first is the post's, if there is one.
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
