// The post card: what is known of one post. Every text reaches the page as text, never as markup.
"use strict";

Brandscape.makeCard = ({ element, records, words, number, day, base, onclose }) => {
  const part = (name) => element.querySelector(`[data-card="${name}"]`);
  const medians = Brandscape.medianLikes(records);
  let opener = null;
  let shown = -1;

  function link(place, address, text) {
    place.href = address;
    place.textContent = text;
  }
  function put(name, text) {
    part(name).textContent = text;
    part(name).closest("div").hidden = !text;
  }

  function showPicture(post) {
    if (shown !== post) return;
    const image = part("picture");
    image.src = records.picture(post, () => showPicture(post)) || "data:,";
    image.alt = words.alt.replace("{brand}", records.brandOf(post).name);
  }

  function showCluster(post) {
    const cluster = records.clusterOf(post);
    part("cluster").hidden = !cluster;
    if (!cluster) return;
    link(part("cluster").querySelector("a"), `${base}clusters/${cluster.key}.html`, cluster.name);
    Brandscape.paintSwatch(part("cluster").querySelector("span"), cluster);
  }

  function sayLikes(post) {
    const [likes, median] = [records.likes[post], medians[records.brand[post]]];
    if (likes < 0) return "";
    return median ? `${number(likes)} (${words.median.replace("{ratio}", number(likes / median, 1))})` : number(likes);
  }

  function showDetails({ caption, comments, permalink }) {
    part("caption").textContent = caption;
    part("caption").hidden = !caption;
    put("comments", comments === null ? "" : number(comments));
    part("permalink").hidden = !permalink;
    part("permalink").href = permalink || "#";
  }

  part("close").addEventListener("click", onclose);

  return {
    // Shows `post`, its texts once they are there; `done` is called then, with the details or null.
    open(post, done) {
      if (element.hidden) opener = document.activeElement;
      shown = post;
      const brand = records.brandOf(post);
      link(part("brand"), `${base}brands/${brand.key}.html`, brand.name);
      showCluster(post);
      showPicture(post);
      put("likes", sayLikes(post));
      put("date", records.day[post] < 0 ? "" : day(records.day[post]));
      showDetails({ caption: "", comments: null, permalink: null });
      element.hidden = false;
      element.scrollTop = 0;
      records.details(post, (details) => {
        if (shown !== post) return;
        if (details) showDetails(details);
        done(details);
      });
    },
    // Gives the keyboard back to where it was when the card opened.
    close() {
      const isInside = element.contains(document.activeElement);
      shown = -1;
      element.hidden = true;
      if (isInside && opener) opener.focus();
    },
    focus: () => part("close").focus(),
  };
};

// A cluster's colour as a small frame; the unclustered have a dashed one.
Brandscape.paintSwatch = (element, { colour }) => {
  element.className = colour ? "viewer__swatch" : "viewer__swatch viewer__swatch--none";
  if (colour) element.style.setProperty("--colour", colour);
};
