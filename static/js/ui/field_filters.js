// The panel of fields: each folds out into its categories, or into a range of numbers or dates.
"use strict";

// `chosen()` is a map from a field's position to a set of entries or to [from, to]; `onchoose(at, choice)` replaces a
// choice, null for none.
Brandscape.makeFieldFilters = ({ root, fields, counts, words, number, chosen, onchoose }) => {
  const { MOST } = Brandscape.fields;
  const place = root.querySelector("[data-fields]");
  const DAY = 86400000;
  const forms = []; // position of a field -> {show, said}
  const make = (tag, parent, name = "") => { const made = parent.appendChild(document.createElement(tag)); made.className = name; return made; };

  function addChoices(field, at, body) {
    const entries = field.entries.slice(0, MOST);
    const onchange = (indices, is) => {
      const set = new Set(chosen().get(at));
      for (const index of indices) if (is) set.add(index); else set.delete(index);
      onchoose(at, set.size ? set : null);
    };
    const choices = Brandscape.makeChoices({ list: make("ul", body, "choices"), entries, amounts: counts[at], number, onchange });
    const more = field.entries.length - entries.length;
    if (more) make("p", body, "drawer__note").textContent = words.more_values.replace("{count}", number(more)).replace("{search}", `${field.key}:${field.entries[MOST].name}`);
    return { show: (choice, amounts) => choices.show(choice || new Set(), amounts), said: (choice) => number(choice.size) };
  }

  function addRange(field, at, body) {
    const isDate = field.kind === "date";
    body.append(root.querySelector(`[data-range-form="${field.kind}"]`).content.cloneNode(true));
    const texts = isDate
      ? { toText: (day) => new Date(day * DAY).toISOString().slice(0, 10), toValue: (value) => Date.parse(value) / DAY }
      : { toText: (step) => String(Number(field.numberOf(step).toFixed(field.decimals))), toValue: (value) => (value === "" ? NaN : field.stepOf(Number(value))) };
    if (!isDate) for (const end of body.querySelectorAll("[data-end]")) end.step = 10 ** -field.decimals;
    const range = Brandscape.makeRange({ element: body.querySelector(".range"), bins: field.bins, words, number, ...texts, onchange: (choice) => onchoose(at, choice) });
    return { show: (choice, amounts) => range.show(choice || null, amounts), said: () => "1" };
  }

  if (place) {
    const shown = [...fields.keys()].filter((at) => fields[at].entries || (fields[at].bins && fields[at].bins.low < fields[at].bins.high));
    for (const at of shown) {
      const element = make("details", place, "field");
      const summary = make("summary", element);
      make("bdi", summary).textContent = fields[at].name;
      const said = make("span", summary);
      element.open = shown.length < 3;
      forms[at] = { ...(fields[at].entries ? addChoices : addRange)(fields[at], at, make("div", element)), mark: said };
    }
    if (!shown.length) place.closest(".viewer__filter").hidden = true;
  }

  return {
    show(amounts) {
      forms.forEach(({ show, said, mark }, at) => {
        const choice = chosen().get(at);
        show(choice, amounts[at]);
        mark.textContent = choice ? ` (${said(choice)})` : "";
      });
    },
  };
};
