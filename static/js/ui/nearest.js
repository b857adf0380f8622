// The images nearest to a post, on its card, and, when asked, why they are near.
"use strict";

Brandscape.makeNearest = ({ element, records, words, formats, mapNow, describe, onopen, onwiden }) => {
  const card = element.parentElement;
  const part = (name) => card.querySelector(`[data-near="${name}"]`);
  const list = element.querySelector("ul");
  let shown = -1; // post
  let map = ""; // its key
  let near = []; // posts
  let compared = -1; // rank of the image that is set beside the post

  const comparison = Brandscape.makeComparison({
    element: part("comparison"), records, words, formats, onopen: () => onopen(near[compared]),
  });

  // A picture's name may come later than the card, which then may speak of another post.
  function showPicture(image, post, of) {
    if (shown !== of) return;
    image.src = records.picture(post, () => showPicture(image, post, of)) || "data:,";
  }

  function addImage(post, rank) {
    const button = list.appendChild(document.createElement("li")).appendChild(document.createElement("button"));
    button.type = "button";
    button.setAttribute("aria-label", words.nearest.replace("{rank}", formats.number(rank + 1)).replace("{brand}", records.brandOf(post).name) + (records.formatOf(post) && `, ${records.formatOf(post)}`));
    button.addEventListener("click", () => { if (compared < 0) onopen(post); else compare(rank); });
    const image = button.appendChild(document.createElement("img"));
    image.alt = "";
    Brandscape.addMark(button, records, post);
    showPicture(image, post, shown);
    Brandscape.preview.offer(image, (done) => describe(post, done));
  }

  function mark() {
    const isOpen = compared >= 0;
    card.classList.toggle("is-comparing", isOpen);
    for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"]]) if (covers()) card.setAttribute(name, value); else card.removeAttribute(name);
    part("comparison").hidden = !isOpen;
    part("rank").textContent = isOpen ? words.rank.replace("{rank}", formats.number(compared + 1)).replace("{count}", formats.number(near.length)) : "";
    part("why").hidden = isOpen || !records.facets.length;
    part("missing").hidden = true;
    [...list.children].forEach(({ firstChild }, rank) => {
      if (isOpen) firstChild.setAttribute("aria-pressed", String(rank === compared));
      else firstChild.removeAttribute("aria-pressed");
    });
  }

  // Asks what is known of the post on its map; the answer counts while both are still shown.
  function ask(of, done) {
    const asked = { post: shown, map };
    of(shown, (found) => { if (shown === asked.post && map === asked.map) done(found); }, map);
  }

  function miss() { element.hidden = part("missing").hidden = false; }

  function compare(rank) {
    ask(records.why, (found) => {
      if (!found) { miss(); return; }
      const isOpening = compared < 0;
      compared = rank;
      mark();
      comparison.show([shown, near[rank]], Brandscape.likeness.read(found.text, rank, records.facets));
      if (!isOpening) return;
      onwiden();
      card.scrollTop = 0;
      part("leave").focus();
    });
  }

  // Leaves the comparison for the post; false where there is none.
  function leave() {
    if (compared < 0) return false;
    const isInside = card.contains(document.activeElement);
    compared = -1;
    mark();
    onwiden();
    if (isInside) part("why").focus();
    return true;
  }

  function fill(posts) {
    near = posts;
    compared = -1;
    list.textContent = "";
    element.hidden = !near.length;
    near.forEach(addImage);
    mark();
  }

  // On a phone a comparison covers the whole page, which the Tab key then must not reach.
  const covers = () => compared >= 0 && getComputedStyle(card).position === "fixed";
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !covers()) return;
    const stops = [...card.querySelectorAll("a[href], button, input")].filter((one) => one.getClientRects().length && !one.disabled);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const isLast = document.activeElement === last || (last.type === "radio" && document.activeElement.name === last.name);
    if (event.shiftKey ? document.activeElement !== first : !isLast) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });

  part("why").addEventListener("click", () => compare(0));
  part("leave").addEventListener("click", leave);
  const step = (by) => compare((compared + by + near.length) % near.length);
  part("back").addEventListener("click", () => step(-1));
  part("on").addEventListener("click", () => step(1));

  // Shows the images nearest to `post` on the map that is looked at; none for −1.
  function show(post) {
    [shown, map] = [post, mapNow()];
    fill([]);
    if (post < 0) return;
    ask(map === records.maps[0].key ? records.details : records.why, (found) => { if (found) fill(found.near); else miss(); });
  }

  return {
    show,
    // Another map may be looked at.
    follow() { if (mapNow() !== map) show(shown); },
    leave,
  };
};
