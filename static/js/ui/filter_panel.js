// The reader's filters: brands, clusters, what images show, days, likes and words, with live counts, and the line that
// says how many images are shown.
"use strict";

Brandscape.makeFilterPanel = ({ root, records, members, words, number, later, onchange }) => {
  const { filters, search } = Brandscape;
  const PAUSE = 120; // milliseconds of typing that a search waits out
  const OFFERED = 8; // suggestions at most
  const part = (name) => root.querySelector(`[data-${name}]`);
  const entries = { brand: records.brands, cluster: records.clusters, tag: records.tags.terms, own: records.own.entries };
  const kinds = Object.keys(entries);
  const choices = {}; // kind -> its list, if it is there
  const [count, after, field, hidesButton] = ["count", "after", "search", "hides"].map(part);
  const months = Brandscape.openMonths(records, members);
  let chosen = filters.none();
  let text = ""; // of the search
  let found = null; // a mask of what the search found
  let isReading = false;
  let isWhole = false; // all captions are there
  let hides = false;
  let room = null; // {images, brands, of}: what a comparison shows that has no room for all its brands
  let result = filters.apply(records, members, chosen);

  function fill(kind) {
    const list = root.querySelector(`[data-list="${kind}"]`);
    if (!list) return;
    if (!entries[kind].length) { list.closest(".viewer__filter").hidden = true; return; }
    const groups = kind === "cluster" ? records.territories.map(({ clusters, ...territory }) => ({ ...territory, members: clusters })) : [];
    const onchoice = (indices, is) => {
      for (const index of indices) if (is) chosen[kind].add(index); else chosen[kind].delete(index);
      change();
    };
    choices[kind] = Brandscape.makeChoices({
      list, entries: entries[kind], groups, hasSwatches: kind === "cluster", amounts: result[kind], number, onchange: onchoice,
    });
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

  const fieldFilters = Brandscape.makeFieldFilters({
    root, fields: records.fields, counts: result.fields, words, number, chosen: () => chosen.fields, onchoose: (at, choice) => { setField(at, choice); change(); },
  });
  function setField(at, choice) {
    chosen.fields = new Map(chosen.fields);
    if (choice) chosen.fields.set(at, choice); else chosen.fields.delete(at);
  }
  // Whether these alone are chosen of a field: [from, to], or the one entry of a list.
  function hasOnly(at, [first, last]) {
    const choice = chosen.fields.get(at);
    if (!choice) return false;
    return choice instanceof Set ? choice.size === 1 && choice.has(first) : choice[0] === first && choice[1] === last;
  }

  function mark(kind, said) {
    const place = root.querySelector(`[data-chosen="${kind}"]`);
    if (place) place.textContent = said ? ` (${said})` : "";
  }

  function update() {
    result = filters.apply(records, members, chosen, found, months);
    show();
  }

  function show() {
    for (const kind of kinds) {
      if (choices[kind]) choices[kind].show(chosen[kind], result[kind]);
      mark(kind, chosen[kind].size ? number(chosen[kind].size) : "");
    }
    fieldFilters.show(result.fields);
    mark("fields", chosen.fields.size ? number(chosen.fields.size) : "");
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
    const amount = filters.isOpen(chosen, found) && !room ? words.all : words.some;
    const said = [
      amount.replace("{shown}", number(room ? room.images : result.shown)).replace("{all}", number(members.length)),
      !room && records.posts < records.count && words.of_posts.replace("{count}", number(countPosts())),
      room && words.some_brands.replace("{shown}", number(room.brands)).replace("{all}", number(room.of)),
      found && sayHow(),
      chosen.time && months.unknown && words.no_month.replace("{count}", number(months.unknown)),
      isReading && words.reading,
    ].filter(Boolean).join(" · ");
    if (count.textContent !== said) count.textContent = said;
  }

  // How many posts the images shown are of.
  function countPosts() {
    const seen = new Uint8Array(records.posts);
    for (const image of members) if (result.mask[image]) seen[records.ownerOf(image)] = 1;
    return seen.reduce((sum, one) => sum + one, 0);
  }

  // How many of the images shown were found by what they show, and how many by words; "" if only words could find any.
  function sayHow() {
    const { BY_WORDS, BY_CONTENT } = search;
    const amounts = [BY_CONTENT, BY_WORDS].map((how) => members.reduce((sum, post) => sum + (result.mask[post] && found[post] & how ? 1 : 0), 0));
    return amounts[0] ? words.found_by.replace("{content}", number(amounts[0])).replace("{words}", number(amounts[1])) : "";
  }

  function change() {
    update();
    onchange();
  }

  // Looks for `text` in what has been read, reading the rest meanwhile.
  function look() {
    const parsed = search.bind(search.parse(text), records.fields);
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

  // What a query may mean, what images show first, and the most frequent first; counted as if the query were gone, which a choice makes it.
  function offer(query) {
    const parsed = search.parse(query);
    const counts = filters.apply(records, members, chosen, null, months);
    const isMeant = (names) => parsed.length > 0 && parsed.every((word) => search.fits(names, word));
    const offered = kinds.filter((kind) => choices[kind]).flatMap((kind) => entries[kind].map((entry, index) => ({
      kind, name: entry.name, names: entry.names || [entry.name], amount: counts[kind][index], indices: [index],
    })));
    for (const { name, clusters } of choices.cluster ? records.territories : []) {
      offered.push({ kind: "territory", name, names: [name], amount: clusters.reduce((sum, index) => sum + counts.cluster[index], 0), indices: clusters });
    }
    records.fields.forEach(({ name: said, entries: of = [] }, at) => of.forEach(({ name }, index) => {
      offered.push({ kind: "field", name, names: [name], said, amount: counts.fields[at][index], choose: () => { setField(at, new Set(chosen.fields.get(at)).add(index)); seek(""); } });
    }));
    return offered.filter(({ amount, names }) => amount && isMeant(names))
      .sort((one, other) => (other.kind === "tag") - (one.kind === "tag") || other.amount - one.amount).slice(0, OFFERED)
      .map(({ kind, name, amount, indices, said, choose }) => ({
        name, amount, said: said || words[`is_${kind}`], choose: choose || (() => { for (const index of indices) chosen[kind === "territory" ? "cluster" : kind].add(index); seek(""); }),
      }));
  }
  // The choices of fields as an address holds them, by the fields' keys, and back.
  function fieldState() {
    return Object.fromEntries([...chosen.fields].map(([at, choice]) => [records.fields[at].key, choice instanceof Set ? [...choice].map((index) => records.fields[at].entries[index].name) : choice]));
  }
  function readFields(state) {
    const wanted = new Map();
    records.fields.forEach(({ key, entries: of, bins }, at) => {
      const given = Object.hasOwn(state, key) ? state[key] : null;
      if (!given) return;
      if (of) { const set = filters.find(of, given); if (set.size) wanted.set(at, set); } else if (bins && typeof given[0] === "number") wanted.set(at, given);
    });
    return wanted;
  }
  Brandscape.makeSuggestions({ field, list: part("offers"), words, number, offer });

  // A time as an address holds it, {month, during}, and back; months that no post has are left out.
  const timeText = () => chosen.time && { month: months.keys[chosen.time.at], during: chosen.time.during };
  const timeOf = (time) => (time && months.count > 1 && months.keys.includes(time.month) ? { at: months.keys.indexOf(time.month), during: time.during } : null);

  hidesButton.addEventListener("click", () => { hides = !hides; change(); });
  part("reset").addEventListener("click", () => {
    chosen = filters.none();
    seek("");
    field.focus();
  });
  kinds.forEach(fill);
  update();
  Brandscape.listenToPanels(root);

  return {
    seek,
    // Shows only these of a kind; all of it, if it shows only these already.
    only(kind, indices) {
      const isSame = chosen[kind].size === indices.length && indices.every((index) => chosen[kind].has(index));
      chosen[kind] = new Set(isSame ? [] : indices);
      change();
    },
    // Shows only these days, both ends within; all, if it shows only these already.
    onlyDays([first, last]) {
      const isSame = chosen.day && chosen.day[0] === first && chosen.day[1] === last;
      chosen.day = isSame ? null : [first, last];
      change();
    },
    months,
    // Shows what was posted until a month or in it, {at, during}; null for any time.
    setTime(time) {
      result = filters.walk(result, records, months, chosen.time, time);
      chosen.time = time;
      show();
      onchange();
    },
    // Shows only these of a field, a set of entries or [from, to]; all of it, if it shows only these already.
    onlyField(at, choice) {
      setField(at, hasOnly(at, [...choice]) ? null : choice);
      change();
    },
    hasOnly,
    // What is chosen of each kind, to be read.
    get chosen() { return chosen; },
    // How the search found a post: BY_WORDS, BY_CONTENT or both; 0 without a search.
    howFound: (post) => (found ? found[post] : 0),
    get tags() { return chosen.tag; },
    // What a comparison shows that has no room for all its brands; null where there is room, or no comparison.
    setRoom(next) { room = next; say(); },
    get mask() { return result.mask; },
    get shown() { return result.shown; },
    get hides() { return hides; },
    get isReading() { return isReading; },
    get brands() { return [...chosen.brand].sort((one, other) => one - other); },
    // What an address holds of them.
    get state() {
      const of = (kind) => [...chosen[kind]].map((index) => entries[kind][index].key);
      return { brands: of("brand"), clusters: of("cluster"), tags: of("tag"), own: of("own"), bands: [...chosen.band], fields: fieldState(), day: chosen.day, likes: chosen.likes, time: timeText(), text, hides };
    },
    // Chooses as an address says; unknown keys are left out.
    choose(state) {
      chosen = {
        brand: filters.find(records.brands, state.brands || []),
        cluster: filters.find(records.clusters, state.clusters || []),
        tag: filters.find(records.tags.terms, state.tags || []),
        own: filters.find(records.own.entries, state.own || []),
        day: state.day || null,
        likes: state.likes || null,
        time: timeOf(state.time),
        band: new Set(state.bands || []),
        fields: readFields(state.fields || {}),
      };
      hides = Boolean(state.hides);
      seek(state.text || "");
    },
  };
};
