// What images are coloured by: cluster, brand, engagement or date, each as a few classes with a name and a colour. Pure.
// Another way to colour is one more function of `make`.
"use strict";

Brandscape.colourings = (() => {
  // "Muted" by Paul Tol, made to be told apart by the colour-blind (https://personal.sron.nl/~pault/); grey is for the rest
  const BRANDS = ["#332288", "#ddcc77", "#117733", "#cc6677", "#88ccee", "#882255", "#44aa99", "#999933", "#aa4499"];
  const REST = "#a8a8a8";
  // two brands, by Okabe and Ito: blue and orange
  const PAIR = ["#0072b2", "#e69f00"];
  // "PuOr" of ColorBrewer, from less to more than the brand's ordinary post; safe for the colour-blind
  const ENGAGEMENT = ["#5e3c99", "#b2abd2", "#e8e6e0", "#fdb863", "#e66101"];
  // cividis (Nuñez, Anderton and Renslow 2018), from old to new; the same to the colour-blind as to others
  const DATES = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838"];

  // A colour of DATES, or between two of them, at a share of the way.
  function along(share) {
    const at = share * (DATES.length - 1);
    const [low, part] = [Math.min(Math.floor(at), DATES.length - 2), at - Math.min(Math.floor(at), DATES.length - 2)];
    const channel = (text, from) => parseInt(text.slice(from, from + 2), 16);
    return `#${[1, 3, 5].map((from) => Math.round(channel(DATES[low], from) * (1 - part) + channel(DATES[low + 1], from) * part).toString(16).padStart(2, "0")).join("")}`;
  }

  // The bins of days joined until there are at most as many as can be told apart: [{name, first, last}], in bins.
  function joinBins(count, most = 12) {
    const step = Math.ceil(count / most);
    return Array.from({ length: Math.ceil(count / step) }, (_, at) => ({ first: at * step, last: Math.min(count, (at + 1) * step) - 1 }));
  }

  // Each way to colour: {entries: [{name, colour, …}], of: class of a post}. A class beyond the entries has no colour.
  function make({ records, members, words, formats }) {
    const tally = new Uint32Array(records.brands.length);
    for (const post of members) tally[records.brand[post]] += 1;
    const frequent = [...tally.keys()].sort((one, other) => tally[other] - tally[one] || one - other);
    const rank = new Uint32Array(tally.length);
    frequent.forEach((brand, at) => { rank[brand] = at; });
    const { starts, unit, of: binOf } = records.bins.day;

    // Categories by their number of posts, the most frequent told apart; numbers and dates from few to many.
    function ofField(at) {
      const field = records.fields[at];
      if (field.entries) {
        const entries = field.entries.map(({ name }, index) => ({ name, colour: BRANDS[index] || REST, index }));
        return { field: at, entries: [...entries, { name: words.novalue, colour: null, index: entries.length }], of: (post) => field.of[post] };
      }
      const { starts: ends, high } = field.bins;
      const [joined, names] = [joinBins(ends.length), Brandscape.fields.nameBins(field, formats)];
      const classOf = new Uint16Array(ends.length + 1).fill(joined.length);
      joined.forEach(({ first, last }, index) => classOf.fill(index, first, last + 1));
      const entries = joined.map(({ first, last }, index) => ({
        name: first === last ? names[first] : `${names[first]} – ${names[last]}`, colour: along(joined.length > 1 ? index / (joined.length - 1) : 1),
        range: [ends[first], last + 1 < ends.length ? ends[last + 1] - 1 : Math.max(ends[last], high)],
      }));
      return { field: at, entries, of: (post) => classOf[field.of[post]] };
    }

    return {
      ...Object.fromEntries((records.fields || []).map(({ key }, at) => [`field-${key}`, () => ofField(at)])),
      cluster: () => ({ filter: "cluster", entries: records.clusters.map(({ name, colour }, index) => ({ name, colour, index })), of: (post) => records.cluster[post] }),
      brand: () => ({
        filter: "brand", entries: frequent.map((index, at) => ({ name: records.brands[index].name, colour: BRANDS[at] || REST, index })), of: (post) => rank[records.brand[post]],
      }),
      likes: () => ({
        filter: "band", entries: [...ENGAGEMENT.map((colour, index) => ({ name: words.bands[index], colour, index })), { name: words.nolikes, colour: null, index: ENGAGEMENT.length }],
        of: (post) => records.band[post],
      }),
      date() {
        const joined = joinBins(starts.length);
        const classOf = new Uint16Array(starts.length + 1).fill(joined.length);
        const name = (bin) => formats.period(starts[bin], unit);
        joined.forEach(({ first, last }, at) => classOf.fill(at, first, last + 1));
        const entries = joined.map(({ first, last }, at) => ({
          name: first === last ? name(first) : `${name(first)} – ${name(last)}`, colour: along(joined.length > 1 ? at / (joined.length - 1) : 1),
          range: [starts[first], last + 1 < starts.length ? starts[last + 1] - 1 : Math.max(starts[last], records.bins.day.high)],
        }));
        return { filter: "day", entries, of: (post) => classOf[binOf[post]] };
      },
    };
  }

  return { PAIR, make, joinBins, along };
})();
