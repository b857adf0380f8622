// The posts that fit the filters, as a mask, and how many more or fewer each other choice would show. Pure.
"use strict";

Brandscape.filters = (() => {
  // Chosen brands, clusters, terms and own tags by position, and bands of engagement as `bins.bandOf` numbers them; of fields by
  // position a set of entries or a range; a range of days and of likes, both ends within; a time that is walked through,
  // {at, during} with `at` one of `months`; posts that a search found.
  const none = () => ({ brand: new Set(), cluster: new Set(), tag: new Set(), own: new Set(), band: new Set(), fields: new Map(), day: null, likes: null, time: null });
  const isOpen = ({ brand, cluster, tag, own, band, fields, day, likes, time }, found = null) => !fields.size && !brand.size && !cluster.size && !tag.size && !own.size && !band.size && !day && !likes && !time && !found;
  const allowed = (set, length) => Uint8Array.from({ length }, (_, index) => (set.size === 0 || set.has(index) ? 1 : 0));
  const isWithin = (range, value) => !range || (value >= 0 && value >= range[0] && value <= range[1]);
  const [TIME, OWN] = [128, 256]; // what bars a post of another month, or without an own tag

  const [NOTHING, SEVERAL] = [-1, -2]; // instead of the one field that bars a post

  // Counts a post, or takes it out again: it counts for each kind that alone bars it, and for all if nothing does.
  function count({ mask, counts, inSets, missed }, { brand, cluster, bins, tags, own, fields = [] }, post, barred, by) {
    const field = missed[post];
    if (field === SEVERAL) return 0;
    if (field !== NOTHING) { if (!barred) counts.fields[field][fields[field].of[post]] += by; return 0; }
    if (!(barred & ~1)) counts.brand[brand[post]] += by;
    if (!(barred & ~2)) counts.cluster[cluster[post]] += by;
    if (!(barred & ~4)) counts.day[bins.day.of[post]] += by;
    if (!(barred & ~8)) counts.likes[bins.likes.of[post]] += by;
    if (own.has[post] && !(barred & ~OWN)) for (const entry of own.of(post)) counts.own[entry] += by;
    if (!(barred & ~32)) inSets[tags.setOf[post]] += by;
    if (barred) return 0;
    fields.forEach(({ of }, at) => { if (of) counts.fields[at][of[post]] += by; });
    mask[post] = by > 0 ? 1 : 0;
    return by;
  }
  const finish = (made, { tags }) => ({ ...made, ...made.counts, tag: tags.count(made.inSets) });

  // `mask` has 1 for each of `members` that is shown. `brand`, `cluster` and `tag` count those that every other choice
  // lets through, and so do `day` and `likes` by the bins of `records.bins`. `months` are needed for a time alone.
  function apply(records, members, chosen, found = null, months = null) {
    const { bins, tags, own } = records;
    const inBrand = allowed(chosen.brand, records.brands.length);
    // posts of a report without clusters have a cluster that nobody lists
    const inCluster = allowed(chosen.cluster, records.clusters.length + 1);
    const inSet = chosen.tag.size ? tags.having((_, index) => chosen.tag.has(index)) : new Uint8Array(tags.sets.length).fill(1);
    const counts = {
      brand: new Uint32Array(inBrand.length),
      cluster: new Uint32Array(inCluster.length),
      day: new Uint32Array(bins.day.starts.length + 1),
      likes: new Uint32Array(bins.likes.starts.length + 1),
      own: new Uint32Array(own.entries.length),
    };
    const fields = records.fields || [];
    counts.fields = fields.map((field) => (field.of ? new Uint32Array(field.count + 1) : null));
    const wanted = [...chosen.fields].map(([at, choice]) => ({ at, choice, values: fields[at].values, isSet: choice instanceof Set }));
    const made = { mask: new Uint8Array(records.count), barred: new Uint16Array(records.count), missed: new Int8Array(records.count).fill(NOTHING), counts, inSets: new Uint32Array(tags.sets.length), shown: 0 };
    for (const post of members) {
      const barred = (inBrand[records.brand[post]] ? 0 : 1) | (inCluster[records.cluster[post]] ? 0 : 2) | (isWithin(chosen.day, records.day[post]) ? 0 : 4)
        | (isWithin(chosen.likes, records.likes[post]) ? 0 : 8) | (found && !found[post] ? 16 : 0) | (inSet[tags.setOf[post]] ? 0 : 32)
        | (!chosen.band.size || chosen.band.has(records.band[post]) ? 0 : 64) | (!chosen.time || months.shows(chosen.time, months.of[post]) ? 0 : TIME)
        | (!chosen.own.size || own.of(post).some((entry) => chosen.own.has(entry)) ? 0 : OWN);
      made.barred[post] = barred;
      for (const { at, choice, values, isSet } of wanted) {
        if (isSet ? !choice.has(values[post]) : !isWithin(choice, values[post])) made.missed[post] = made.missed[post] === NOTHING ? at : SEVERAL;
      }
      made.shown += count(made, records, post, barred, 1);
    }
    return finish(made, records);
  }

  // The same result for another time, from that for the time before: it meets those posts alone that appear or vanish.
  function walk(result, records, months, before, time) {
    const counts = Object.fromEntries(Object.entries(result.counts).map(([kind, amounts]) => [kind, kind === "fields" ? amounts.map((of) => of && of.slice()) : amounts.slice()]));
    const made = { mask: result.mask.slice(), barred: result.barred.slice(), missed: result.missed, counts, inSets: result.inSets.slice(), shown: result.shown };
    for (let place = 0; place <= months.count; place += 1) {
      if (months.shows(before, place) === months.shows(time, place)) continue;
      for (const post of months.postsOf(place)) {
        made.shown += count(made, records, post, made.barred[post], -1);
        made.barred[post] ^= TIME;
        made.shown += count(made, records, post, made.barred[post], 1);
      }
    }
    return finish(made, records);
  }

  // Positions of the entries with these keys; unknown keys are left out.
  const find = (entries, keys) => new Set(
    keys.map((key) => entries.findIndex((entry) => entry.key === key)).filter((index) => index >= 0),
  );

  return { none, isOpen, apply, walk, find };
})();
