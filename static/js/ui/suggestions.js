// What the search field offers while one types: terms, brands, clusters and territories, with how many images each shows.
"use strict";

// `offer(query)` gives [{kind, name, said, amount, choose}], the best first; `name` is what is offered and `said` what kind
// of thing it is.
Brandscape.makeSuggestions = ({ field, list, words, number, offer }) => {
  let options = []; // {element, choose}
  let active = -1;

  const isOpen = () => !list.hidden;
  function mark(index) {
    active = index;
    options.forEach(({ element }, at) => element.setAttribute("aria-selected", String(at === index)));
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[index].element.id);
    if (index >= 0) options[index].element.scrollIntoView({ block: "nearest" });
  }
  function close() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  }
  function choose({ choose: act }) {
    close();
    act();
  }

  function addOption({ name, said, amount, choose: act }, index) {
    const element = list.appendChild(document.createElement("li"));
    element.id = `${list.id}-${index}`;
    element.setAttribute("role", "option");
    const make = (tag, text) => { element.appendChild(document.createElement(tag)).textContent = text; };
    make("bdi", name);
    make("span", said);
    make("span", words.images.replace("{count}", number(amount)));
    const option = { element, choose: act };
    // the field keeps the focus
    element.addEventListener("pointerdown", (event) => event.preventDefault());
    element.addEventListener("click", () => choose(option));
    return option;
  }

  function open() {
    const offered = field.value.trim() ? offer(field.value) : [];
    list.textContent = "";
    options = offered.map(addOption);
    if (!options.length) { close(); return; }
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(-1);
  }

  const step = (by) => mark(((active + 1 + by + options.length + 1) % (options.length + 1)) - 1);
  const keys = {
    ArrowDown: () => { if (isOpen()) step(1); else open(); },
    ArrowUp: () => { if (isOpen()) step(-1); },
    Enter: () => { if (active >= 0) choose(options[active]); else close(); },
    Escape: close,
  };
  field.addEventListener("input", open);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(keys, event.key) || event.isComposing) return;
    if (!isOpen() && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });

  return { close };
};
