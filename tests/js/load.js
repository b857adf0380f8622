// The viewer's scripts without a browser: each assigns to the one namespace, so they load in the page's order.
"use strict";

const path = require("node:path");

module.exports = (...names) => {
  for (const name of ["core", ...names]) require(path.join(__dirname, "..", "..", "static", "js", `${name}.js`));
  return globalThis.Brandscape;
};

// A column as data scripts hold it, of integers from -1 on.
module.exports.pack = (values) => ({
  count: values.length, least: -1, gap: 0, bits: 32, values: Buffer.from(Uint32Array.from(values, (value) => value + 1).buffer).toString("base64"),
});
