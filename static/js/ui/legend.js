// Which trait colours images, and the legend that says what each colour means; a press on an entry shows its images only.
"use strict";

Brandscape.makeLegend = ({ root, records, members, words, formats, state, filterPanel, onchange }) => {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const [choice, bar, list, overlays] = ["colours", "legend", "legend-entries", "overlays"].map(part);
  const kinds = Brandscape.colourings.make({ records, members, words, formats });
  const made = new Map(); // kind -> its colouring; none is made before it is asked for
  let buttons = []; // [{button, entry}]

  for (const option of [...choice.options]) {
    const lacks = { date: !records.bins.day.starts.length, likes: !records.bins.likes.starts.length, cluster: !records.clusters.length }[option.value];
    if (lacks) option.remove();
  }
  const offers = (kind) => [...choice.options].some(({ value }) => value === kind);
  function find(kind) {
    if (!kind) return null;
    if (!made.has(kind)) made.set(kind, kinds[kind]());
    return made.get(kind);
  }

  function isChosen({ filter, field }, { index, range }) {
    if (field !== undefined) return filterPanel.hasOnly(field, range || [index]);
    const chosen = filterPanel.chosen[filter];
    return filter === "day" ? chosen !== null && chosen[0] === range[0] && chosen[1] === range[1] : chosen.has(index);
  }
  function press({ filter, field }, { index, range }) {
    if (field !== undefined) filterPanel.onlyField(field, range || new Set([index]));
    else if (filter === "day") filterPanel.onlyDays(range); else filterPanel.only(filter, [index]);
  }

  function fill() {
    const colouring = find(state.colouring);
    list.textContent = "";
    buttons = [];
    if (!colouring) return;
    const used = new Set();
    for (const post of members) used.add(colouring.of(post));
    colouring.entries.forEach((entry, at) => {
      if (!used.has(at)) return;
      const button = list.appendChild(document.createElement("li")).appendChild(document.createElement("button"));
      button.type = "button";
      button.className = "viewer__button";
      Brandscape.paintSwatch(button.appendChild(document.createElement("span")), entry);
      button.appendChild(document.createElement("bdi")).textContent = entry.name;
      button.addEventListener("click", () => press(colouring, entry));
      buttons.push({ button, entry });
    });
  }

  // Says what is chosen now.
  function update() {
    const colouring = find(state.colouring);
    bar.hidden = !colouring && !state.compares;
    list.hidden = state.compares && state.overlays; // two brands have two colours of their own
    if (overlays) {
      overlays.hidden = !state.compares;
      overlays.setAttribute("aria-pressed", String(state.overlays));
    }
    for (const { button, entry } of buttons) button.setAttribute("aria-pressed", String(isChosen(colouring, entry)));
  }

  function choose(kind) {
    state.colouring = offers(kind) ? kind : "";
    choice.value = state.colouring;
    fill();
    update();
  }
  choice.addEventListener("change", () => { choose(choice.value); onchange(); });
  if (overlays) overlays.addEventListener("click", () => { state.overlays = !state.overlays; update(); onchange(); });

  return { choose, update, get colouring() { return find(state.colouring); } };
};
