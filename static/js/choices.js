// The lists of filters with their live counts, and the line that says how many images are shown.
"use strict";

Brandscape.makeChoices = ({ root, records, members, words, number, onchange }) => {
  const { filters } = Brandscape;
  const entries = { brand: records.brands, cluster: records.clusters };
  const rows = { brand: [], cluster: [] }; // position in `entries` -> {box, amount, row}
  const count = root.querySelector("[data-count]");
  const reset = root.querySelector("[data-reset]");
  let chosen = filters.none();
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
      update();
      onchange();
    });
    return { box, amount, row };
  }

  function update() {
    result = filters.apply(records, members, chosen);
    for (const kind of ["brand", "cluster"]) {
      rows[kind].forEach(({ box, amount, row }, index) => {
        box.checked = chosen[kind].has(index);
        amount.textContent = number(result[kind][index]);
        row.classList.toggle("is-empty", result[kind][index] === 0);
      });
      const mark = root.querySelector(`[data-chosen="${kind}"]`);
      if (mark) mark.textContent = chosen[kind].size ? ` (${number(chosen[kind].size)})` : "";
    }
    const isOpen = filters.isOpen(chosen);
    const said = (isOpen ? words.all : words.some).replace("{shown}", number(result.shown)).replace("{all}", number(members.length));
    if (count.textContent !== said) count.textContent = said;
    reset.hidden = isOpen;
  }

  reset.addEventListener("click", () => {
    chosen = filters.none();
    update();
    onchange();
    root.querySelector("[data-opens]").focus();
  });
  fill("brand");
  fill("cluster");
  update();
  Brandscape.listenToPanels(root);

  return {
    get mask() { return result.mask; },
    get shown() { return result.shown; },
    get keys() {
      const of = (kind) => [...chosen[kind]].map((index) => entries[kind][index].key);
      return { brands: of("brand"), clusters: of("cluster") };
    },
    // Chooses by keys, as an address holds them; unknown ones are left out.
    choose(brands, clusters) {
      chosen = { brand: filters.find(records.brands, brands), cluster: filters.find(records.clusters, clusters) };
      update();
    },
  };
};

// Panels that open from a button, one at a time, and close by Escape, by their own button, or by a press elsewhere.
Brandscape.listenToPanels = (root) => {
  const panels = [...root.querySelectorAll("[data-opens]")].map((button) => ({
    button,
    panel: document.getElementById(button.getAttribute("aria-controls")),
  }));
  function set({ button, panel }, open) {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }
  for (const one of panels) {
    const { button, panel } = one;
    const close = () => { set(one, false); button.focus(); };
    button.addEventListener("click", () => {
      const open = panel.hidden;
      panels.forEach((other) => set(other, false));
      set(one, open);
      const first = panel.querySelector("input");
      if (open && first) first.focus();
    });
    panel.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      event.stopPropagation();
      close();
    });
    panel.querySelector("[data-done]").addEventListener("click", close);
  }
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("[data-panel], [data-opens]")) panels.forEach((one) => set(one, false));
  });
};
