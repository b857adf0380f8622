// A state of the viewer as the end of an address, and back. What cannot be read is left out, never an error.
"use strict";

Brandscape.address = (() => {
  const short = (number) => String(Number(number.toPrecision(6)));

  // {camera, brands: [key], clusters: [key], post: id} to "v=…&b=…".
  function write(state) {
    const parts = [];
    if (state.camera) parts.push(`v=${[state.camera.x, state.camera.y, state.camera.scale].map(short).join(",")}`);
    if (state.brands.length) parts.push(`b=${state.brands.map(encodeURIComponent).join(",")}`);
    if (state.clusters.length) parts.push(`c=${state.clusters.map(encodeURIComponent).join(",")}`);
    if (state.post) parts.push(`p=${encodeURIComponent(state.post)}`);
    return parts.join("&");
  }

  function decode(text) {
    try { return decodeURIComponent(text); } catch { return ""; }
  }

  function read(hash) {
    const state = { camera: null, brands: [], clusters: [], post: "" };
    for (const part of hash.replace(/^#/, "").slice(0, 4000).split("&")) {
      const [name, value = ""] = part.split(/=(.*)/s);
      const list = value.split(",").map(decode).filter(Boolean);
      if (name === "v") {
        const [x, y, scale] = list.map(Number);
        if (list.length === 3 && [x, y, scale].every(Number.isFinite) && scale > 0) state.camera = { x, y, scale };
      } else if (name === "b") state.brands = list;
      else if (name === "c") state.clusters = list;
      else if (name === "p") state.post = decode(value);
    }
    return state;
  }

  // Whether a hash is one of ours rather than a place on the page.
  const isOurs = (hash) => /^#(?:[vbcp]=|$)/.test(hash) || hash === "";

  return { write, read, isOurs };
})();
