// A state of the viewer as the end of an address, and back. What cannot be read is left out, never an error.
"use strict";

Brandscape.address = (() => {
  const LONGEST = 4000;
  const short = (number) => String(Number(number.toPrecision(6)));

  // {camera or null, brands: [key], clusters: [key], post: id or ""} to "v=…&b=…"; "" where there is nothing to say.
  function write({ camera, brands, clusters, post }) {
    const parts = [];
    if (camera) parts.push(`v=${[camera.x, camera.y, camera.scale].map(short).join(",")}`);
    if (brands.length) parts.push(`b=${brands.map(encodeURIComponent).join(",")}`);
    if (clusters.length) parts.push(`c=${clusters.map(encodeURIComponent).join(",")}`);
    if (post) parts.push(`p=${encodeURIComponent(post)}`);
    return parts.join("&");
  }

  function decode(text) {
    try { return decodeURIComponent(text); } catch { return ""; }
  }

  function read(hash) {
    const state = { camera: null, brands: [], clusters: [], post: "" };
    for (const part of hash.replace(/^#/, "").slice(0, LONGEST).split("&")) {
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
  const isOurs = (hash) => /^#?(?:[vbcp]=|$)/.test(hash);

  return { write, read, isOurs };
})();
