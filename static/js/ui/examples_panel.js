// Examples of likeness gathered from what is selected, for the next build to learn from.
"use strict";

Brandscape.makeExamplesPanel = ({ element, records, words, number }) => {
  const { examples } = Brandscape;
  const part = (name) => element.querySelector(`[data-teach="${name}"]`);
  const kinds = ["together", "apart"];
  const file = Brandscape.makeSavedFile({ name: "similar.toml", records, onmissing: (is) => { part("missing").hidden = !is; } });
  let selected = [];
  let groups = [];

  function change(next) {
    groups = next;
    file.hold(groups.length > 0);
    part("save").hidden = !groups.length;
  }

  function gather(kind) {
    const next = examples.add(groups, kind, selected);
    if (next === groups) return;
    change(next);
    addRow(next[next.length - 1]);
  }

  function addRow(group) {
    const row = part("groups").appendChild(document.createElement("li"));
    const said = words[group.kind].replace("{count}", number(group.posts.length));
    row.appendChild(document.createElement("span")).textContent = said;
    const button = row.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", className: "viewer__button", textContent: words.remove });
    button.setAttribute("aria-label", `${words.remove}: ${said}`);
    button.addEventListener("click", () => {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      change(groups.filter((one) => one !== group));
      (next ? next.querySelector("button") : element.querySelector("summary")).focus();
    });
  }

  for (const kind of kinds) part(kind).addEventListener("click", () => gather(kind));
  part("save").addEventListener("click", () => {
    file.save(groups.flatMap(({ posts }) => posts), (idOf) => examples.write(groups, idOf));
  });

  return {
    update(posts) {
      selected = posts;
      for (const kind of kinds) part(kind).disabled = posts.length < 2;
    },
  };
};
