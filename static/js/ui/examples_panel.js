// Examples of likeness gathered from what is selected, for the next build to learn from.
"use strict";

Brandscape.makeExamplesPanel = ({ element, records, words, number }) => {
  const { examples } = Brandscape;
  const part = (name) => element.querySelector(`[data-teach="${name}"]`);
  const kinds = ["together", "apart"];
  let selected = [];
  let groups = [];

  // Asks before the page, and with it what was gathered, is left.
  function hold(event) {
    event.preventDefault();
    event.returnValue = ""; // what older browsers heed
  }

  function change(next) {
    groups = next;
    if (groups.length) window.addEventListener("beforeunload", hold); else window.removeEventListener("beforeunload", hold);
    part("save").hidden = !groups.length;
    part("missing").hidden = true;
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

  // Ids come with the posts' texts, in files that may be still on their way, or missing.
  function save() {
    const wanted = new Set(groups.flatMap(({ posts }) => posts));
    const ids = new Map();
    let left = wanted.size;
    for (const post of wanted) {
      records.details(post, (details) => {
        if (details) ids.set(post, details.id);
        left -= 1;
        if (left) return;
        part("missing").hidden = ids.size === wanted.size;
        if (ids.size < wanted.size) return;
        Brandscape.downloadFile("similar.toml", "application/toml", examples.write(groups, (one) => ids.get(one)));
        window.removeEventListener("beforeunload", hold);
      });
    }
  }

  for (const kind of kinds) part(kind).addEventListener("click", () => gather(kind));
  part("save").addEventListener("click", save);

  return {
    update(posts) {
      selected = posts;
      for (const kind of kinds) part(kind).disabled = posts.length < 2;
    },
  };
};
