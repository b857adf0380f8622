// Days and likes in bins of even meaning: calendar periods, and steps of 1, 2, 5. Pure arithmetic.
"use strict";

Brandscape.bins = (() => {
  const MOST = 48; // bins of days
  const DAY = 86400000;
  const dateOf = (day) => new Date(day * DAY);
  const dayOf = (year, month, date = 1) => Date.UTC(year, month, date) / DAY;
  const byMonths = (months) => ({
    floor: (day) => { const date = dateOf(day); return dayOf(date.getUTCFullYear(), date.getUTCMonth() - (date.getUTCMonth() % months)); },
    next: (day) => { const date = dateOf(day); return dayOf(date.getUTCFullYear(), date.getUTCMonth() + months); },
  });
  const UNITS = {
    day: { floor: (day) => day, next: (day) => day + 1 },
    week: { floor: (day) => day - ((day + 3) % 7), next: (day) => day + 7 }, // 1 January 1970 was a Thursday
    month: byMonths(1),
    quarter: byMonths(3),
    year: byMonths(12),
  };

  function extent(values) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) if (value >= 0) { low = Math.min(low, value); high = Math.max(high, value); }
    return [low, high];
  }

  // {starts, of, low, high}: `of` gives each value its bin; the unknown, below 0, come after the last.
  function sort(values, starts, low, high) {
    const of = Uint16Array.from(values, (value) => {
      if (value < 0) return starts.length;
      let [first, last] = [0, starts.length - 1];
      while (first < last) {
        const middle = (first + last + 1) >> 1;
        if (starts[middle] <= value) first = middle; else last = middle - 1;
      }
      return first;
    });
    return { starts, of, low, high };
  }

  // The finest calendar unit that needs at most MOST bins: {unit, starts, of, low, high}, starts in days since 1970.
  function byDay(days) {
    const [low, high] = extent(days);
    if (low > high) return { unit: "day", ...sort(days, [], 0, 0) };
    for (const [unit, { floor, next }] of Object.entries(UNITS)) {
      const starts = [];
      for (let day = floor(low); day <= high && starts.length <= MOST; day = next(day)) starts.push(day);
      if (starts.length <= MOST || unit === "year") return { unit, ...sort(days, starts, low, high) };
    }
    return null;
  }

  // 0, then steps of 1, 2, 5, 10, 20, …, from the one that holds the least to the one that holds the most.
  function byLikes(likes) {
    const [low, high] = extent(likes);
    if (low > high) return sort(likes, [], 0, 0);
    const steps = [0];
    for (let ten = 1; ten <= high; ten *= 10) for (const one of [1, 2, 5]) if (one * ten <= high) steps.push(one * ten);
    return sort(likes, steps.slice(steps.findLastIndex((step) => step <= low)), low, high);
  }

  const BANDS = [0.5, 0.8, 1.25, 2]; // times the brand's median likes: where one band ends and the next begins
  // The band of a post's likes against its brand's median; one past the last where either is unknown.
  function bandOf(likes, median) {
    if (likes < 0 || !median) return BANDS.length + 1;
    const band = BANDS.findIndex((end) => likes / median < end);
    return band < 0 ? BANDS.length : band;
  }

  return { byDay, byLikes, bandOf };
})();
