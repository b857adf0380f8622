// Puts one viewer together: the state in the middle, gestures, painter, filters, list and card around it.
"use strict";

Brandscape.startViewer = (root, clock) => {
  const { camera: lens, cells, address, data, selection } = Brandscape;
  const { HEAD } = Brandscape.panes;
  const { now, frame, later } = clock;
  const ZOOM_STEP = 1.6;
  const PAN_STEP = 80; // CSS pixels
  const GLIDE = 220; // milliseconds
  const STILL = 120; // milliseconds without a move after which the view is at rest
  const TILE_GROUND = "#edebe6"; // of the cells without an image, in every tile
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
  const minimap = Brandscape.makeMinimap({ canvas: part("minimap"), onlook: (at) => look(settle({ ...camera, ...at })) });
  const choices = Brandscape.makeChoices({ root, records, words, number, later, members: map.members, onchange: onFilter });
  const card = Brandscape.makeCard({
    element: cardElement, records, words, formats, base, onclose: closeCard, onopen: goToPost, onpick: (posts, is) => picked.pick(posts, is), onseek: choices.seek,
  });
  const drawer = Brandscape.makeDrawer({ root, records, mosaic: map, words, formats, onopen: goToPost, onpick: (posts, is) => picked.pick(posts, is), onchange: onCover });
  const stage = Brandscape.makeStage({ canvas, covers: [cardElement, drawer.element], ratioNow: () => window.devicePixelRatio });
  const picked = Brandscape.makePicked({ records, members: map.members, onchange: onPicked });
  const history = Brandscape.makeHistory({
    now,
    later,
    read: () => address.write(state()),
    write: (text, isStep) => window.history[isStep ? "pushState" : "replaceState"](null, "", `#${text}`),
  });

  let panes = [];
  let scene = scenes.map;
  let camera = null;
  let colours = {};
  let compares = false;
  let isDrawing = false;
  let hovered = -1; // cell
  let focused = -1; // cell: the one that Enter opens
  let opened = -1; // post
  let openedId = "";
  let byKeys = false;
  let isPending = false;
  let draws = 0;
  let moved = -Infinity; // when the camera last did
  let isWaiting = false; // for the camera to rest

  const whole = () => lens.fit(scene.mosaic, stage.view);
  const settle = (next) => lens.settle(next, scene.mosaic, stage.view);
  const isFit = (at = camera) => lens.isFit(at, scene.mosaic, stage.view);
  // Where the camera is, or is on its way to.
  const goal = () => motion.target || camera;
  const settled = (wasFit) => (wasFit ? whole() : settle(goal()));
  const postAt = (cell) => (cell < 0 ? -1 : scene.mosaic.postAt[cell]);
  const middle = () => ({ x: stage.view.width / 2, y: stage.view.height / 2 });
  const cellAt = (at) => cells.at(scene.mosaic, panes[stage.held].shows, lens.toCell(camera, stage.view, stage.inPane(at)));
  // What any pane shows.
  const shows = () => (panes.length === 1 ? panes[0].shows : choices.mask.map((is, post) => (is && panes.some((pane) => pane.shows[post]) ? 1 : 0)));
  const state = () => ({
    ...choices.state,
    camera: isFit() ? null : camera,
    order: scene.kind,
    isTall: scene.kind !== "map" && scene.shape === "tall",
    compares,
    selection: picked.link,
    panel: drawer.shown,
    post: openedId,
  });

  function invalidate() {
    if (isPending || !camera) return;
    isPending = true;
    frame(draw);
  }

  const isMoving = () => motion.isMoving || isWaiting;
  // Waits until the camera has not been moved for a while; then the view is drawn once more, and its address written.
  function rest() {
    isWaiting = true;
    later(() => {
      if (now() - moved < STILL) { rest(); return; }
      isWaiting = false;
      onStill();
    }, STILL);
  }

  function draw() {
    isPending = false;
    if (motion.isMoving) {
      camera = settle(motion.step(camera));
      if (!motion.isMoving) onStill();
    }
    draws += 1;
    canvas.classList.toggle("is-fit", isFit() && !isDrawing);
    let isFading = false;
    const drawScene = () => {
      const cellOf = (post) => (post < 0 ? -1 : scene.mosaic.cellOf[post]);
      isFading = painter.draw({
        scene, camera, view: stage.view, panes, colours, selected: picked.posts, hovered, focused: byKeys ? focused : -1, opened: cellOf(opened), isCalm: calm.matches,
        isMoving: isMoving(),
      });
    };
    if (transition.isMoving) transition.draw(drawScene, () => painter.prepare(scene, camera, stage.view), colours);
    else drawScene();
    part("minimap").hidden = isFit() || stage.size.width < NARROW || transition.isMoving;
    if (!part("minimap").hidden) minimap.draw(scene, panes[0].mask, camera, stage.view, colours);
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
    stage.share(compares ? brands.length : 0, scene.mosaic);
    const [empty, dimmed] = [painter.pixel(colours.ground, 1), painter.pixel(colours.ground, compares || choices.hides ? 1 : 0.86)];
    // tiles are drawn for light paper; on another, empty cells must be covered at all times
    const isTinted = colours.ground.toLowerCase() !== TILE_GROUND;
    const tint = painter.pixel(colours.accent, 0.45);
    panes = stage.corners.map((corner, index) => {
      const brand = brands[index];
      const ours = brand < 0 ? choices.mask : choices.mask.map((is, post) => (is && records.brand[post] === brand ? 1 : 0));
      return {
        ...corner,
        brand,
        hides: isTinted || ours !== choices.mask || choices.shown < map.members.length,
        shows: ours,
        mask: painter.makeLayer(scene.mosaic, (post) => (post < 0 ? empty : ours[post] ? 0 : dimmed)),
        tint: picked.posts.size ? painter.makeLayer(scene.mosaic, (post) => (post >= 0 && ours[post] && picked.posts.has(post) ? tint : 0)) : null,
      };
    });
    nameHeads();
    invalidate();
  }

  // The names above compared panes.
  function nameHeads() {
    part("heads").textContent = "";
    if (!compares) return;
    for (const { x, y, brand, shows: ours } of panes) {
      const pane = part("heads").appendChild(document.createElement("div"));
      Object.assign(pane.style, { left: `${x}px`, top: `${y - HEAD}px`, width: `${stage.view.width}px`, height: `${stage.view.height + HEAD}px` });
      const head = pane.appendChild(document.createElement("p"));
      head.appendChild(document.createElement("bdi")).textContent = records.brands[brand].name;
      head.appendChild(document.createElement("span")).textContent = number(ours.reduce((sum, is) => sum + is, 0));
    }
  }

  function onFilter() {
    focused = -1;
    paint();
    drawer.update({ mask: choices.mask, selected: picked.posts });
    if (camera) onStill();
  }

  // Both return whether the camera changes, or is going to.
  function look(next) {
    motion.stop();
    const changed = next.x !== camera.x || next.y !== camera.y || next.scale !== camera.scale;
    camera = next;
    if (changed) {
      moved = now();
      if (!isWaiting) rest();
      invalidate();
    }
    return changed;
  }
  function goTo(next, time = GLIDE) {
    const changed = Math.abs(next.x - camera.x) + Math.abs(next.y - camera.y) > 1e-3 || Math.abs(next.scale / camera.scale - 1) > 1e-4;
    if (changed) motion.glide(camera, next, time);
    invalidate();
    return changed;
  }
  const fit = () => goTo(whole());
  const panBy = (dx, dy) => look(settle(lens.pan(camera, dx, dy)));

  function zoom(at, factor, smooth) {
    transition.stop();
    if (!smooth) return look(lens.carry(camera, scene.mosaic, stage.view, at, at, factor));
    // a glide under way is gone on with, from what is on screen now
    const wanted = motion.target ? motion.target.scale * factor : camera.scale * factor;
    return goTo(lens.carry(camera, scene.mosaic, stage.view, at, at, wanted / camera.scale));
  }

  // Another order of the same images.
  function arrange(kind, { isStep = true, moves = !calm.matches } = {}) {
    if (kind !== "map") compare(false); // an order spreads a brand out, so panes would show little
    const from = { scene, camera };
    scene = kind === "map" ? scenes.map : { ...scenes.get(kind, ASPECTS[stage.shape]), shape: stage.shape };
    for (const radio of root.querySelectorAll("[data-order]")) radio.checked = radio.value === kind;
    hovered = focused = -1;
    motion.stop();
    paint();
    camera = whole();
    if (moves) transition.start(scenes.map, from, { scene, camera }, stage.view, choices.mask);
    history.remember({ step: isStep });
  }

  // The brands side by side, each in a pane of its own.
  function compare(is, { isStep = true } = {}) {
    if (compares === is) return;
    if (is && scene.kind !== "map") arrange("map", { isStep: false, moves: false });
    if (!calm.matches) transition.start(scenes.map, null, null, stage.view, null);
    compares = is;
    if (part("compares")) part("compares").setAttribute("aria-pressed", String(is));
    const wasFit = isFit(goal());
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

  function onPicked() {
    const { posts } = picked;
    lists.querySelector("span").textContent = posts.size ? ` (${number(posts.size)})` : "";
    part("said").textContent = words.selected.replace("{count}", number(posts.size));
    card.setPicked(posts.has(opened));
    drawer.update({ mask: choices.mask, selected: posts });
    paint();
    history.remember();
  }
  const pickCell = (cell) => { if (cell >= 0) picked.pick([postAt(cell)], !picked.posts.has(postAt(cell))); };

  // A line that the reader draws; once it is closed, what lies inside is selected.
  function drawLine(line, isDone) {
    part("lasso").querySelector("path").setAttribute("d", line && !isDone ? `M${line.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "");
    if (!isDone) return;
    hover(null);
    const inside = selection.inside(scene.mosaic, panes[stage.held].shows, line.map((at) => lens.toCell(camera, stage.view, stage.inPane(at))));
    picked.pick(inside, true);
    if (drawer.shown || (inside.length && stage.size.width >= NARROW)) drawer.open("selected");
  }

  function hover(at) {
    if (at) stage.take(at);
    const cell = at && !isDrawing ? cellAt(at) : -1;
    hint.show(postAt(cell), at, { ...stage.size, right: stage.view.right });
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
    card.open(post, picked.posts.has(post), (details) => {
      if (!details) return;
      openedId = details.id;
      history.remember({ step: isStep });
    });
    if (byKeys || isMoving || drawer.element.contains(document.activeElement)) card.focus();
    const corner = cells.placeOf(scene.mosaic, scene.mosaic.cellOf[post]);
    goTo(lens.reveal(cover(), scene.mosaic, stage.view, corner));
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

  // Makes room for what covers the stage; where to look then: at everything, if that was so before.
  function cover() {
    const wasFit = isFit(goal());
    if (compares) paint(); else stage.share(0, scene.mosaic);
    const next = settled(wasFit);
    if (compares) camera = next; // the panes' sizes have jumped already
    return next;
  }

  // Takes the state from the address.
  function recall({ isFirst = false } = {}) {
    if (!address.isOurs(location.hash)) return false;
    // without a state of its own the address means the page's
    const wanted = address.read(location.hash.length > 1 ? location.hash : root.dataset.start);
    const isOffered = [...root.querySelectorAll("[data-order]")].some(({ value, disabled }) => value === wanted.order && !disabled);
    if (!wanted.post) closeCard();
    motion.stop();
    choices.choose(wanted);
    compare(wanted.compares && Boolean(part("compares")), { isStep: false });
    if (isOffered && wanted.order !== scene.kind && !compares) arrange(wanted.order, { isStep: false, moves: !isFirst && !calm.matches });
    drawer.show(wanted.panel);
    cover();
    const isSame = wanted.order === scene.kind && (scene.kind === "map" || wanted.isTall === (scene.shape === "tall"));
    camera = wanted.camera && isSame ? settle(wanted.camera) : whole();
    picked.recall(wanted.selection);
    onStill();
    if (wanted.post && wanted.post !== openedId) {
      records.find(wanted.post, (post) => { if (map.cellOf[post] >= 0) openCard(post, { isStep: false }); });
    }
    return location.hash.length > 1;
  }

  function resize() {
    const wasFit = !camera || isFit(goal());
    if (!stage.resize()) return;
    transition.stop();
    if (scene.kind !== "map" && scene.shape !== stage.shape) arrange(scene.kind, { isStep: false, moves: false });
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
      goTo(lens.reveal(camera, scene.mosaic, stage.view, cells.placeOf(scene.mosaic, next)));
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
    grab: (at) => { stage.take(at); motion.stop(); transition.stop(); byKeys = false; focused = -1; invalidate(); },
    zoom: (at, factor, smooth) => { stage.take(at); return zoom(stage.inPane(at), factor, smooth); },
    slide: (dx) => panBy(dx, 0),
    carry: (from, to, factor) => { hover(null); look(lens.carry(camera, scene.mosaic, stage.view, stage.inPane(from), stage.inPane(to), factor)); },
    fling: (x, y) => { motion.fling(x, y); invalidate(); },
    tap: (at) => { stage.take(at); const cell = cellAt(at); if (cell >= 0) openCard(postAt(cell)); else closeCard(); },
    pick: (at) => { stage.take(at); pickCell(cellAt(at)); },
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
  drawer.update({ mask: choices.mask, selected: picked.posts });
  if (recall({ isFirst: true })) root.scrollIntoView({ block: "center" });
  root.classList.add("is-ready");
  return {
    map, records, choices, drawer, arrange, compare, pick: picked.pick, look, goTo,
    get mosaic() { return scene.mosaic; },
    get tiles() { return scene.tiles; },
    get scene() { return scene; },
    get panes() { return panes; },
    get camera() { return camera; },
    get view() { return stage.view; },
    get draws() { return draws; },
    get opened() { return opened; },
    get focused() { return focused; },
    get selected() { return picked.posts; },
    get isMoving() { return isMoving() || transition.isMoving; },
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
