// The two lists of filters with their live counts, and the line that says how many images are shown.
"use strict";

Brandscape.makeChoices = ({ root, columns, members, words, number, onchange }) => {
  let chosen = Brandscape.filters.none();
  const said = root.querySelector("[data-count]");
  const reset = root.querySelector("[data-reset]");
  const panels = [...root.querySelectorAll("[data-panel]")];
  const boxes = { brands: [], clusters: [] };

  function fill(kind, names, counts) {
    const list = root.querySelector(`[data-list="${kind}"]`);
    if (!list) return;
    names.forEach((name, index) => {
      if (!counts[index]) return;
      const row = document.createElement("li");
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      const swatch = document.createElement("span");
      const text = document.createElement("bdi");
      const amount = document.createElement("span");
      text.textContent = name.name;
      amount.className = "choices__amount";
      label.append(box);
      if (kind === "clusters") {
        swatch.className = name.colour ? "viewer__swatch" : "viewer__swatch viewer__swatch--none";
        if (name.colour) swatch.style.setProperty("--colour", name.colour);
        label.append(swatch);
      }
      label.append(text, amount);
      row.append(label);
      list.append(row);
      boxes[kind][index] = { box, amount, row };
      box.addEventListener("change", () => {
        if (box.checked) chosen[kind].add(index); else chosen[kind].delete(index);
        show();
        onchange(chosen);
      });
    });
  }

  function show() {
    const counts = Brandscape.filters.count(columns, members, chosen);
    for (const kind of ["brands", "clusters"]) {
      boxes[kind].forEach((entry, index) => {
        entry.box.checked = chosen[kind].has(index);
        entry.amount.textContent = number(counts[kind][index]);
        entry.row.classList.toggle("is-empty", counts[kind][index] === 0);
      });
      const mark = root.querySelector(`[data-chosen="${kind}"]`);
      if (mark) mark.textContent = chosen[kind].size ? ` (${number(chosen[kind].size)})` : "";
    }
    const open = Brandscape.filters.isOpen(chosen);
    said.textContent = (open ? words.all : words.some).replace("{shown}", number(counts.shown)).replace("{all}", number(members.length));
    reset.hidden = open;
    return counts;
  }

  const toggle = (panel, open) => {
    panel.hidden = !open;
    root.querySelector(`[aria-controls="${panel.id}"]`).setAttribute("aria-expanded", String(open));
  };
  for (const panel of panels) {
    const button = root.querySelector(`[aria-controls="${panel.id}"]`);
    button.addEventListener("click", () => {
      const opening = panel.hidden;
      panels.forEach((other) => toggle(other, false));
      toggle(panel, opening);
      if (opening) { const first = panel.querySelector("input"); if (first) first.focus(); }
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { toggle(panel, false); button.focus(); event.stopPropagation(); }
    });
    panel.querySelector("[data-done]").addEventListener("click", () => { toggle(panel, false); button.focus(); });
  }
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-panel], [aria-controls]")) panels.forEach((panel) => toggle(panel, false));
  });
  reset.addEventListener("click", () => {
    chosen = Brandscape.filters.none();
    show();
    onchange(chosen);
    root.querySelector("[aria-controls]").focus();
  });

  const names = [...columns.clusters, columns.noise || { key: "noise", name: "" }];
  const full = Brandscape.filters.count(columns, members, chosen);
  fill("brands", columns.brands, full.brands);
  fill("clusters", names, full.clusters);
  show();

  return {
    get chosen() { return chosen; },
    // Keys of brands and clusters, as an address holds them; unknown ones are left out.
    choose(brands, clusters) {
      const find = (list, keys) => new Set(keys.map((key) => list.findIndex((entry) => entry.key === key)).filter((index) => index >= 0));
      chosen = { brands: find(columns.brands, brands), clusters: find(names, clusters) };
      show();
    },
    get keys() {
      return { brands: [...chosen.brands].map((index) => columns.brands[index].key), clusters: [...chosen.clusters].map((index) => names[index].key) };
    },
  };
};
