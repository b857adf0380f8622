// Paths of a report's files, in folders beside the page, and the page's address. Editions replace both.
"use strict";

Brandscape.files = {
  data: (base, name) => `${base}data/${name}.js`,
  tile: (base, mosaic, key) => `${base}mosaics/${mosaic}_files/${key}.jpg`,
  flat: (base, mosaic) => `${base}mosaics/${mosaic}.jpg`,
  picture: (base, name) => `${base}images/${name}.jpg`,
  page: (base, path, state = "") => base + path + (state && `#${state}`),
  // Runs a data script.
  run(address, failed) {
    const script = document.createElement("script");
    script.src = address;
    script.onerror = failed;
    document.head.append(script);
  },
};

// The state of the page's viewer in the address.
Brandscape.place = {
  read: () => location.hash,
  write: (state, isStep) => window.history[isStep ? "pushState" : "replaceState"](null, "", `#${state}`),
  link: (state) => `${location.href.split("#")[0]}#${state}`,
  // Calls `recall` when the reader goes back or forth.
  follow: (root, recall) => window.addEventListener("popstate", () => recall()),
};
