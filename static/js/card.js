// The post card: what is known of one post. Every text reaches the page as text, never as markup.
"use strict";

Brandscape.makeCard = ({ root, card, columns, words, number, day, base, medians, onclose }) => {
  const part = (name) => card.querySelector(`[data-card="${name}"]`);
  let opener = null;

  function link(element, address, text) {
    element.href = address;
    element.textContent = text;
  }

  function show(post, details) {
    const [, picture, permalink, caption, comments] = details || ["", "", null, "", null];
    const brand = columns.brands[columns.brand[post]];
    const cluster = columns.clusters[columns.cluster[post]] || columns.noise;
    const image = part("picture");
    image.hidden = !picture;
    if (picture) {
      image.src = base + picture;
      image.alt = words.alt.replace("{brand}", brand.name);
    }
    link(part("brand"), `${base}brands/${brand.key}.html`, brand.name);
    part("cluster").hidden = !cluster;
    if (cluster) {
      link(part("cluster").querySelector("a"), `${base}clusters/${cluster.key}.html`, cluster.name);
      const swatch = part("cluster").querySelector("span");
      swatch.className = cluster.colour ? "viewer__swatch" : "viewer__swatch viewer__swatch--none";
      swatch.style.setProperty("--colour", cluster.colour || "transparent");
    }
    part("caption").textContent = caption;
    part("caption").hidden = !caption;
    const put = (name, text) => {
      part(name).textContent = text;
      part(name).closest("div").hidden = !text;
    };
    const likes = columns.likes[post];
    const median = medians[columns.brand[post]];
    const against = likes >= 0 && median ? ` (${words.median.replace("{ratio}", number(likes / median, 1))})` : "";
    put("likes", likes >= 0 ? number(likes) + against : "");
    put("comments", comments === null || comments === undefined ? "" : number(comments));
    put("date", columns.day[post] >= 0 ? day(columns.day[post]) : "");
    part("permalink").hidden = !permalink;
    if (permalink) part("permalink").href = permalink;
  }

  function open(post, details) {
    if (card.hidden) opener = document.activeElement;
    show(post, details);
    card.hidden = false;
    card.scrollTop = 0;
    root.classList.add("has-card");
  }

  function close() {
    if (card.hidden) return;
    const inside = card.contains(document.activeElement);
    card.hidden = true;
    root.classList.remove("has-card");
    if (inside && opener) opener.focus();
  }

  part("close").addEventListener("click", () => onclose());
  card.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { onclose(); event.stopPropagation(); }
  });
  return { open, close, focus: () => part("close").focus(), get isOpen() { return !card.hidden; } };
};

// Each brand's median likes among the posts that show them, where there are at least five.
Brandscape.medianLikes = (columns) => {
  const likes = columns.brands.map(() => []);
  columns.likes.forEach((value, post) => { if (value >= 0) likes[columns.brand[post]].push(value); });
  return likes.map((known) => {
    if (known.length < 5) return 0;
    known.sort((one, other) => one - other);
    const half = known.length >> 1;
    return known.length % 2 ? known[half] : (known[half - 1] + known[half]) / 2;
  });
};
