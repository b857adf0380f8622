// A post and an image near to it side by side: how near they are in each facet, and where in their pictures that lies.
"use strict";

Brandscape.makeComparison = ({ element, records, words, formats, onopen }) => {
  const { likeness } = Brandscape;
  const MASK = 64; // pixels across
  const part = (name) => element.querySelector(`[data-comparison="${name}"]`);
  const { mosaic } = element.closest("[data-mosaic]").dataset;
  const sides = [...element.querySelectorAll("figure")].map((figure, index) => ({
    index, figure, image: figure.querySelector("img"), veil: figure.querySelector("canvas"), brand: figure.querySelector("bdi"),
  }));
  let chosen = (records.facets.find(({ marks }) => marks) || { key: "" }).key;
  let isWhole = !chosen;
  let posts = [];
  let regions = {};

  const make = (tag, parent, className = "") => Object.assign(parent.appendChild(document.createElement(tag)), { className });

  // A facet's row; one whose regions can be lit is chosen like a radio button.
  const rows = records.facets.map(({ key, name, marks }) => {
    const row = make(marks ? "label" : "div", part("facets"), "facet");
    const box = marks ? Object.assign(make("input", row), { type: "radio", name: `facet-${mosaic}` }) : null;
    if (box) box.addEventListener("change", () => { [chosen, isWhole] = [key, false]; light(); });
    const title = make("span", row, "facet__name");
    make("span", title).textContent = name;
    return { key, box, tones: make("span", title, "facet__tones"), bar: make("i", make("span", row, "facet__bar")), said: make("span", row, "facet__said") };
  });

  // Opacities that the page itself makes, so that it may draw with them.
  function makeMask(cells) {
    const mask = Object.assign(document.createElement("canvas"), { width: MASK, height: MASK });
    const pen = mask.getContext("2d");
    const pixels = pen.createImageData(MASK, MASK);
    likeness.soften(cells, MASK).forEach((opacity, index) => { pixels.data[4 * index + 3] = opacity; });
    pen.putImageData(pixels, 0, 0);
    return mask;
  }

  const isLit = () => !isWhole && !regions[chosen].every(likeness.isEmpty);

  // What is lit of a picture, drawn over the picture itself, which the sheet dims.
  function draw({ index, figure, image, veil }) {
    const isReady = image.complete && image.naturalWidth > 0;
    veil.hidden = !isLit() || !isReady;
    figure.classList.toggle("is-dimmed", !veil.hidden);
    if (veil.hidden) return;
    [veil.width, veil.height] = [image.naturalWidth, image.naturalHeight];
    const pen = veil.getContext("2d");
    pen.drawImage(image, 0, 0);
    pen.globalCompositeOperation = "destination-in";
    pen.imageSmoothingQuality = "high";
    pen.drawImage(makeMask(regions[chosen][index]), 0, 0, veil.width, veil.height);
  }

  function light() {
    for (const { key, box } of rows) if (box) box.checked = !isWhole && key === chosen;
    part("whole").setAttribute("aria-pressed", String(isWhole));
    part("lit").textContent = isWhole ? "" : isLit() ? words[`lit_${chosen}`] : words.unlit;
    sides.forEach(draw);
  }

  // A picture's name may come later, when another may be wanted.
  function showPicture(side, post) {
    if (posts[side.index] !== post) return;
    const address = records.picture(post, () => showPicture(side, post)) || "data:,";
    if (side.image.getAttribute("src") !== address) side.image.src = address;
  }

  function showTones(place, tones) {
    place.textContent = "";
    if (!tones.length) return;
    make("span", place, "visually-hidden").textContent = words.tones.replace("{count}", formats.number(tones.length));
    for (const tone of tones) make("i", place, "facet__tone").style.setProperty("--colour", records.tones[tone]);
  }

  for (const side of sides) {
    side.image.addEventListener("load", () => {
      side.figure.style.setProperty("--aspect", side.image.naturalWidth / side.image.naturalHeight);
      draw(side);
    });
  }
  part("open").addEventListener("click", onopen);
  part("whole").addEventListener("click", () => { isWhole = !isWhole; light(); });
  part("whole").hidden = !chosen;

  return {
    // Sets two posts side by side; `found` is what likeness.js reads of them.
    show(pair, found) {
      posts = pair;
      ({ regions } = found);
      rows.forEach(({ key, tones, bar, said }, index) => {
        const share = found.shares[index];
        bar.style.width = `${100 * share}%`;
        said.textContent = words.nearer.replace("{share}", formats.percent(share));
        if (key === "colour") showTones(tones, found.tones);
      });
      for (const side of sides) {
        const { name } = records.brandOf(posts[side.index]);
        side.brand.textContent = name;
        side.image.alt = words.alt.replace("{brand}", name);
        showPicture(side, posts[side.index]);
      }
      light();
    },
  };
};
