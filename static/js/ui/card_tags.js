// What a post's image shows, on its card: each term filters by it, and one that does not fit can be said not to.
"use strict";

Brandscape.makeCardTags = ({ element, records, words, number, onseek }) => {
  const { corrections } = Brandscape;
  const { tags } = records;
  const part = (name) => element.querySelector(`[data-tags="${name}"]`);
  const list = part("paths");
  const file = Brandscape.makeSavedFile({ name: "tags.toml", records, onmissing: (is) => { part("missing").hidden = !is; } });
  let entries = [];

  function makeButton(parent, text, className, act) {
    const button = parent.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", textContent: text, className });
    button.addEventListener("click", act);
    return button;
  }

  function update() {
    file.hold(entries.length > 0);
    part("gathered").hidden = !entries.length;
    part("amount").textContent = entries.length ? ` (${number(entries.length)})` : "";
  }

  function addPath(path, post) {
    const row = list.appendChild(document.createElement("li"));
    const names = row.appendChild(document.createElement("span"));
    path.forEach((index, place) => {
      if (place) names.append(" › ");
      const { name } = tags.terms[index];
      makeButton(names, name, "", () => onseek(index)).title = words.show_term.replace("{term}", name);
    });
    const { key, name } = tags.terms[path[path.length - 1]];
    const entry = { term: key, post };
    const button = makeButton(row, words.not_this, "tags__not", () => {
      entries = corrections.toggle(entries, entry);
      mark();
      update();
    });
    button.setAttribute("aria-label", `${words.not_this}: ${name}`);
    function mark() {
      const isOut = corrections.has(entries, entry);
      row.classList.toggle("is-out", isOut);
      button.setAttribute("aria-pressed", String(isOut));
    }
    mark();
  }

  part("save").addEventListener("click", () => {
    file.save(entries.map(({ post }) => post), (idOf) => corrections.write(entries, idOf));
  });

  return {
    show(post) {
      list.textContent = "";
      const paths = tags.paths(post);
      part("seen").hidden = !paths.length;
      for (const path of paths) addPath(path, post);
    },
  };
};
