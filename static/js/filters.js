// Which posts are shown, and how many there would be. Pure: columns and choices in, masks and counts out.
"use strict";

Brandscape.filters = (() => {
  const none = () => ({ brands: new Set(), clusters: new Set() });
  const isOpen = (chosen) => chosen.brands.size === 0 && chosen.clusters.size === 0;

  // Counts over `members`: posts shown, and for each brand and cluster those that the other filter lets through.
  function count(columns, members, chosen) {
    const brands = new Uint32Array(columns.brands.length);
    const clusters = new Uint32Array(columns.clusters.length + 1);
    let shown = 0;
    for (const post of members) {
      const brand = columns.brand[post];
      const cluster = columns.cluster[post];
      const byBrand = chosen.brands.size === 0 || chosen.brands.has(brand);
      const byCluster = chosen.clusters.size === 0 || chosen.clusters.has(cluster);
      if (byCluster) brands[brand] += 1;
      if (byBrand) clusters[cluster] += 1;
      if (byBrand && byCluster) shown += 1;
    }
    return { shown, brands, clusters };
  }

  const lets = (columns, chosen, post) => (chosen.brands.size === 0 || chosen.brands.has(columns.brand[post]))
    && (chosen.clusters.size === 0 || chosen.clusters.has(columns.cluster[post]));

  return { none, isOpen, count, lets };
})();
