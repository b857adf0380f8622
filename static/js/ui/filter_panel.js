// The reader's filters: brands, clusters, days, likes and words, with live counts, and the line that says how many
// images are shown.
"use strict";

Brandscape.makeFilterPanel = ({ root, records, members, words, number, later, onchange }) => {
  const { filters, search } = Brandscape;
  const PAUSE = 120; // milliseconds of typing that a search waits out
  const part = (name) => root.querySelector(`[data-${name}]`);
  const entries = { brand: records.brands, cluster: records.clusters };
  const rows = { brand: [], cluster: [] }; // position in `entries` -> {box, amount, row}
  const [count, after, field, hidesButton] = ["count", "after", "search", "hides"].map(part);
  let chosen = filters.none();
  let text = "";
  let found = null; // a mask of what the search found
  let isReading = false;
  let isWhole = false; // all captions are there
  let hides = false;
  let room = null; // {images, brands, of}: what a comparison shows that has no room for all its brands
  let result = filters.apply(records, members, chosen);

  function fill(kind) {
    const list = root.querySelector(`[data-list="${kind}"]`);
    if (!list) return;
    entries[kind].forEach((entry, index) => {
      if (result[kind][index]) rows[kind][index] = addRow(list, kind, entry, index);
    });
  }

  function addRow(list, kind, entry, index) {
    const make = (tag, parent) => parent.appendChild(document.createElement(tag));
    const row = make("li", list);
    const label = make("label", row);
    const box = make("input", label);
    box.type = "checkbox";
    if (kind === "cluster") Brandscape.paintSwatch(make("span", label), entry);
    make("bdi", label).textContent = entry.name;
    const amount = make("span", label);
    amount.className = "choices__amount";
    box.addEventListener("change", () => {
      if (box.checked) chosen[kind].add(index); else chosen[kind].delete(index);
      change();
    });
    return { box, amount, row };
  }

  const DAY = 86400000;
  const fields = {
    day: { toText: (day) => new Date(day * DAY).toISOString().slice(0, 10), toValue: (value) => Date.parse(value) / DAY },
    likes: { toText: String, toValue: (value) => (value === "" ? NaN : Math.round(Number(value))) },
  };
  const ranges = {};
  for (const kind of ["day", "likes"]) {
    const element = root.querySelector(`[data-range="${kind}"]`);
    const bins = records.bins[kind];
    // a range of one value, or of none, is no choice
    if (bins.low === bins.high) { element.closest(".viewer__filter").hidden = true; continue; }
    const onrange = (range) => { chosen[kind] = range; change(); };
    ranges[kind] = Brandscape.makeRange({ element, bins, words, number, ...fields[kind], onchange: onrange });
  }

  function mark(kind, said) {
    const place = root.querySelector(`[data-chosen="${kind}"]`);
    if (place) place.textContent = said ? ` (${said})` : "";
  }

  function update() {
    result = filters.apply(records, members, chosen, found);
    for (const kind of ["brand", "cluster"]) {
      rows[kind].forEach(({ box, amount, row }, index) => {
        box.checked = chosen[kind].has(index);
        amount.textContent = number(result[kind][index]);
        row.classList.toggle("is-empty", result[kind][index] === 0);
      });
      mark(kind, chosen[kind].size ? number(chosen[kind].size) : "");
    }
    for (const [kind, range] of Object.entries(ranges)) {
      range.show(chosen[kind], result[kind]);
      mark(kind, chosen[kind] ? "1" : "");
    }
    say();
    after.hidden = filters.isOpen(chosen, found);
    part("none").hidden = result.shown > 0 || isReading;
    hidesButton.setAttribute("aria-pressed", String(hides));
    root.classList.toggle("is-filtered", !after.hidden);
  }

  function say() {
    const text = filters.isOpen(chosen, found) && !room ? words.all : words.some;
    const said = [
      text.replace("{shown}", number(room ? room.images : result.shown)).replace("{all}", number(members.length)),
      room && words.some_brands.replace("{shown}", number(room.brands)).replace("{all}", number(room.of)),
      isReading && words.reading,
    ].filter(Boolean).join(" · ");
    if (count.textContent !== said) count.textContent = said;
  }

  function change() {
    update();
    onchange();
  }

  // Looks for `text` in what has been read, reading the rest meanwhile.
  function look() {
    const parsed = search.parse(text);
    found = parsed.length ? search.find(records, members, records.folded, parsed) : null;
    if (!parsed.length) isReading = false;
    if (!parsed.length || isWhole || isReading) { change(); return; }
    isReading = true;
    change();
    records.loadAll((left) => {
      if (left) return;
      [isWhole, isReading] = [true, false];
      look();
    });
  }
  function seek(query) {
    text = query.trim();
    if (field.value.trim() !== text) field.value = text;
    look();
  }
  field.addEventListener("input", () => {
    const { value } = field;
    later(() => { if (field.value === value && value.trim() !== text) seek(value); }, PAUSE);
  });

  hidesButton.addEventListener("click", () => { hides = !hides; change(); });
  part("reset").addEventListener("click", () => {
    chosen = filters.none();
    seek("");
    field.focus();
  });
  fill("brand");
  fill("cluster");
  update();
  Brandscape.listenToPanels(root);

  return {
    seek,
    // What a comparison shows that has no room for all its brands; null where there is room, or no comparison.
    setRoom(found) { room = found; say(); },
    get mask() { return result.mask; },
    get shown() { return result.shown; },
    get hides() { return hides; },
    get isReading() { return isReading; },
    get brands() { return [...chosen.brand].sort((one, other) => one - other); },
    // What an address holds of them.
    get state() {
      const of = (kind) => [...chosen[kind]].map((index) => entries[kind][index].key);
      return { brands: of("brand"), clusters: of("cluster"), day: chosen.day, likes: chosen.likes, text, hides };
    },
    // Chooses as an address says; unknown keys are left out.
    choose(state) {
      chosen = {
        brand: filters.find(records.brands, state.brands || []),
        cluster: filters.find(records.clusters, state.clusters || []),
        day: state.day || null,
        likes: state.likes || null,
      };
      hides = Boolean(state.hides);
      seek(state.text || "");
    },
  };
};
