// A list of choices, each a checkbox with a name and how many images it would show. A group's own box chooses all that
// is in it.
"use strict";

// `entries` are {name, level, colour}; only those of which there are any images are offered. `groups`, {name, colour,
// members}, hold positions in `entries`. `onchange` is called with positions and whether they are chosen now.
Brandscape.makeChoices = ({ list, entries, groups = [], hasSwatches = false, amounts, number, onchange }) => {
  const rows = []; // position in `entries` -> {box, amount, row}
  const heads = []; // {box, amount, row, members}
  const make = (tag, parent) => parent.appendChild(document.createElement(tag));

  function addRow({ name, level = 0, colour }, hasSwatch, act) {
    const row = make("li", list);
    const label = make("label", row);
    if (level) label.style.setProperty("--level", level);
    const box = make("input", label);
    box.type = "checkbox";
    if (hasSwatch) Brandscape.paintSwatch(make("span", label), { colour });
    make("bdi", label).textContent = name;
    const amount = make("span", label);
    amount.className = "choices__amount";
    box.addEventListener("change", () => act(box.checked));
    return { box, amount, row };
  }
  function addEntry(index, inGroup) {
    if (!amounts[index] || rows[index]) return;
    const entry = entries[index];
    rows[index] = addRow({ ...entry, level: (entry.level || 0) + (inGroup ? 1 : 0) }, hasSwatches, (is) => onchange([index], is));
  }

  for (const group of groups) {
    const members = group.members.filter((index) => amounts[index]);
    if (!members.length) continue;
    const head = addRow(group, false, (is) => onchange(members, is));
    head.row.className = "choices__group";
    heads.push({ ...head, members });
    for (const index of members) addEntry(index, true);
  }
  entries.forEach((_, index) => addEntry(index, false));

  function say({ amount, row }, count) {
    amount.textContent = number(count);
    row.classList.toggle("is-empty", count === 0);
  }

  return {
    // Shows what is chosen, a set of positions, and how many images each choice would show.
    show(chosen, counts) {
      rows.forEach((row, index) => {
        row.box.checked = chosen.has(index);
        say(row, counts[index]);
      });
      for (const head of heads) {
        const among = head.members.filter((index) => chosen.has(index)).length;
        head.box.checked = among === head.members.length;
        head.box.indeterminate = among > 0 && !head.box.checked;
        say(head, head.members.reduce((sum, index) => sum + counts[index], 0));
      }
    },
  };
};
