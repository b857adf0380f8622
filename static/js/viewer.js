// Puts one viewer together: the state in the middle, gestures, painter, filters and card around it.
"use strict";

Brandscape.startViewer = (root, clock) => {
  const { camera: lens, cells, address, data } = Brandscape;
  const { now, frame, later } = clock;
  const ZOOM_STEP = 1.6;
  const PAN_STEP = 80; // CSS pixels
  const GLIDE = 220; // milliseconds
  const MOST_PIXELS = 8e6;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = JSON.parse(part("words").textContent);
  const { base } = root.dataset;
  const canvas = root.querySelector("canvas");
  const cardElement = part("card-root");
  const media = (query) => window.matchMedia(query);
  const calm = media("(prefers-reduced-motion: reduce)");
  const { number, day } = Brandscape.makeFormats(document.documentElement.lang);

  function warn() {
    part("problem").textContent = words.missing;
    part("problem").hidden = false;
  }
  const raw = { mosaic: data.get(`mosaic ${root.dataset.mosaic}`), posts: data.get("posts") };
  if (!raw.mosaic || !raw.posts) { warn(); return null; }

  const records = Brandscape.openRecords(raw.posts, base);
  const mosaic = Brandscape.pyramid.open(raw.mosaic, records.count);
  const tiles = Brandscape.makeTiles({
    now,
    most: media("(max-width: 600px)").matches ? 40 : 96,
    atOnce: 6,
    onload: (found) => { if (!found) warn(); invalidate(); },
    load: (tile, done) => {
      const image = new Image();
      image.onload = () => image.decode().then(() => done(true), () => done(true));
      image.onerror = () => done(false);
      image.src = `${base}mosaics/${mosaic.name}_files/${Brandscape.pyramid.key(tile)}.jpg`;
      return image;
    },
  });
  const pictures = Brandscape.makePictures({
    mosaic,
    now,
    onload: invalidate,
    colourOf: (post) => (records.clusterOf(post) || {}).colour,
    addressOf: (post) => records.picture(post, invalidate),
  });
  const painter = Brandscape.makePainter({ canvas, mosaic, overview: part("overview"), tiles, pictures, now });
  const motion = Brandscape.makeMotion({ now, isCalm: () => calm.matches });
  const hint = Brandscape.makeHint({ element: part("hint-root"), records });
  const choices = Brandscape.makeChoices({ root, records, words, number, members: mosaic.members, onchange: onFilter });
  const card = Brandscape.makeCard({ element: cardElement, records, words, number, day, base, onclose: closeCard });
  const history = Brandscape.makeHistory({
    now,
    later,
    read: () => address.write(state()),
    write: (text, isStep) => window.history[isStep ? "pushState" : "replaceState"](null, "", `#${text}`),
  });

  let view = { width: 0, height: 0, right: 0, bottom: 0, ratio: 1 };
  let camera = null;
  let hovered = -1; // cell
  let focused = -1; // cell: the one that Enter opens
  let opened = -1; // post
  let openedId = "";
  let byKeys = false;
  let isPending = false;
  let draws = 0;

  const isFit = () => lens.isFit(camera, mosaic, view);
  const state = () => ({ camera: isFit() ? null : camera, ...choices.keys, post: openedId });
  const cellAt = (at) => cells.at(mosaic, choices.mask, lens.toCell(camera, view, at));
  const middle = () => ({ x: view.width / 2, y: view.height / 2 });

  function invalidate() {
    if (isPending || !camera) return;
    isPending = true;
    frame(draw);
  }

  function draw() {
    isPending = false;
    if (motion.isMoving) {
      camera = lens.settle(motion.step(camera), mosaic, view);
      if (!motion.isMoving) onStill();
    }
    draws += 1;
    canvas.classList.toggle("is-fit", isFit());
    const fading = painter.draw({
      camera, view, hovered, focused: byKeys ? focused : -1, opened: opened < 0 ? -1 : mosaic.cellOf[opened], isCalm: calm.matches,
    });
    if (fading || motion.isMoving) invalidate();
  }

  // The camera has come to rest, or been put somewhere.
  function onStill() {
    history.remember();
    invalidate();
  }

  // Points the keyboard at a cell and says whose it is.
  function setFocus(cell) {
    focused = cell;
    if (cell < 0) return;
    const post = mosaic.postAt[cell];
    const cluster = records.clusterOf(post);
    part("said").textContent = [records.brandOf(post).name, cluster && cluster.name].filter(Boolean).join(", ");
  }
  const focusNearest = () => setFocus(cells.nearest(mosaic, choices.mask, motion.target || camera));

  function paint() {
    const style = getComputedStyle(root);
    painter.setMask(choices.mask, { ground: style.getPropertyValue("--ground").trim(), ink: style.getPropertyValue("--ink").trim() });
    invalidate();
  }

  function onFilter() {
    focused = -1;
    paint();
    onStill();
  }

  // Both return whether the camera changes, or is going to.
  function look(next) {
    motion.stop();
    const changed = next.x !== camera.x || next.y !== camera.y || next.scale !== camera.scale;
    camera = next;
    if (changed) onStill();
    return changed;
  }
  function goTo(next, time = GLIDE) {
    const changed = Math.abs(next.x - camera.x) + Math.abs(next.y - camera.y) > 1e-3 || Math.abs(next.scale / camera.scale - 1) > 1e-4;
    if (changed) motion.glide(camera, next, time);
    invalidate();
    return changed;
  }
  const fit = () => goTo(lens.fit(mosaic, view));

  function zoom(at, factor, smooth) {
    if (!smooth) return look(lens.carry(camera, mosaic, view, at, at, factor));
    // a glide under way is gone on with, from what is on screen now
    const wanted = motion.target ? motion.target.scale * factor : camera.scale * factor;
    return goTo(lens.carry(camera, mosaic, view, at, at, wanted / camera.scale));
  }

  function hover(at) {
    const cell = at ? cellAt(at) : -1;
    hint.show(cell < 0 ? -1 : mosaic.postAt[cell], at, view);
    if (cell === hovered) return;
    hovered = cell;
    canvas.classList.toggle("is-over", cell >= 0);
    invalidate();
  }

  function openCard(post, { isStep = opened < 0 } = {}) {
    opened = post;
    openedId = "";
    hover(null);
    card.open(post, (details) => {
      if (!details) return;
      openedId = details.id;
      history.remember({ step: isStep });
    });
    if (byKeys) card.focus();
    measureCard();
    const corner = cells.placeOf(mosaic, mosaic.cellOf[post]);
    goTo(lens.reveal(motion.target || camera, mosaic, view, corner));
    invalidate();
  }

  function closeCard() {
    if (opened < 0) return;
    opened = -1;
    openedId = "";
    card.close();
    measureCard();
    history.remember();
    goTo(lens.settle(motion.target || camera, mosaic, view));
  }

  // What the card covers of the view: its right, or on a phone its bottom.
  function measureCard() {
    const isBelow = cardElement.offsetWidth > view.width * 0.8;
    view = { ...view, right: isBelow ? 0 : cardElement.offsetWidth, bottom: isBelow ? cardElement.offsetHeight : 0 };
  }

  // Takes the state from the address.
  function recall() {
    if (!address.isOurs(location.hash)) return false;
    const wanted = address.read(location.hash);
    choices.choose(wanted.brands, wanted.clusters);
    if (!wanted.post) closeCard();
    motion.stop();
    camera = wanted.camera ? lens.settle(wanted.camera, mosaic, view) : lens.fit(mosaic, view);
    onFilter();
    if (wanted.post && wanted.post !== openedId) {
      records.find(wanted.post, (post) => { if (mosaic.cellOf[post] >= 0) openCard(post, { isStep: false }); });
    }
    return location.hash.length > 1;
  }

  function resize() {
    const { width, height } = canvas.parentElement.getBoundingClientRect();
    if (!width || !height) return;
    const wasFit = !camera || isFit();
    const ratio = Math.min(window.devicePixelRatio, 2, Math.sqrt(MOST_PIXELS / (width * height)));
    view = { ...view, width, height, ratio };
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    measureCard();
    camera = wasFit ? lens.fit(mosaic, view) : lens.settle(camera, mosaic, view);
    invalidate();
  }

  function useKeys() {
    byKeys = true;
    if (focused < 0) focusNearest();
    invalidate();
  }
  const move = (dx, dy) => (shift) => {
    if (!shift) {
      look(lens.settle(lens.pan(camera, -dx * PAN_STEP, -dy * PAN_STEP), mosaic, view));
      focusNearest();
      return;
    }
    const next = cells.next(mosaic, choices.mask, focused, dx, dy);
    if (next < 0) return;
    goTo(lens.reveal(camera, mosaic, view, cells.placeOf(mosaic, next)));
    setFocus(next);
  };
  const closer = () => zoom(middle(), ZOOM_STEP, true);
  const farther = () => zoom(middle(), 1 / ZOOM_STEP, true);
  const andFocus = (act) => () => { act(); focusNearest(); };
  const keys = {
    ArrowLeft: move(-1, 0), ArrowRight: move(1, 0), ArrowUp: move(0, -1), ArrowDown: move(0, 1),
    "+": andFocus(closer), "=": andFocus(closer), "-": andFocus(farther), 0: andFocus(fit),
    Enter: () => { if (focused >= 0) openCard(mosaic.postAt[focused]); },
  };

  Brandscape.listen(canvas, {
    now,
    later,
    zoom,
    hover,
    grab: () => { motion.stop(); byKeys = false; focused = -1; invalidate(); },
    carry: (from, to, factor) => { hover(null); look(lens.carry(camera, mosaic, view, from, to, factor)); },
    fling: (x, y) => { motion.fling(x, y); invalidate(); },
    tap: (at) => { const cell = cellAt(at); if (cell >= 0) openCard(mosaic.postAt[cell]); else closeCard(); },
    key: (name, shift) => {
      if (!Object.hasOwn(keys, name)) return false;
      useKeys();
      keys[name](shift);
      invalidate();
      return true;
    },
  });
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") closeCard(); });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) useKeys(); });
  canvas.addEventListener("blur", () => { byKeys = false; invalidate(); });
  part("zoom-in").addEventListener("click", closer);
  part("zoom-out").addEventListener("click", farther);
  part("fit").addEventListener("click", fit);
  window.addEventListener("popstate", recall);
  window.addEventListener("resize", resize); // the pixel ratio may change without the size
  media("(prefers-color-scheme: dark)").addEventListener("change", paint);
  new ResizeObserver(resize).observe(canvas.parentElement);

  resize();
  if (recall()) root.scrollIntoView({ block: "center" });
  paint();
  root.classList.add("is-ready");
  return {
    mosaic, records, tiles, choices, look, goTo,
    get camera() { return camera; },
    get view() { return view; },
    get draws() { return draws; },
    get opened() { return opened; },
    get focused() { return focused; },
    get isMoving() { return motion.isMoving; },
  };
};

document.addEventListener("DOMContentLoaded", () => {
  const clock = {
    now: () => performance.now(),
    frame: (draw) => window.requestAnimationFrame(draw),
    later: (act, time) => window.setTimeout(act, time),
  };
  Brandscape.viewers = [...document.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, clock));
});
