// The reader's own tags and notes: on a post's card and for what is selected, gathered into notes.toml for the next build.
"use strict";

Brandscape.makeOwnNotes = ({ root, records, words, number, say }) => {
  const { own } = Brandscape;
  const forms = [...root.querySelectorAll("[data-own]")].map((element) => ({
    element,
    part: (name) => element.querySelector(`[data-own-${name}]`),
    posts: [], // what the form is about
  }));
  const onCard = forms.find(({ element }) => element.dataset.own === "card");
  const file = Brandscape.makeSavedFile({
    name: "notes.toml", records, onmissing: (is) => { for (const { part } of forms) part("missing").hidden = !is; },
  });
  let gathered = [];

  function addRow(list, kind, text, remove) {
    const row = list.appendChild(document.createElement("li"));
    row.appendChild(document.createElement("bdi")).textContent = text;
    if (kind === "tags") row.className = "own__tag";
    if (!remove) return;
    const button = row.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", className: "viewer__button", textContent: words.remove });
    button.setAttribute("aria-label", `${words.remove}: ${text}`);
    button.addEventListener("click", remove);
  }

  // What is known of the card's post: what the report came with, then what was added.
  function showTexts() {
    const list = onCard.part("texts");
    const [post] = onCard.posts;
    list.textContent = "";
    if (post === undefined) return;
    for (const text of records.own.tagsOf(post)) addRow(list, "tags", text);
    for (const text of records.own.notesOf(post)) addRow(list, "notes", text);
    for (const entry of gathered) {
      if (!entry.posts.includes(post)) continue;
      addRow(list, entry.kind, entry.text, () => { change(own.remove(gathered, entry, post)); onCard.part("text").focus(); });
    }
    list.hidden = !list.children.length;
  }

  function change(next) {
    gathered = next;
    file.hold(gathered.length > 0);
    for (const { part } of forms) {
      part("gathered").hidden = !gathered.length;
      part("amount").textContent = gathered.length ? ` (${number(gathered.length)})` : "";
    }
    showTexts();
  }

  function listen(form) {
    const { element, part } = form;
    const field = part("text");
    field.maxLength = own.MOST.notes;
    const add = (kind) => {
      const text = own.tidy(kind, field.value);
      if (!text || !form.posts.length) { field.focus(); return; }
      change(own.add(gathered, kind, text, form.posts));
      field.value = "";
      field.focus();
      say(words[kind === "tags" ? "own_tagged" : "own_noted"].replace("{text}", text).replace("{count}", number(form.posts.length)));
    };
    for (const kind of ["tags", "notes"]) element.querySelector(`[data-own-add="${kind}"]`).addEventListener("click", () => add(kind));
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") add("notes"); });
    part("save").addEventListener("click", () => {
      file.save(gathered.flatMap(({ posts }) => posts), (idOf) => own.write(gathered, idOf));
    });
  }
  forms.forEach(listen);

  return {
    // The card shows a post.
    show(post) { onCard.posts = post < 0 ? [] : [post]; onCard.part("text").value = ""; showTexts(); },
    // Posts are selected.
    select(posts) { for (const form of forms) if (form !== onCard) form.posts = posts; },
  };
};
