// The post card: what is known of one post. Every text reaches the page as text, never as markup.
"use strict";

Brandscape.makeCard = ({ element, records, words, formats, base, mapNow, describe, howFound, onclose, onopen, onseek, onterm, onpick, onwiden, ownNotes }) => {
  const { number, date } = formats;
  const part = (name) => element.querySelector(`[data-card="${name}"]`);
  const nearest = Brandscape.makeNearest({ element: part("near"), records, words, formats, mapNow, describe, onopen, onwiden });
  const leaves = Brandscape.makeCarousel({ element: part("leaves"), image: part("picture"), words, number, onturn: showImage });
  const tags = Brandscape.makeCardTags({ element: part("tags"), records, words, number, onseek: onterm });
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

  // A picture's name may come later than the card, which then may speak of another post.
  function showPicture(image, post, of) {
    if (shown !== of || leaves.now() !== post) return;
    image.src = records.picture(post, () => showPicture(image, post, of)) || "data:,";
  }

  function showCluster(post) {
    const cluster = records.clusterOf(post);
    part("cluster").hidden = !cluster;
    if (!cluster) return;
    link(part("cluster").querySelector("a"), Brandscape.files.page(base, `clusters/${cluster.key}.html`), cluster.name);
    Brandscape.paintSwatch(part("cluster").querySelector("span"), cluster);
  }

  // What is the image's own, of a post that has several: its picture, its cluster, what it shows, and what is near it.
  function showImage(image) {
    showPicture(part("picture"), image, shown);
    showCluster(image);
    tags.show(image);
    nearest.show(image);
  }

  function sayLikes(post) {
    const [likes, { median }] = [records.likes[post], records.brandOf(post)];
    if (likes < 0) return "";
    return median ? `${number(likes)} (${words.median.replace("{ratio}", number(likes / median, 1))})` : number(likes);
  }

  // Hashtags become buttons that search for them.
  function showCaption(caption) {
    part("caption").textContent = "";
    part("caption").hidden = !caption;
    for (const { text, isTag } of Brandscape.search.cut(caption)) {
      if (!isTag) { part("caption").append(text); continue; }
      const tag = part("caption").appendChild(document.createElement("button"));
      tag.type = "button";
      tag.textContent = text;
      tag.title = words.search_tag.replace("{tag}", text);
      tag.addEventListener("click", () => onseek(text));
    }
  }

  function showDetails({ caption, comments, permalink }) {
    showCaption(caption);
    put("comments", comments === null ? "" : number(comments));
    part("permalink").hidden = !permalink;
    part("permalink").href = permalink || "#";
  }

  // The post's own fields; those of texts come with its details.
  function showFields(post, texts) {
    part("fields").textContent = "";
    for (const field of records.fields) {
      const text = field.kind === "text" ? (texts || [])[field.place] : Brandscape.fields.say(field, post, formats);
      if (!text) continue;
      const row = part("fields").appendChild(document.createElement("div"));
      for (const [tag, said] of [["dt", field.name], ["dd", text]]) {
        const place = row.appendChild(document.createElement(tag));
        [place.dir, place.textContent] = ["auto", said];
      }
    }
    part("fields").hidden = !part("fields").children.length;
  }

  function setPicked(isPicked) {
    part("pick").setAttribute("aria-pressed", String(isPicked));
    part("pick").textContent = isPicked ? words.unpick : words.pick;
  }

  part("close").addEventListener("click", onclose);
  part("pick").addEventListener("click", () => onpick([shown], part("pick").getAttribute("aria-pressed") !== "true"));

  return {
    // Shows `post`, its texts once they are there; `done` is called then, with the details or null.
    open(post, isPicked, done) {
      if (element.hidden) opener = document.activeElement;
      shown = post;
      const brand = records.brandOf(post);
      link(part("brand"), Brandscape.files.page(base, `brands/${brand.key}.html`), brand.name);
      leaves.show(records.imagesOf(post), post);
      part("picture").alt = words.alt.replace("{brand}", brand.name) + (records.formatOf(post) && `, ${records.formatOf(post)}`);
      part("mark").textContent = "";
      Brandscape.addMark(part("mark"), records, post);
      put("likes", sayLikes(post));
      put("date", date(records, post));
      showDetails({ caption: "", comments: null, permalink: null });
      put("found", Brandscape.sayFound(howFound(post), words));
      showFields(post, null);
      ownNotes.show(post);
      setPicked(isPicked);
      element.hidden = false;
      element.scrollTop = 0;
      records.details(post, (details) => {
        if (shown !== post) return;
        if (details) {
          showDetails(details);
          showFields(post, details.texts);
        }
        done(details);
      });
    },
    // Gives the keyboard back to where it was when the card opened.
    close() {
      const isInside = element.contains(document.activeElement);
      shown = -1;
      nearest.show(-1);
      element.hidden = true;
      if (isInside && opener) opener.focus();
    },
    setPicked,
    // Another map may be looked at, on which other images are near.
    follow: nearest.follow,
    // Leaves a comparison for its post; false where there is none.
    stepBack: nearest.leave,
    focus: () => part("close").focus(),
  };
};

// A cluster's colour as a small frame; the unclustered have a dashed one.
Brandscape.paintSwatch = (element, { colour }) => {
  element.className = colour ? "viewer__swatch" : "viewer__swatch viewer__swatch--none";
  if (colour) element.style.setProperty("--colour", colour);
};

// How a search found a post, in words; "" without a search.
Brandscape.sayFound = (how, words) => {
  const { BY_WORDS, BY_CONTENT } = Brandscape.search;
  return [how & BY_CONTENT && words.by_content, how & BY_WORDS && words.by_words].filter(Boolean).join(", ");
};
