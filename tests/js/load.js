// The viewer's scripts without a browser: each assigns to the one namespace, so they load in the page's order.
"use strict";

const path = require("node:path");

module.exports = (...names) => {
  for (const name of ["core", ...names]) require(path.join(__dirname, "..", "..", "static", "js", `${name}.js`));
  return globalThis.Brandscape;
};
