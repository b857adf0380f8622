// Numbers and days as the page's language writes them.
"use strict";

Brandscape.makeFormats = (language) => {
  // the pages write English dates with the day first
  const locale = language === "en" ? "en-GB" : language;
  const number = (value, digits = 0) => value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  function day(sinceEpoch) {
    const date = new Date(sinceEpoch * 86400000);
    const text = date.toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    return language === "fr" ? text.replace(/^1 /, "1er ") : text;
  }
  return { number, day };
};
