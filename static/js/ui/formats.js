// Numbers, days and calendar periods as the page's language writes them.
"use strict";

Brandscape.makeFormats = (language) => {
  const DAY = 86400000;
  // the pages write English dates with the day first
  const locale = language === "en" ? "en-GB" : language;
  const write = (sinceEpoch, options) => new Date(sinceEpoch * DAY).toLocaleDateString(locale, { ...options, timeZone: "UTC" });
  const number = (value, digits = 0) => value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (share) => share.toLocaleString(locale, { style: "percent", maximumFractionDigits: share < 0.01 || share > 0.99 ? 1 : 0 });
  function day(sinceEpoch) {
    const text = write(sinceEpoch, { day: "numeric", month: "long", year: "numeric" });
    return language === "fr" ? text.replace(/^1 /, "1er ") : text;
  }
  // The date of a post, as far as it is known: "" if it is not.
  function date(records, post) {
    const known = records.periodOf(post);
    return known ? known.name : records.day[post] < 0 ? "" : day(records.day[post]);
  }
  // A bin of days by its first day; `unit` as in `bins.byDay`.
  function period(start, unit) {
    if (unit === "year") return write(start, { year: "numeric" });
    if (unit === "quarter") return `${language === "fr" ? "T" : "Q"}${Math.floor(new Date(start * DAY).getUTCMonth() / 3) + 1} ${write(start, { year: "numeric" })}`;
    if (unit === "month") return write(start, { month: "short", year: "numeric" });
    return write(start, { day: "numeric", month: "short" });
  }
  // A month by its first day.
  const month = (start, isShort = false) => write(start, { month: isShort ? "short" : "long", year: "numeric" });
  return { number, percent, day, date, period, month };
};
