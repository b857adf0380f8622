// Which posts are shown, and how many there would be. Pure: columns and choices in, mask and counts out.
"use strict";

Brandscape.filters = (() => {
  const none = () => ({ brand: new Set(), cluster: new Set() });
  const isOpen = (chosen) => chosen.brand.size === 0 && chosen.cluster.size === 0;
  const allowed = (set, length) => Uint8Array.from({ length }, (_, index) => (set.size === 0 || set.has(index) ? 1 : 0));

  // `mask` has 1 for each of `members` that is shown; `brand` and `cluster` count those that the other filter lets through.
  function apply(records, members, chosen) {
    const inBrand = allowed(chosen.brand, records.brands.length);
    // posts of a report without clusters have a cluster that nobody lists
    const inCluster = allowed(chosen.cluster, records.clusters.length + 1);
    const brand = new Uint32Array(inBrand.length);
    const cluster = new Uint32Array(inCluster.length);
    const mask = new Uint8Array(records.count);
    let shown = 0;
    for (const post of members) {
      const [ofBrand, ofCluster] = [records.brand[post], records.cluster[post]];
      if (inCluster[ofCluster]) brand[ofBrand] += 1;
      if (inBrand[ofBrand]) cluster[ofCluster] += 1;
      mask[post] = inBrand[ofBrand] & inCluster[ofCluster];
      shown += mask[post];
    }
    return { mask, shown, brand, cluster };
  }

  // Positions of the entries with these keys; unknown keys are left out.
  const find = (entries, keys) => new Set(
    keys.map((key) => entries.findIndex((entry) => entry.key === key)).filter((index) => index >= 0),
  );

  return { none, isOpen, apply, find };
})();
