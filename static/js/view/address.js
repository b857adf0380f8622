// A state of the viewer as the end of an address, and back. What cannot be read is left out, never an error.
"use strict";

Brandscape.address = (() => {
  const LONGEST = 16000;
  const DAY = 86400000;
  const short = (number) => String(Number(number.toPrecision(6)));
  const isoOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);
  const dayOf = (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) / DAY : NaN);

  const nothing = () => ({
    camera: null, order: "map", isTall: false, closed: 0, brands: [], clusters: [], tags: [], own: [], bands: [], fields: {}, colouring: "", overlays: false, day: null, likes: null, time: null, text: "", hides: false, compares: false, names: true,
    selection: "", panel: "", post: "",
  });

  // A state like `nothing` to "v=…&b=…"; "" where there is nothing to say.
  function write(state) {
    const { camera, order, isTall, closed, brands, clusters, tags, own, bands, fields, colouring, overlays, day, likes, time, text, hides, compares, names, selection, panel, post } = state;
    const parts = [];
    if (camera) parts.push(`v=${[camera.x, camera.y, camera.scale].map(short).join(",")}`);
    if (order !== "map") parts.push(`a=${order}${isTall ? ",tall" : ""}`);
    if (closed) parts.push(`f=${closed}`);
    if (brands.length) parts.push(`b=${brands.map(encodeURIComponent).join(",")}`);
    if (clusters.length) parts.push(`c=${clusters.map(encodeURIComponent).join(",")}`);
    if (tags.length) parts.push(`t=${tags.map(encodeURIComponent).join(",")}`);
    if (own.length) parts.push(`o=${own.map(encodeURIComponent).join(",")}`);
    if (bands.length) parts.push(`e=${bands.join(",")}`);
    // market:France,Spain;spend:10..20
    const told = Object.entries(fields).map(([key, choice]) => `${key}:${typeof choice[0] === "number" ? choice.join("..") : choice.map(encodeURIComponent).join(",")}`);
    if (told.length) parts.push(`w=${told.join(";")}`);
    if (colouring) parts.push(`g=${colouring}`);
    if (day) parts.push(`d=${day.map(isoOf).join(",")}`);
    if (likes) parts.push(`l=${likes.join(",")}`);
    if (time) parts.push(`m=${time.month}${time.during ? ",in" : ""}`);
    if (text) parts.push(`q=${encodeURIComponent(text)}`);
    if (hides) parts.push("h=1");
    if (compares) parts.push(overlays ? "x=2" : "x=1");
    if (!names) parts.push("n=0");
    if (selection) parts.push(`s=${selection}`);
    if (panel) parts.push(`k=${panel}`);
    if (post) parts.push(`p=${encodeURIComponent(post)}`);
    return parts.join("&");
  }

  function decode(text) {
    try { return decodeURIComponent(text); } catch { return ""; }
  }
  const range = (values) => (values.length === 2 && values.every((value) => Number.isFinite(value) && value >= 0) && values[0] <= values[1] ? values : null);

  const readers = {
    v(state, value, list) {
      const [x, y, scale] = list.map(Number);
      if (list.length === 3 && [x, y, scale].every(Number.isFinite) && scale > 0) state.camera = { x, y, scale };
    },
    a(state, value, list) {
      if (/^(?:brand|cluster|date|likes|(?:map|field)-[a-z0-9-]+)$/.test(list[0])) [state.order, state.isTall] = [list[0], list[1] === "tall"];
    },
    f(state, value) { if (/^[1-4]$/.test(value)) state.closed = Number(value); },
    b(state, value, list) { state.brands = list; },
    c(state, value, list) { state.clusters = list; },
    t(state, value, list) { state.tags = list; },
    o(state, value, list) { state.own = list; },
    d(state, value, list) { state.day = range(list.map(dayOf)); },
    l(state, value, list) { state.likes = range(list.map(Number)); },
    m(state, value, list) { if (/^\d{4}-\d\d$/.test(list[0])) state.time = { month: list[0], during: list[1] === "in" }; },
    q(state, value) { state.text = decode(value).slice(0, 200); },
    h(state, value) { state.hides = value === "1"; },
    e(state, value, list) { state.bands = list.filter((one) => /^[0-5]$/.test(one)).map(Number); },
    g(state, value) { if (/^(?:brand|cluster|date|likes|field-[a-z0-9-]+)$/.test(value)) state.colouring = value; },
    w(state, value) {
      for (const part of value.split(";")) {
        const [key, given = ""] = part.split(/:(.*)/s);
        const ends = /^\d+\.\.\d+$/.test(given) ? range(given.split("..").map(Number)) : null;
        const names = given.split(",").map(decode).filter(Boolean);
        if (/^[a-z0-9-]+$/.test(key) && (ends || names.length)) state.fields[key] = ends || names;
      }
    },
    x(state, value) { [state.compares, state.overlays] = [value === "1" || value === "2", value === "2"]; },
    n(state, value) { state.names = value !== "0"; },
    s(state, value) { if (/^[\w-]+$/.test(value)) state.selection = value; },
    k(state, value) { if (["shown", "selected"].includes(value)) state.panel = value; },
    p(state, value) { state.post = decode(value); },
  };

  function read(hash) {
    const state = nothing();
    for (const part of hash.replace(/^#/, "").slice(0, LONGEST).split("&")) {
      const [name, value = ""] = part.split(/=(.*)/s);
      if (Object.hasOwn(readers, name)) readers[name](state, value, value.split(",").map(decode).filter(Boolean));
    }
    return state;
  }

  // Whether a hash is one of ours rather than a place on the page.
  const isOurs = (hash) => /^#?(?:[vafbctoegwdlmqhxnskp]=|$)/.test(hash);

  return { nothing, isoOf, write, read, isOurs };
})();
