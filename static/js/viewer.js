// Puts one viewer together: state in the middle, painter and gestures around it.
"use strict";

Brandscape.startViewer = (root, clock) => {
  const { camera: lens, pyramid, filters, address } = Brandscape;
  const { now, frame } = clock;
  const words = JSON.parse(root.querySelector("[data-words]").textContent);
  const base = root.dataset.base;
  const canvas = root.querySelector("canvas");
  const hint = root.querySelector("[data-hint]");
  const problem = root.querySelector("[data-problem]");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  // the pages write English dates with the day first
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const number = (value, digits = 0) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const day = (days) => new Date(days * 86400000).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

  const raw = Brandscape.data.kept.mosaics.get(root.dataset.mosaic);
  const kept = Brandscape.data.kept.posts;
  if (!raw || !kept) {
    problem.textContent = words.missing;
    problem.hidden = false;
    return null;
  }
  const mosaic = pyramid.open(raw);
  const columns = {
    ...kept,
    brand: Brandscape.unpack(kept.brand, Uint16Array),
    cluster: Brandscape.unpack(kept.cluster, Uint16Array),
    day: Brandscape.unpack(kept.day, Int32Array),
    likes: Brandscape.unpack(kept.likes, Int32Array),
  };

  let view = { width: 0, height: 0, ratio: 1 };
  let camera = null;
  let moving = null; // {from, to, start, time} or {speedX, speedY, last}
  let pending = false;
  let draws = 0;
  let hovered = -1;
  let focused = -1;
  let opened = -1; // post
  let byKeys = false;
  let pointed = null;
  let writeTimer = 0;
  let written = -1e9;

  const size = () => [view.width, view.height];
  const detailsOf = (post, done) => {
    const chunk = Math.floor(post / columns.chunk);
    const name = String(chunk).padStart(3, "0");
    Brandscape.data.whenDetails(chunk, `${base}data/details-${name}.js`, (rows) => done(rows[post % columns.chunk]), () => done(null));
  };
  const detailsNow = (post) => {
    const rows = Brandscape.data.kept.details.get(Math.floor(post / columns.chunk));
    return rows ? rows[post % columns.chunk] : null;
  };

  const tiles = Brandscape.makeTiles({
    now,
    most: window.matchMedia("(max-width: 600px)").matches ? 40 : 96,
    atOnce: 6,
    onload: (found) => {
      if (!found) { problem.textContent = words.missing; problem.hidden = false; }
      invalidate();
    },
    load: (tile, done) => {
      const image = new Image();
      image.onload = () => image.decode().then(() => done(image), () => done(image));
      image.onerror = () => done(null);
      image.src = `${base}mosaics/${mosaic.name}_files/${tile.level}/${tile.column}_${tile.row}.jpg`;
      return image;
    },
  });
  const pictures = Brandscape.makePictures({
    mosaic,
    now,
    onload: invalidate,
    colourOf: (post) => (columns.clusters[columns.cluster[post]] || {}).colour,
    addressOf: (post) => {
      const details = detailsNow(post);
      if (!details) detailsOf(post, invalidate);
      return details ? base + details[1] : "";
    },
  });
  const painter = Brandscape.makePainter({ canvas, mosaic, overview: root.querySelector("[data-overview]"), tiles, pictures, now });
  const choices = Brandscape.makeChoices({
    root, columns, words, number, members: mosaic.members,
    onchange: () => { paintMask(); remember(); },
  });
  const card = Brandscape.makeCard({
    root, columns, words, number, day, base,
    card: root.querySelector("[data-card-root]"),
    medians: Brandscape.medianLikes(columns),
    onclose: () => closeCard(),
  });

  function paintMask() {
    const style = getComputedStyle(root);
    const colours = { ground: style.getPropertyValue("--ground").trim(), ink: style.getPropertyValue("--ink").trim() };
    painter.setMask((post) => filters.lets(columns, choices.chosen, post), colours);
    if (focused >= 0) focused = nearest();
    invalidate();
  }

  function invalidate() {
    if (pending) return;
    pending = true;
    frame(draw);
  }

  function draw() {
    pending = false;
    if (!camera) return;
    step();
    draws += 1;
    const fading = painter.draw({
      camera, ...view, hovered, focused: byKeys ? focused : -1,
      opened: opened < 0 ? -1 : mosaic.cellOf.get(opened), still: calm.matches,
    });
    if (fading || moving) invalidate();
    placeHint();
  }

  // Moves the camera along whatever is under way.
  function step() {
    if (!moving) return;
    if (moving.to) {
      const share = calm.matches ? 1 : Math.min(1, (now() - moving.start) / moving.time);
      camera = lens.between(moving.from, moving.to, 1 - (1 - share) ** 3);
      if (share === 1) { camera = moving.to; moving = null; remember(); }
      return;
    }
    const time = Math.min(40, now() - moving.last);
    moving.last = now();
    camera = lens.settle(lens.pan(camera, moving.speedX * time, moving.speedY * time), mosaic, ...size());
    const drag = Math.exp(-time / 180);
    moving.speedX *= drag;
    moving.speedY *= drag;
    if (Math.hypot(moving.speedX, moving.speedY) < 0.02) { moving = null; remember(); }
  }

  function goTo(target, time = 220) {
    moving = { from: camera, to: lens.settle(target, mosaic, ...size()), start: now(), time };
    invalidate();
  }

  function look(next) {
    moving = null;
    const settled = lens.settle(next, mosaic, ...size());
    const changed = Math.abs(settled.scale / camera.scale - 1) > 1e-6 || settled.x !== camera.x || settled.y !== camera.y;
    camera = settled;
    if (changed) { remember(); invalidate(); }
    return changed;
  }

  const cellAt = ({ x, y }) => {
    const at = lens.toCell(camera, ...size(), x, y);
    const [column, line] = [Math.floor(at.x), Math.floor(at.y)];
    if (column < 0 || line < 0 || column >= mosaic.columns || line >= mosaic.lines) return -1;
    const cell = line * mosaic.columns + column;
    const post = mosaic.postAt[cell];
    return post >= 0 && filters.lets(columns, choices.chosen, post) ? cell : -1;
  };

  // The shown cell nearest the middle of the view.
  function nearest() {
    let [best, least] = [-1, Infinity];
    for (const post of mosaic.members) {
      if (!filters.lets(columns, choices.chosen, post)) continue;
      const cell = mosaic.cellOf.get(post);
      const far = (cell % mosaic.columns + 0.5 - camera.x) ** 2 + (Math.floor(cell / mosaic.columns) + 0.5 - camera.y) ** 2;
      if (far < least) [best, least] = [cell, far];
    }
    return best;
  }

  function hover(at) {
    pointed = at;
    const cell = at ? cellAt(at) : -1;
    if (cell === hovered) { placeHint(); return; }
    hovered = cell;
    canvas.style.cursor = cell < 0 ? "" : "pointer";
    hint.hidden = cell < 0;
    if (cell >= 0) {
      const post = mosaic.postAt[cell];
      const cluster = columns.clusters[columns.cluster[post]] || columns.noise;
      hint.querySelector("[data-hint-brand]").textContent = columns.brands[columns.brand[post]].name;
      hint.querySelector("[data-hint-cluster]").textContent = cluster ? cluster.name : "";
      hint.querySelector("[data-hint-caption]").textContent = "";
      detailsOf(post, (details) => {
        if (hovered === cell && details) hint.querySelector("[data-hint-caption]").textContent = details[3].slice(0, 140);
        placeHint();
      });
    }
    invalidate();
  }

  function placeHint() {
    if (hint.hidden || !pointed) return;
    const [wide, high] = [hint.offsetWidth, hint.offsetHeight];
    const left = pointed.x + 16 + wide > view.width ? pointed.x - 16 - wide : pointed.x + 16;
    const top = Brandscape.clamp(pointed.y + 16, 8, view.height - high - 8);
    hint.style.transform = `translate(${Math.round(Math.max(8, left))}px, ${Math.round(top)}px)`;
  }

  function openCard(post, { announce = true } = {}) {
    const already = opened >= 0;
    opened = post;
    hint.hidden = true;
    card.open(post, detailsNow(post));
    detailsOf(post, (details) => { if (opened === post) { card.open(post, details); if (announce && !already) push(); else remember(); } });
    if (byKeys) card.focus();
    uncover(post);
    invalidate();
  }

  // Moves the view so that the card does not cover the image it speaks of.
  function uncover(post) {
    const cell = mosaic.cellOf.get(post);
    const [x, y] = [cell % mosaic.columns + 0.5, Math.floor(cell / mosaic.columns) + 0.5];
    const box = root.querySelector("[data-card-root]").getBoundingClientRect();
    const below = box.width > view.width * 0.8;
    const free = below ? { width: view.width, height: view.height - box.height } : { width: view.width - box.width, height: view.height };
    const at = lens.toView(camera, ...size(), x, y);
    const half = camera.scale / 2 + 12;
    const inside = at.x > half && at.x < free.width - half && at.y > half && at.y < free.height - half;
    if (inside) return;
    const to = { x: x - (free.width - view.width) / 2 / camera.scale, y: y - (free.height - view.height) / 2 / camera.scale, scale: camera.scale };
    moving = { from: camera, to, start: now(), time: 220 };
  }

  function closeCard() {
    if (opened < 0) return;
    opened = -1;
    card.close();
    remember();
    look(camera);
    invalidate();
  }

  // The address follows the state, at most one write in 300 ms: browsers allow only so many.
  const hash = () => `#${address.write({ camera, ...choices.keys, post: opened < 0 ? "" : (detailsNow(opened) || [""])[0] })}`;
  function remember() {
    if (writeTimer) return;
    writeTimer = window.setTimeout(() => {
      writeTimer = 0;
      written = now();
      history.replaceState(null, "", hash());
    }, Math.max(0, 300 - (now() - written)));
  }
  function push() {
    window.clearTimeout(writeTimer);
    writeTimer = 0;
    written = now();
    history.pushState(null, "", hash());
  }
  function recall() {
    if (!address.isOurs(location.hash)) return;
    const state = address.read(location.hash);
    choices.choose(state.brands, state.clusters);
    if (state.camera) camera = lens.settle(state.camera, mosaic, ...size());
    paintMask();
    if (state.post) findPost(state.post);
    else if (opened >= 0) { opened = -1; card.close(); }
    invalidate();
  }
  function findPost(id) {
    const chunks = [...new Set([...mosaic.members].map((post) => Math.floor(post / columns.chunk)))];
    for (const chunk of chunks) {
      detailsOf(chunk * columns.chunk, () => {
        const rows = Brandscape.data.kept.details.get(chunk) || [];
        const index = rows.findIndex((row) => row[0] === id);
        const post = chunk * columns.chunk + index;
        if (index >= 0 && mosaic.cellOf.has(post)) openCard(post, { announce: false });
      });
    }
  }

  function resize() {
    const box = canvas.parentElement.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(8e6 / (box.width * box.height)));
    const wasFit = !camera || Math.abs(camera.scale / lens.fit(mosaic, ...size()).scale - 1) < 1e-6;
    view = { width: box.width, height: box.height, ratio };
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    camera = wasFit ? lens.fit(mosaic, ...size()) : lens.settle(camera, mosaic, ...size());
    invalidate();
  }

  const STEP = 80;
  const keys = {
    ArrowLeft: () => look(lens.pan(camera, STEP, 0)),
    ArrowRight: () => look(lens.pan(camera, -STEP, 0)),
    ArrowUp: () => look(lens.pan(camera, 0, STEP)),
    ArrowDown: () => look(lens.pan(camera, 0, -STEP)),
    "+": () => zoomBy(1.6),
    "=": () => zoomBy(1.6),
    "-": () => zoomBy(1 / 1.6),
    0: () => goTo(lens.fit(mosaic, ...size())),
    Enter: () => { if (focused >= 0) openCard(mosaic.postAt[focused]); },
    Escape: () => closeCard(),
  };
  const zoomBy = (factor) => goTo(lens.zoomAt(moving && moving.to ? moving.to : camera, ...size(), view.width / 2, view.height / 2, factor, mosaic), 180);

  Brandscape.listen(canvas, {
    now,
    grab: () => { moving = null; byKeys = false; hint.hidden = true; hovered = -1; invalidate(); },
    pan: (dx, dy) => look(lens.pan(camera, dx, dy)),
    zoom: (at, factor, smooth) => {
      const target = lens.zoomAt(camera, ...size(), at.x, at.y, factor, mosaic);
      if (smooth) { goTo(target); return true; }
      return look(target);
    },
    fling: (speedX, speedY) => {
      if (calm.matches || Math.hypot(speedX, speedY) < 0.15) return;
      moving = { speedX, speedY, last: now() };
      invalidate();
    },
    tap: (at) => {
      const cell = cellAt(at);
      if (cell >= 0) openCard(mosaic.postAt[cell]);
      else closeCard();
    },
    hover,
    key: (name) => {
      if (!(name in keys)) return false;
      byKeys = true;
      if (name === "Escape" && opened < 0) return false;
      keys[name]();
      focused = nearest();
      invalidate();
      return true;
    },
  });
  canvas.addEventListener("focus", () => { byKeys = canvas.matches(":focus-visible"); focused = nearest(); invalidate(); });
  canvas.addEventListener("blur", () => { byKeys = false; invalidate(); });
  root.querySelector("[data-zoom-in]").addEventListener("click", () => zoomBy(1.6));
  root.querySelector("[data-zoom-out]").addEventListener("click", () => zoomBy(1 / 1.6));
  root.querySelector("[data-fit]").addEventListener("click", () => goTo(lens.fit(mosaic, ...size())));
  window.addEventListener("popstate", recall);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintMask);
  new ResizeObserver(resize).observe(canvas.parentElement);

  resize();
  paintMask();
  if (location.hash) recall();
  root.classList.add("is-ready");
  return {
    mosaic, columns, tiles, choices,
    get camera() { return camera; },
    get draws() { return draws; },
    get opened() { return opened; },
    get view() { return view; },
    get isMoving() { return moving !== null; },
    look, goTo,
  };
};

document.addEventListener("DOMContentLoaded", () => {
  const clock = { now: () => performance.now(), frame: (draw) => window.requestAnimationFrame(draw) };
  Brandscape.viewers = [...document.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, clock));
});
