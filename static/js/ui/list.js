// The list beside the canvas: the shown or the selected images as rows, the selection's shares, and both as CSV.
"use strict";

Brandscape.makeList = ({ root, records, mosaic, words, formats, describe, howFound, onopen, onpick, onchange }) => {
  const { selection } = Brandscape;
  const FIELDS = 3; // of a post's own, in its row
  const PAGE = 48; // rows at a time
  const MOST_SHARES = 12;
  const LEAST = 5; // images below which a share is not compared with the usual one
  const part = (name) => root.querySelector(`[data-${name}]`);
  const element = part("drawer");
  const [button, list, more, sort, shares, tooMany] = ["lists", "rows", "more", "sort", "shares", "too-many"].map(part);
  const tabs = [...element.querySelectorAll("[data-tab]")];
  const { number, percent, date } = formats;
  const examplesPanel = Brandscape.makeExamplesPanel({ element: part("teach"), records, words, number });
  let tab = "shown";
  const lists = { shown: null, selected: [] }; // what is shown is worked out when it is asked for
  let now = { mask: null, shown: 0, selected: new Set() };
  let length = PAGE;

  const make = (tag, parent, name = "") => { const made = parent.appendChild(document.createElement(tag)); made.className = name; return made; };
  const known = (values, post) => (values[post] < 0 ? -Infinity : values[post]);
  const sorts = {
    map: (one, other) => mosaic.cellOf[one] - mosaic.cellOf[other],
    likes: (one, other) => known(records.likes, other) - known(records.likes, one),
    new: (one, other) => known(records.day, other) - known(records.day, one),
    old: (one, other) => (records.day[one] < 0) - (records.day[other] < 0) || records.day[one] - records.day[other],
    brand: (one, other) => records.brand[one] - records.brand[other] || sorts.map(one, other),
    cluster: (one, other) => records.cluster[one] - records.cluster[other] || sorts.map(one, other),
  };
  const sorted = (posts) => [...posts].sort((one, other) => sorts[sort.value](one, other) || one - other);

  function listed(name) {
    if (!lists[name]) lists[name] = [...mosaic.members.filter((post) => now.mask[post])];
    return lists[name];
  }

  // The picture's name may come later than the row.
  function showPicture(image, post) {
    const address = records.picture(post, () => showPicture(image, post));
    if (address) image.src = address;
  }

  function addRow(post) {
    const row = make("li", list);
    const box = make("input", row);
    box.type = "checkbox";
    box.checked = now.selected.has(post);
    box.dataset.pick = post;
    const opener = make("button", row);
    opener.type = "button";
    opener.dataset.post = post;
    const image = make("img", opener);
    [image.alt, image.loading, image.width, image.height] = ["", "lazy", 64, 64];
    showPicture(image, post);
    Brandscape.addMark(opener, records, post);
    Brandscape.preview.offer(image, (done) => describe(post, done));
    const text = make("span", opener);
    make("bdi", text, "drawer__brand").textContent = records.brandOf(post).name;
    const cluster = records.clusterOf(post);
    if (cluster) make("span", text, "drawer__quiet").textContent = cluster.name;
    const caption = make("bdi", text, "drawer__caption");
    const facts = [date(records, post), records.likes[post] < 0 ? "" : `${words.likes} ${number(records.likes[post])}`];
    make("span", text, "drawer__quiet").textContent = facts.filter(Boolean).join(" · ");
    const told = records.fields.map((field) => { const value = Brandscape.fields.say(field, post, formats); return value && `${field.name}: ${value}`; }).filter(Boolean);
    if (told.length) make("bdi", text, "drawer__quiet").textContent = told.slice(0, FIELDS).join(" · ");
    const ownTexts = [...records.own.tagsOf(post), ...records.own.notesOf(post)].join(" · ");
    if (ownTexts) make("bdi", text, "drawer__own").textContent = ownTexts.slice(0, 240);
    const how = Brandscape.sayFound(howFound(post), words);
    if (how) make("span", text, "drawer__quiet").textContent = `${words.found}: ${how}`;
    box.setAttribute("aria-label", `${words.pick}: ${records.brandOf(post).name}, ${facts.filter(Boolean).join(", ")}`);
    records.details(post, (details) => { if (details) caption.textContent = details.caption.slice(0, 240); });
  }

  // A table of how often each brand or cluster comes in the selection, and beside that, how often it comes at all.
  function addShares(kind, title, entries, posts) {
    const found = selection.shares(records[kind], posts, mosaic.members).filter(({ index }) => entries[index]);
    if (!found.length) return;
    const table = make("table", shares, "shares");
    make("caption", table, "viewer__title").textContent = title;
    for (const { index, count, share, usual } of found.slice(0, MOST_SHARES)) {
      const row = make("tr", make("tbody", table));
      const name = make("th", row);
      name.scope = "row";
      if (kind === "cluster") Brandscape.paintSwatch(make("span", name), entries[index]);
      make("bdi", name).textContent = entries[index].name;
      make("i", make("td", row, "shares__bar")).style.width = `${(share / found[0].share) * 100}%`;
      make("td", row).textContent = percent(share);
      make("td", row).textContent = number(count);
      make("td", row, "drawer__quiet").textContent = count >= LEAST ? words.times.replace("{ratio}", number(share / usual, 1)) : "";
    }
  }

  function render() {
    button.setAttribute("aria-expanded", String(!element.hidden));
    if (element.hidden) return;
    const posts = listed(tab);
    for (const one of tabs) {
      one.setAttribute("aria-pressed", String(one.dataset.tab === tab));
      one.querySelector("span").textContent = number(listed(one.dataset.tab).length);
    }
    for (const empty of element.querySelectorAll("[data-empty]")) empty.hidden = empty.dataset.empty !== tab || posts.length > 0;
    shares.hidden = tab !== "selected" || !posts.length;
    shares.textContent = "";
    if (!shares.hidden) {
      addShares("brand", words.brands, records.brands, posts);
      addShares("cluster", words.clusters, records.clusters, posts);
    }
    tooMany.hidden = tab !== "selected" || posts.length <= selection.MOST_IN_LINK;
    tooMany.textContent = words.too_many.replace("{count}", number(selection.MOST_IN_LINK));
    part("pick-all").hidden = tab !== "shown" || !posts.length;
    part("unpick-all").hidden = tab !== "selected" || !posts.length;
    part("own-selected").hidden = tab !== "selected" || !posts.length;
    part("teach").hidden = tab !== "selected";
    part("csv").hidden = sort.parentElement.hidden = !posts.length;
    list.textContent = "";
    sorted(posts).slice(0, length).forEach(addRow);
    const left = posts.length - Math.min(length, posts.length);
    more.hidden = !left;
    more.textContent = words.more.replace("{count}", number(Math.min(PAGE, left)));
  }

  function setTab(name) {
    tab = name;
    length = PAGE;
    part("drawer-body").scrollTop = 0;
    render();
    onchange();
  }

  // A field's value as posts.csv holds it.
  function tellField(field, post, texts) {
    if (field.kind === "text") return texts[field.place];
    if (field.entries) return Brandscape.fields.say(field, post, formats) || null;
    if (field.values[post] < 0) return null;
    return field.kind === "date" ? Brandscape.address.isoOf(field.values[post]) : Number(field.numberOf(field.values[post]).toFixed(field.decimals));
  }

  function download(posts) {
    records.loadAll((left) => {
      if (left) return;
      const rows = sorted(posts).map((post) => {
        const [details, cluster, { name, median }] = [records.detailsNow(post) || {}, records.clusterOf(post), records.brandOf(post)];
        const [likes, period] = [records.likes[post] < 0 ? null : records.likes[post], records.periodOf(post)];
        return [
          details.id, name, cluster && cluster.name, period ? period.iso : records.day[post] < 0 ? null : Brandscape.address.isoOf(records.day[post]),
          likes, median && likes !== null ? Math.round((likes / median) * 1e4) / 1e4 : null, details.comments, details.permalink,
          records.own.tagsOf(post).join("; "), records.own.notesOf(post).join(" | "), details.caption,
          ...records.fields.map((field) => tellField(field, post, details.texts || [])),
        ];
      });
      const head = ["id", "brand", "cluster", "published", "likes", "likes_to_brand_median", "comments", "permalink", "own_tags", "notes", "caption", ...records.fields.map(({ key }) => `field_${key}`)];
      // the mark at the start tells spreadsheets that it is UTF-8
      Brandscape.downloadFile(`${mosaic.name}-${tab}.csv`, "text/csv", `\ufeff${selection.csv([head, ...rows])}`);
    });
  }

  function open(name) {
    element.hidden = false;
    setTab(name);
    tabs.find((one) => one.dataset.tab === name).focus();
  }
  function close() {
    if (element.hidden) return;
    element.hidden = true;
    render();
    button.focus();
    onchange();
  }

  button.addEventListener("click", () => { if (element.hidden) open(now.selected.size ? "selected" : "shown"); else close(); });
  part("drawer-close").addEventListener("click", close);
  for (const one of tabs) one.addEventListener("click", () => setTab(one.dataset.tab));
  sort.addEventListener("change", () => { length = PAGE; render(); });
  more.addEventListener("click", () => {
    const at = length;
    length += PAGE;
    render();
    list.children[at].querySelector("button").focus();
  });
  list.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-post]");
    if (row) onopen(Number(row.dataset.post));
  });
  list.addEventListener("change", ({ target }) => onpick([Number(target.dataset.pick)], target.checked));
  part("pick-all").addEventListener("click", () => { onpick(listed("shown"), true); setTab("selected"); });
  part("unpick-all").addEventListener("click", () => { onpick(lists.selected, false); tabs[0].focus(); setTab("shown"); });
  part("csv").addEventListener("click", () => download(listed(tab)));

  return {
    // What is shown and what is selected have changed.
    update({ mask, selected }) {
      const isSame = now.mask === mask;
      now = { mask, selected };
      lists.selected = [...selected];
      if (!isSame) lists.shown = null;
      examplesPanel.update(lists.selected);
      if (!isSame) length = PAGE;
      if (tab === "shown" && isSame && !element.hidden) {
        // only marks have changed: rows stay, and so does what has the focus
        for (const box of list.querySelectorAll("[data-pick]")) box.checked = selected.has(Number(box.dataset.pick));
        tabs[1].querySelector("span").textContent = number(selected.size);
      } else render();
    },
    open,
    close,
    show(name) {
      if (name === (element.hidden ? "" : tab)) return;
      element.hidden = !name;
      if (name) tab = name;
      render();
    },
    get shown() { return element.hidden ? "" : tab; },
    get element() { return element; },
  };
};
