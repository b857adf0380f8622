// The fields of the posts: columns of the spreadsheet beside those that every report knows. Pure.
// A category or a yes or no has `entries`, a number or a date `bins`; `of` gives each post its entry or bin, one past the
// last if it has none. A text has its `place` among the texts that come with a post's details.
"use strict";

// `read` makes a column of what is packed.
Brandscape.openFields = (raw = [], read = Brandscape.numbers) => {
  const { bins } = Brandscape;
  let texts = 0;
  return raw.map(({ key, name, kind, entries, video, values: packed, least = 0, decimals = 0 }) => {
    const field = { key, name, kind, video };
    if (kind === "text") { field.place = texts; texts += 1; return field; }
    const values = read(packed);
    if (entries) return { ...field, values, of: values, entries: entries.map((entry) => ({ key: entry, name: entry })), count: entries.length };
    const made = kind === "date" ? bins.byDay(values) : bins.byLikes(values);
    const scale = 10 ** decimals;
    return {
      ...field, values, bins: made, of: made.of, count: made.starts.length, decimals,
      // whole steps to the numbers that they stand for, and back
      numberOf: (step) => step / scale + least,
      stepOf: (value) => Math.round((value - least) * scale),
    };
  });
};

Brandscape.fields = (() => {
  const MOST = 30; // categories with an entry of their own

  // A number with no more decimals than it has.
  function write(value, most, formats) {
    let digits = 0;
    while (digits < most && Math.abs(value - Number(value.toFixed(digits))) > 1e-9) digits += 1;
    return formats.number(value, digits);
  }

  // A post's value in words; "" if it has none, or is a text.
  function say(field, post, formats) {
    const value = field.values ? field.values[post] : -1;
    if (field.entries) return (field.entries[value] || { name: "" }).name;
    if (value < 0) return "";
    return field.kind === "date" ? formats.day(value) : write(field.numberOf(value), field.decimals, formats);
  }

  // The names of a field's bins.
  function nameBins({ kind, bins, numberOf, decimals }, formats) {
    const { starts, unit } = bins;
    if (kind === "date") return starts.map((day) => formats.period(day, unit));
    const number = (step) => write(numberOf(step), decimals, formats);
    return starts.map((start, bin) => (bin === starts.length - 1 ? `${number(start)}+` : starts[bin + 1] - start > 1 ? `${number(start)}–${number(starts[bin + 1] - 1)}` : number(start)));
  }

  // The posts' groups for an order, {names, of, unknown}: categories beyond MOST are one group, posts without a value the last.
  function group(field, words, formats) {
    if (!field.entries) return { names: [...nameBins(field, formats), words.novalue], of: field.of };
    const names = field.entries.map(({ name }) => name);
    if (names.length <= MOST) return { names: [...names, words.novalue], of: field.of, unknown: names.length };
    const of = Uint8Array.from(field.of, (value) => (value === names.length ? MOST + 1 : Math.min(value, MOST)));
    return { names: [...names.slice(0, MOST), words.others, words.novalue], of, unknown: MOST + 1 };
  }

  return { MOST, say, nameBins, group };
})();
