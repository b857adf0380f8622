// The calendar months of posts, sorted once, so that a step through time meets no other posts than those it shows or hides. Pure.
"use strict";

Brandscape.openMonths = (records, members) => {
  const DAY = 86400000;
  const numberOf = (date) => date.getUTCFullYear() * 12 + date.getUTCMonth();
  // The month of a post of which no day is known, or −1: a week that lies in two months tells none.
  function coarse(post) {
    const { iso } = records.periodOf(post) || { iso: "" };
    const [, year, week, month] = /^(\d{4})-(?:W(\d\d)|(\d\d))$/.exec(iso) || [];
    if (month) return year * 12 + Number(month) - 1;
    if (!week) return -1;
    const fourth = Date.UTC(year, 0, 4); // 4 January lies in week 1
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (week - 1) * 7 * DAY;
    const [first, last] = [monday, monday + 6 * DAY].map((day) => numberOf(new Date(day)));
    return first === last ? first : -1;
  }

  const found = Int32Array.from(members, (post) => (records.day[post] >= 0 ? numberOf(new Date(records.day[post] * DAY)) : coarse(post)));
  let [low, high] = [Infinity, -Infinity];
  for (const month of found) if (month >= 0) [low, high] = [Math.min(low, month), Math.max(high, month)];
  const count = high < low ? 0 : high - low + 1;
  const placeOf = (month) => (month < 0 ? count : month - low);

  // of each month, then of none: where its posts begin among all, in order of months
  const starts = new Uint32Array(count + 2);
  for (const month of found) starts[placeOf(month) + 1] += 1;
  for (let place = 1; place < starts.length; place += 1) starts[place] += starts[place - 1];
  const [next, posts] = [starts.slice(), new Uint32Array(found.length)];
  const of = new Uint16Array(records.count).fill(count);
  members.forEach((post, at) => {
    const place = placeOf(found[at]);
    of[post] = place;
    posts[next[place]] = post;
    next[place] += 1;
  });

  const keys = Array.from({ length: count }, (_, place) => `${String(Math.floor((low + place) / 12)).padStart(4, "0")}-${String(((low + place) % 12) + 1).padStart(2, "0")}`);
  return {
    count,
    keys, // "2026-03"
    of, // of each post: its month, `count` if none is known
    // The first day of a month, in days since 1970.
    dayOf: (place) => Date.parse(`${keys[place]}-01`) / DAY,
    postsOf: (place) => posts.subarray(starts[place], starts[place + 1]),
    // How many posts have no month.
    unknown: starts[count + 1] - starts[count],
    // Whether a time, {at, during} or null for all, shows the posts of a month.
    shows: (time, place) => !time || (place < count && (time.during ? place === time.at : place <= time.at)),
  };
};
