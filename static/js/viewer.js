// Puts one viewer together: the state in the middle, gestures, painter, filters, list and card around it.
"use strict";

Brandscape.startViewer = (root, clock) => {
  const { camera: lens, cells, address, data, selection } = Brandscape;
  const { HEAD } = Brandscape.panes;
  const { now, frame, later } = clock;
  const ZOOM_STEP = 1.6;
  const PAN_STEP = 80; // CSS pixels
  const GLIDE = 220; // milliseconds
  const MOST_PIXELS = 8e6;
  const NARROW = 700; // CSS pixels of a stage too narrow for a small map beside it
  const ASPECTS = { wide: 1.7, tall: 0.72 }; // of arrangements; few, so that links lead to the same place elsewhere
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = JSON.parse(part("words").textContent);
  const { base } = root.dataset;
  const canvas = root.querySelector(".viewer__canvas");
  const [cardElement, overview, lists] = ["card-root", "overview", "lists"].map(part);
  const media = (query) => window.matchMedia(query);
  const calm = media("(prefers-reduced-motion: reduce)");
  const formats = Brandscape.makeFormats(document.documentElement.lang);
  const { number } = formats;

  function warn() {
    part("problem").textContent = words.missing;
    part("problem").hidden = false;
  }
  const raw = { mosaic: data.get(`mosaic ${root.dataset.mosaic}`), posts: data.get("posts") };
  if (!raw.mosaic || !raw.posts) {
    warn();
    // the flat picture may be there even so
    const flat = Object.assign(new Image(), { src: `${base}mosaics/${root.dataset.mosaic}.jpg` });
    flat.onload = () => { overview.src = flat.src; };
    return null;
  }

  const records = Brandscape.openRecords(raw.posts, base);
  const map = Brandscape.pyramid.open(raw.mosaic, records.count);
  const tiles = Brandscape.makeTiles({
    now,
    most: media("(max-width: 600px)").matches ? 40 : 96,
    atOnce: 6,
    onload: (found) => { if (!found) warn(); scenes.wake(); invalidate(); },
    load: (tile, done) => {
      const image = new Image();
      image.onload = () => image.decode().then(() => done(true), () => done(true));
      image.onerror = () => done(false);
      image.src = `${base}mosaics/${map.name}_files/${Brandscape.pyramid.key(tile)}.jpg`;
      return image;
    },
  });
  const scenes = Brandscape.makeScenes({ map, records, tiles, overview, words, formats, clock, onload: invalidate });
  const pictures = Brandscape.makePictures({
    now,
    onload: invalidate,
    colourOf: (post) => (records.clusterOf(post) || {}).colour,
    addressOf: (post) => records.picture(post, invalidate),
  });
  const painter = Brandscape.makePainter({ canvas, pictures, now });
  const transition = Brandscape.makeTransition({ canvas, painter, tiles, now });
  const motion = Brandscape.makeMotion({ now, isCalm: () => calm.matches });
  const hint = Brandscape.makeHint({ element: part("hint-root"), records });
  const minimap = Brandscape.makeMinimap({ canvas: part("minimap"), onlook: (at) => look(lens.settle({ ...camera, ...at }, scene.mosaic, view)) });
  const choices = Brandscape.makeChoices({ root, records, words, number, later, members: map.members, onchange: onFilter });
  const card = Brandscape.makeCard({
    element: cardElement, records, words, formats, base, onclose: closeCard, onopen: goToPost, onpick: pick, onseek: choices.seek,
  });
  const drawer = Brandscape.makeDrawer({ root, records, mosaic: map, words, formats, onopen: goToPost, onpick: pick, onchange: onCover });
  const history = Brandscape.makeHistory({
    now,
    later,
    read: () => address.write(state()),
    write: (text, isStep) => window.history[isStep ? "pushState" : "replaceState"](null, "", `#${text}`),
  });

  let stage = { width: 0, height: 0, ratio: 1 };
  let view = { width: 0, height: 0, right: 0, bottom: 0, ratio: 1 }; // one pane, and what covers it
  let corners = [{ x: 0, y: 0 }]; // of the panes on the stage
  let panes = [];
  let held = 0; // the pane that a gesture began in
  let scene = scenes.map;
  let camera = null;
  let colours = {};
  let compares = false;
  let isDrawing = false;
  let hovered = -1; // cell
  let focused = -1; // cell: the one that Enter opens
  let opened = -1; // post
  let openedId = "";
  let selected = new Set(); // posts
  let checksums = null; // of the posts' ids, once they are needed
  let byKeys = false;
  let isPending = false;
  let draws = 0;

  const isFit = () => lens.isFit(camera, scene.mosaic, view);
  // Where the camera is, or is on its way to.
  const goal = () => motion.target || camera;
  const settled = (wasFit) => (wasFit ? lens.fit(scene.mosaic, view) : lens.settle(goal(), scene.mosaic, view));
  const shape = () => (stage.height > stage.width ? "tall" : "wide");
  const postAt = (cell) => (cell < 0 ? -1 : scene.mosaic.postAt[cell]);
  const middle = () => ({ x: view.width / 2, y: view.height / 2 });
  // From the stage to the pane that a gesture began in.
  const inPane = (at) => ({ x: at.x - corners[held].x, y: at.y - corners[held].y });
  const take = (at) => { held = Brandscape.panes.at({ ...view, corners }, at); };
  const cellAt = (at) => cells.at(scene.mosaic, panes[held].shows, lens.toCell(camera, view, inPane(at)));
  // What any pane shows.
  const shows = () => (panes.length === 1 ? panes[0].shows : choices.mask.map((is, post) => (is && panes.some((pane) => pane.shows[post]) ? 1 : 0)));
  const state = () => ({
    ...choices.state,
    camera: isFit() ? null : camera,
    order: scene.kind,
    isTall: scene.kind !== "map" && scene.shape === "tall",
    compares,
    selection: checksums ? selection.encode([...selected], checksums) : "",
    panel: drawer.shown,
    post: openedId,
  });

  function invalidate() {
    if (isPending || !camera) return;
    isPending = true;
    frame(draw);
  }

  function draw() {
    isPending = false;
    if (motion.isMoving) {
      camera = lens.settle(motion.step(camera), scene.mosaic, view);
      if (!motion.isMoving) onStill();
    }
    draws += 1;
    canvas.classList.toggle("is-fit", isFit() && !isDrawing);
    let isFading = false;
    const drawScene = () => {
      const cellOf = (post) => (post < 0 ? -1 : scene.mosaic.cellOf[post]);
      isFading = painter.draw({
        scene, camera, view, panes, colours, selected, hovered, focused: byKeys ? focused : -1, opened: cellOf(opened), isCalm: calm.matches,
      });
    };
    if (transition.isMoving) transition.draw(drawScene, () => painter.prepare(scene, camera, view), colours);
    else drawScene();
    part("minimap").hidden = isFit() || stage.width < NARROW || transition.isMoving;
    if (!part("minimap").hidden) minimap.draw(scene, panes[0].mask, camera, view, colours);
    if (isFading || motion.isMoving || transition.isMoving) invalidate();
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
    const cluster = records.clusterOf(postAt(cell));
    part("said").textContent = [records.brandOf(postAt(cell)).name, cluster && cluster.name].filter(Boolean).join(", ");
  }
  const focusNearest = () => setFocus(cells.nearest(scene.mosaic, shows(), goal()));

  // The brands that are compared: those chosen, or all, the most frequent first.
  function compared() {
    const counts = new Uint32Array(records.brands.length);
    for (const post of map.members) counts[records.brand[post]] += 1;
    const all = [...counts.keys()].filter((brand) => counts[brand]).sort((one, other) => counts[other] - counts[one]);
    return choices.brands.length > 1 ? choices.brands : all;
  }

  // Shares the stage out, and makes each pane's mask: what is empty or hidden there takes the ground's colour.
  function paint() {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    colours = { ground: read("ground"), ink: read("ink"), accent: read("accent"), font: read("text") };
    const brands = compares ? compared() : [-1];
    measure(brands.length);
    const [empty, dimmed] = [painter.pixel(colours.ground, 1), painter.pixel(colours.ground, compares || choices.hides ? 1 : 0.86)];
    const tint = painter.pixel(colours.accent, 0.45);
    panes = corners.map((corner, index) => {
      const brand = brands[index];
      const ours = brand < 0 ? choices.mask : choices.mask.map((is, post) => (is && records.brand[post] === brand ? 1 : 0));
      return {
        ...corner,
        brand,
        shows: ours,
        mask: painter.makeLayer(scene.mosaic, (post) => (post < 0 ? empty : ours[post] ? 0 : dimmed)),
        tint: selected.size ? painter.makeLayer(scene.mosaic, (post) => (post >= 0 && ours[post] && selected.has(post) ? tint : 0)) : null,
      };
    });
    held = 0;
    nameHeads();
    invalidate();
  }

  // The names above compared panes.
  function nameHeads() {
    part("heads").textContent = "";
    if (!compares) return;
    for (const { x, y, brand, shows: ours } of panes) {
      const pane = part("heads").appendChild(document.createElement("div"));
      Object.assign(pane.style, { left: `${x}px`, top: `${y - HEAD}px`, width: `${view.width}px`, height: `${view.height + HEAD}px` });
      const head = pane.appendChild(document.createElement("p"));
      head.appendChild(document.createElement("bdi")).textContent = records.brands[brand].name;
      head.appendChild(document.createElement("span")).textContent = number(ours.reduce((sum, is) => sum + is, 0));
    }
  }

  function onFilter() {
    focused = -1;
    paint();
    drawer.update({ mask: choices.mask, selected });
    if (camera) onStill();
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
  const fit = () => goTo(lens.fit(scene.mosaic, view));
  const panBy = (dx, dy) => look(lens.settle(lens.pan(camera, dx, dy), scene.mosaic, view));

  function zoom(at, factor, smooth) {
    transition.stop();
    if (!smooth) return look(lens.carry(camera, scene.mosaic, view, at, at, factor));
    // a glide under way is gone on with, from what is on screen now
    const wanted = motion.target ? motion.target.scale * factor : camera.scale * factor;
    return goTo(lens.carry(camera, scene.mosaic, view, at, at, wanted / camera.scale));
  }

  // Another order of the same images.
  function arrange(kind, { isStep = true, moves = !calm.matches } = {}) {
    if (kind !== "map") compare(false); // an order spreads a brand out, so panes would show little
    const from = { scene, camera };
    scene = kind === "map" ? scenes.map : { ...scenes.get(kind, ASPECTS[shape()]), shape: shape() };
    for (const radio of root.querySelectorAll("[data-order]")) radio.checked = radio.value === kind;
    hovered = focused = -1;
    motion.stop();
    paint();
    camera = lens.fit(scene.mosaic, view);
    if (moves) transition.start(scenes.map, from, { scene, camera }, view, choices.mask);
    history.remember({ step: isStep });
  }

  // The brands side by side, each in a pane of its own.
  function compare(is, { isStep = true } = {}) {
    if (compares === is) return;
    if (is && scene.kind !== "map") arrange("map", { isStep: false, moves: false });
    if (!calm.matches) transition.start(scenes.map, null, null, view, null);
    compares = is;
    if (part("compares")) part("compares").setAttribute("aria-pressed", String(is));
    const wasFit = lens.isFit(goal(), scene.mosaic, view);
    paint();
    camera = settled(wasFit);
    motion.stop();
    history.remember({ step: isStep });
  }

  function setDrawing(is) {
    isDrawing = is;
    part("lassoes").setAttribute("aria-pressed", String(is));
    canvas.classList.toggle("is-drawing", is);
    invalidate();
  }

  // Adds posts to the selection or takes them out of it.
  function pick(posts, isPicked) {
    for (const post of posts) if (isPicked) selected.add(post); else selected.delete(post);
    onPicked();
  }
  function onPicked() {
    selected = new Set(selected);
    lists.querySelector("span").textContent = selected.size ? ` (${number(selected.size)})` : "";
    part("said").textContent = words.selected.replace("{count}", number(selected.size));
    card.setPicked(selected.has(opened));
    drawer.update({ mask: choices.mask, selected });
    paint();
    records.withChecksums((found) => { checksums = found; history.remember(); });
  }
  const pickCell = (cell) => { if (cell >= 0) pick([postAt(cell)], !selected.has(postAt(cell))); };

  // A line that the reader draws; once it is closed, what lies inside is selected.
  function drawLine(line, isDone) {
    part("lasso").querySelector("path").setAttribute("d", line && !isDone ? `M${line.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "");
    if (!isDone) return;
    hover(null);
    const inside = selection.inside(scene.mosaic, panes[held].shows, line.map((at) => lens.toCell(camera, view, inPane(at))));
    pick(inside, true);
    if (inside.length && stage.width >= NARROW && !drawer.shown) drawer.open("selected");
    else if (drawer.shown) drawer.open("selected");
  }

  function hover(at) {
    if (at) take(at);
    const cell = at && !isDrawing ? cellAt(at) : -1;
    hint.show(postAt(cell), at, { ...stage, right: view.right });
    if (cell === hovered) return;
    hovered = cell;
    canvas.classList.toggle("is-over", cell >= 0);
    invalidate();
  }

  // Opens a post wherever it is; one of another page is gone to.
  function goToPost(post) {
    if (map.cellOf[post] >= 0) openCard(post);
    else records.details(post, (details) => { if (details) location.href = `${base}index.html#p=${encodeURIComponent(details.id)}`; });
  }

  function openCard(post, { isStep = opened < 0 } = {}) {
    const isMoving = cardElement.contains(document.activeElement);
    opened = post;
    openedId = "";
    hover(null);
    card.open(post, selected.has(post), (details) => {
      if (!details) return;
      openedId = details.id;
      history.remember({ step: isStep });
    });
    if (byKeys || isMoving || drawer.element.contains(document.activeElement)) card.focus();
    const corner = cells.placeOf(scene.mosaic, scene.mosaic.cellOf[post]);
    goTo(lens.reveal(cover(), scene.mosaic, view, corner));
    invalidate();
  }

  function closeCard() {
    if (opened < 0) return;
    opened = -1;
    openedId = "";
    card.close();
    onCover();
  }
  function onCover() {
    goTo(cover());
    history.remember();
  }

  // What the card and the list cover of a single pane: its right, or on a phone its bottom; several panes make room.
  function measure(count) {
    const open = [cardElement, drawer.element].filter(({ hidden }) => !hidden);
    const isBelow = open.some(({ offsetWidth }) => offsetWidth > stage.width * 0.8);
    const most = (side) => Math.max(0, ...open.map((element) => element[side]));
    const [right, bottom] = isBelow ? [0, most("offsetHeight")] : [most("offsetWidth"), 0];
    if (!compares) {
      corners = [{ x: 0, y: 0 }];
      view = { ...stage, right, bottom };
      return;
    }
    const shared = Brandscape.panes.share(count, { width: stage.width - right, height: stage.height - bottom }, scene.mosaic);
    corners = shared.corners;
    view = { width: shared.width, height: shared.height, right: 0, bottom: 0, ratio: stage.ratio };
  }
  // Makes room for what covers the stage; where to look then: at everything, if that was so before.
  function cover() {
    const wasFit = lens.isFit(goal(), scene.mosaic, view);
    if (compares) paint(); else measure(1);
    const next = settled(wasFit);
    if (compares) camera = next; // the panes' sizes have jumped already
    return next;
  }

  // Takes the state from the address.
  function recall({ isFirst = false } = {}) {
    if (!address.isOurs(location.hash)) return false;
    const wanted = address.read(location.hash);
    const isOffered = [...root.querySelectorAll("[data-order]")].some(({ value, disabled }) => value === wanted.order && !disabled);
    if (!wanted.post) closeCard();
    motion.stop();
    choices.choose(wanted);
    compare(wanted.compares && Boolean(part("compares")), { isStep: false });
    if (isOffered && wanted.order !== scene.kind && !compares) arrange(wanted.order, { isStep: false, moves: !isFirst && !calm.matches });
    drawer.show(wanted.panel);
    cover();
    const isSame = wanted.order === scene.kind && (scene.kind === "map" || wanted.isTall === (scene.shape === "tall"));
    camera = wanted.camera && isSame ? lens.settle(wanted.camera, scene.mosaic, view) : lens.fit(scene.mosaic, view);
    if (wanted.selection || selected.size) {
      records.withChecksums((found) => { selected = new Set(selection.decode(wanted.selection, found).filter((post) => map.cellOf[post] >= 0)); onPicked(); });
    }
    onStill();
    if (wanted.post && wanted.post !== openedId) {
      records.find(wanted.post, (post) => { if (map.cellOf[post] >= 0) openCard(post, { isStep: false }); });
    }
    return location.hash.length > 1;
  }

  function resize() {
    const { width, height } = canvas.parentElement.getBoundingClientRect();
    if (!width || !height) return;
    const wasFit = !camera || lens.isFit(goal(), scene.mosaic, view);
    const ratio = Math.min(window.devicePixelRatio, 2, Math.sqrt(MOST_PIXELS / (width * height)));
    stage = { width, height, ratio };
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    transition.stop();
    if (scene.kind !== "map" && scene.shape !== shape()) arrange(scene.kind, { isStep: false, moves: false });
    paint();
    camera = settled(wasFit);
    motion.stop();
    invalidate();
  }

  const closer = () => zoom(middle(), ZOOM_STEP, true);
  const farther = () => zoom(middle(), 1 / ZOOM_STEP, true);
  const andFocus = (act) => () => { act(); focusNearest(); };
  const key = Brandscape.makeKeys({
    before: useKeys,
    pan(dx, dy) { panBy(-dx * PAN_STEP, -dy * PAN_STEP); focusNearest(); },
    step(dx, dy) {
      const next = cells.next(scene.mosaic, shows(), focused, dx, dy);
      if (next < 0) return;
      goTo(lens.reveal(camera, scene.mosaic, view, cells.placeOf(scene.mosaic, next)));
      setFocus(next);
    },
    zoomIn: andFocus(closer),
    zoomOut: andFocus(farther),
    fit: andFocus(fit),
    open: () => { if (focused >= 0) openCard(postAt(focused)); },
    pick: () => pickCell(focused),
    find: () => part("search").focus(),
  });
  function useKeys() {
    byKeys = true;
    if (focused < 0) focusNearest();
    invalidate();
  }

  Brandscape.listen(canvas, {
    now,
    later,
    hover,
    isDrawing: () => isDrawing,
    grab: (at) => { take(at); motion.stop(); transition.stop(); byKeys = false; focused = -1; invalidate(); },
    zoom: (at, factor, smooth) => { take(at); return zoom(inPane(at), factor, smooth); },
    slide: (dx) => panBy(dx, 0),
    carry: (from, to, factor) => { hover(null); look(lens.carry(camera, scene.mosaic, view, inPane(from), inPane(to), factor)); },
    fling: (x, y) => { motion.fling(x, y); invalidate(); },
    tap: (at) => { take(at); const cell = cellAt(at); if (cell >= 0) openCard(postAt(cell)); else closeCard(); },
    pick: (at) => { take(at); pickCell(cellAt(at)); },
    draw: drawLine,
    key,
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (opened >= 0) closeCard(); else if (isDrawing) setDrawing(false); else drawer.close();
  });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) useKeys(); });
  canvas.addEventListener("blur", () => { byKeys = false; invalidate(); });
  part("zoom-in").addEventListener("click", closer);
  part("zoom-out").addEventListener("click", farther);
  part("fit").addEventListener("click", fit);
  part("lassoes").addEventListener("click", () => setDrawing(!isDrawing));
  if (part("compares")) part("compares").addEventListener("click", () => compare(!compares));
  for (const radio of root.querySelectorAll("[data-order]")) {
    radio.disabled = (radio.value === "date" && !records.bins.day.starts.length) || (radio.value === "likes" && !records.bins.likes.starts.length);
    radio.parentElement.hidden = radio.disabled;
    radio.addEventListener("change", () => arrange(radio.value));
  }
  part("links").addEventListener("click", () => {
    const text = part("links").textContent;
    Brandscape.copyText(`${location.href.split("#")[0]}#${address.write(state())}`, (copied) => {
      const said = copied ? words.copied : words.copy_failed;
      [part("links").textContent, part("said").textContent] = [said, said];
      if (said !== text) later(() => { part("links").textContent = text; }, 1600);
    });
  });
  window.addEventListener("popstate", () => recall());
  window.addEventListener("resize", resize); // the pixel ratio may change without the size
  media("(prefers-color-scheme: dark)").addEventListener("change", paint);
  new ResizeObserver(resize).observe(canvas.parentElement);

  resize();
  drawer.update({ mask: choices.mask, selected });
  if (recall({ isFirst: true })) root.scrollIntoView({ block: "center" });
  root.classList.add("is-ready");
  return {
    map, records, choices, drawer, arrange, compare, pick, look, goTo,
    get mosaic() { return scene.mosaic; },
    get tiles() { return scene.tiles; },
    get scene() { return scene; },
    get panes() { return panes; },
    get camera() { return camera; },
    get view() { return view; },
    get draws() { return draws; },
    get opened() { return opened; },
    get focused() { return focused; },
    get selected() { return selected; },
    get isMoving() { return motion.isMoving || transition.isMoving; },
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
