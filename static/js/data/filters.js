// The posts that fit the filters, as a mask, and how many more or fewer each other choice would show. Pure.
"use strict";

Brandscape.filters = (() => {
  // Chosen brands, clusters and terms by position, and bands of engagement as `bins.bandOf` numbers them; a range of days and of likes, both ends within; posts that a search
  // found.
  const none = () => ({ brand: new Set(), cluster: new Set(), tag: new Set(), band: new Set(), day: null, likes: null });
  const isOpen = ({ brand, cluster, tag, band, day, likes }, found = null) => !brand.size && !cluster.size && !tag.size && !band.size && !day && !likes && !found;
  const allowed = (set, length) => Uint8Array.from({ length }, (_, index) => (set.size === 0 || set.has(index) ? 1 : 0));
  const isWithin = (range, value) => !range || (value >= 0 && value >= range[0] && value <= range[1]);

  // `mask` has 1 for each of `members` that is shown. `brand`, `cluster` and `tag` count those that every other choice
  // lets through, and so do `day` and `likes` by the bins of `records.bins`.
  function apply(records, members, chosen, found = null) {
    const { bins, tags } = records;
    const inBrand = allowed(chosen.brand, records.brands.length);
    // posts of a report without clusters have a cluster that nobody lists
    const inCluster = allowed(chosen.cluster, records.clusters.length + 1);
    const inSet = chosen.tag.size ? tags.having((_, index) => chosen.tag.has(index)) : new Uint8Array(tags.sets.length).fill(1);
    const inSets = new Uint32Array(tags.sets.length);
    const counts = {
      brand: new Uint32Array(inBrand.length),
      cluster: new Uint32Array(inCluster.length),
      day: new Uint32Array(bins.day.starts.length + 1),
      likes: new Uint32Array(bins.likes.starts.length + 1),
    };
    const mask = new Uint8Array(records.count);
    let shown = 0;
    for (const post of members) {
      const [brand, cluster, set] = [records.brand[post], records.cluster[post], tags.setOf[post]];
      const barred = (inBrand[brand] ? 0 : 1) | (inCluster[cluster] ? 0 : 2) | (isWithin(chosen.day, records.day[post]) ? 0 : 4)
        | (isWithin(chosen.likes, records.likes[post]) ? 0 : 8) | (found && !found[post] ? 16 : 0) | (inSet[set] ? 0 : 32) | (!chosen.band.size || chosen.band.has(records.band[post]) ? 0 : 64);
      if (!(barred & ~1)) counts.brand[brand] += 1;
      if (!(barred & ~2)) counts.cluster[cluster] += 1;
      if (!(barred & ~4)) counts.day[bins.day.of[post]] += 1;
      if (!(barred & ~8)) counts.likes[bins.likes.of[post]] += 1;
      if (!(barred & ~32)) inSets[set] += 1;
      if (barred) continue;
      mask[post] = 1;
      shown += 1;
    }
    return { mask, shown, ...counts, tag: tags.count(inSets) };
  }

  // Positions of the entries with these keys; unknown keys are left out.
  const find = (entries, keys) => new Set(
    keys.map((key) => entries.findIndex((entry) => entry.key === key)).filter((index) => index >= 0),
  );

  return { none, isOpen, apply, find };
})();
