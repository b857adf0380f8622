// Puts one viewer together: the state in the middle, gestures, painter, filters, list and card around it.
"use strict";

Brandscape.startViewer = (root, clock) => {
  const { camera: lens, cells, address, data, files, place, selection } = Brandscape;
  const { now, frame, later } = clock;
  const ZOOM_STEP = 1.6;
  const PAN_STEP = 80; // CSS pixels
  const NARROW = 700; // CSS pixels of a viewport too narrow for a small map beside it
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = JSON.parse(part("words").textContent);
  const { base } = root.dataset;
  const canvas = root.querySelector(".viewer__canvas");
  const [cardElement, overview] = ["card-root", "overview"].map(part);
  const media = (query) => window.matchMedia(query);
  const calm = media("(prefers-reduced-motion: reduce)");
  const formats = Brandscape.makeFormats(document.documentElement.lang);
  const { number } = formats;

  function warn() {
    part("problem").textContent = words.missing;
    part("problem").hidden = false;
  }
  const raw = { mosaic: data.get(`mosaic ${root.dataset.mosaic}`), posts: data.get("posts") };
  const shared = raw.mosaic && raw.mosaic.of; // the mosaic whose tiles this one shows
  if (!raw.mosaic || !raw.posts || (shared && !data.get(`mosaic ${shared}`))) {
    warn();
    // the flat picture may be there even so
    const flat = Object.assign(new Image(), { src: files.flat(base, root.dataset.mosaic) });
    flat.onload = () => { overview.src = flat.src; };
    return null;
  }

  const records = Brandscape.openRecords(raw.posts, base);
  const whole = Brandscape.pyramid.open(shared ? data.get(`mosaic ${shared}`) : raw.mosaic, records.count);
  const map = shared ? Brandscape.pyramid.open(raw.mosaic, records.count, whole) : whole;
  const tiles = Brandscape.makeTiles({
    now,
    most: media("(max-width: 600px)").matches ? 40 : 96,
    atOnce: 6,
    onload: (found) => { if (!found) warn(); scenes.wake(); invalidate(); },
    load: (tile, done) => {
      const image = new Image();
      image.onload = () => image.decode().then(() => done(true), () => done(true));
      image.onerror = () => done(false);
      image.src = files.tile(base, whole.name, Brandscape.pyramid.key(tile));
      return image;
    },
  });
  const scenes = Brandscape.makeScenes({ map, whole, records, base, tiles, overview, words, formats, clock, onload: invalidate });
  const pictures = Brandscape.makePictures({
    now,
    onload: invalidate,
    colourOf: (post) => (records.clusterOf(post) || {}).colour,
    addressOf: (post) => records.picture(post, invalidate),
  });
  const painter = Brandscape.makePainter({ canvas, pictures, now });
  const transition = Brandscape.makeTransition({ canvas, painter, tiles: scenes.map.tiles, now });
  const navigation = Brandscape.makeNavigation({
    now,
    later,
    isCalm: () => calm.matches,
    geometry: () => ({ mosaic: scene.mosaic, view: viewport.view }),
    onmove: invalidate,
    onrest: onStill,
  });
  const hint = Brandscape.makeHint({ element: part("hint-root"), records });
  const minimap = Brandscape.makeMinimap({ canvas: part("minimap"), onlook: (at) => navigation.look(navigation.settle({ ...navigation.camera, ...at })) });
  const filterPanel = Brandscape.makeFilterPanel({ root, records, words, number, later, members: map.members, onchange: onFilter });
  const card = Brandscape.makeCard({
    element: cardElement, records, words, formats, base, mapNow: () => scenes.keyOf(scene.kind), onclose: closeCard, onopen: goToPost, onseek: filterPanel.seek,
    onpick: (posts, is) => picked.pick(posts, is), onwiden: () => navigation.reveal(cover(), scene.mosaic.cellOf[opened]),
  });
  const list = Brandscape.makeList({ root, records, mosaic: map, words, formats, onopen: goToPost, onpick: (posts, is) => picked.pick(posts, is), onchange: onCover });
  const viewport = Brandscape.makeViewport({ canvas, covers: [cardElement, list.element], ratioNow: () => window.devicePixelRatio });
  const picked = Brandscape.makePicked({ records, members: map.members, onchange: onPicked });
  const masks = Brandscape.makeMasks({ root, painter, viewport, records, members: map.members, filterPanel, picked });
  const controls = Brandscape.makeControls({
    root, canvas, records, words, number, later, zoomIn: closer, zoomOut: farther, fit, say, arrange: choose,
    compare: () => compare(!compares), drawMode: () => setDrawing(!isDrawing), address: () => address.write(state()),
  });
  const history = Brandscape.makeHistory({
    now,
    later,
    read: () => address.write(state()),
    write: (text, isStep) => { if (root.isConnected) place.write(text, isStep); },
  });

  let panes = [];
  let scene = scenes.map;
  let colours = {};
  let compares = false;
  let isDrawing = false;
  let hovered = -1; // cell
  let focused = -1; // cell: the one that Enter opens
  let opened = -1; // post
  let openedId = "";
  let awaited = null; // the last wish for a scene whose file may be on its way
  let byKeys = false;
  let isPending = false;
  let draws = 0;

  const postAt = (cell) => (cell < 0 ? -1 : scene.mosaic.postAt[cell]);
  const middle = () => ({ x: viewport.view.width / 2, y: viewport.view.height / 2 });
  const cellAt = (at) => cells.at(scene.mosaic, panes[viewport.held].shows, lens.toCell(navigation.camera, viewport.view, viewport.inPane(at)));
  // What any pane shows.
  const shows = () => (panes.length === 1 ? panes[0].shows : filterPanel.mask.map((is, post) => (is && panes.some((pane) => pane.shows[post]) ? 1 : 0)));
  const state = () => ({
    ...filterPanel.state,
    camera: navigation.isFit ? null : navigation.camera,
    order: scene.kind,
    isTall: scene.shape === "tall",
    compares,
    selection: picked.link,
    panel: list.shown,
    post: openedId,
  });

  function invalidate() {
    if (isPending || !navigation.camera) return;
    isPending = true;
    frame(draw);
  }

  function say(text) { part("said").textContent = text; }

  function draw() {
    isPending = false;
    navigation.step();
    const { camera } = navigation;
    draws += 1;
    canvas.classList.toggle("is-fit", navigation.isFit && !isDrawing);
    let isFading = false;
    const drawScene = () => {
      const cellOf = (post) => (post < 0 ? -1 : scene.mosaic.cellOf[post]);
      isFading = painter.draw({
        scene, camera, view: viewport.view, panes, colours, selected: picked.posts, hovered, focused: byKeys ? focused : -1, opened: cellOf(opened), isCalm: calm.matches,
        isMoving: navigation.isMoving,
      });
    };
    if (transition.isMoving) transition.draw(drawScene, () => painter.prepare(scene, camera, viewport.view), colours);
    else drawScene();
    part("minimap").hidden = navigation.isFit || viewport.size.width < NARROW || transition.isMoving;
    if (!part("minimap").hidden) minimap.draw(scene, panes[0].mask, camera, viewport.view, colours);
    if (isFading || navigation.isDriven || transition.isMoving) invalidate();
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
    say([records.brandOf(postAt(cell)).name, cluster && cluster.name].filter(Boolean).join(", "));
  }
  const focusNearest = () => setFocus(cells.nearest(scene.mosaic, shows(), navigation.goal));

  function paint() {
    ({ panes, colours } = masks.paint(scene, compares, number));
    invalidate();
  }

  function onFilter() {
    focused = -1;
    paint();
    list.update({ mask: filterPanel.mask, selected: picked.posts });
    if (navigation.camera) onStill();
  }

  function closer() { return zoom(middle(), ZOOM_STEP, true); }
  function farther() { return zoom(middle(), 1 / ZOOM_STEP, true); }
  function fit() { return navigation.goTo(navigation.whole()); }
  function zoom(at, factor, isSmooth) {
    transition.stop();
    return navigation.zoom(at, factor, isSmooth);
  }

  // Another map, or another order, of the same images; its scene can be had.
  function arrange(kind, { isStep = true, moves = !calm.matches } = {}) {
    if (!scenes.isMap(kind)) compare(false); // an order spreads a brand out, so panes would show little
    const from = { scene, camera: navigation.camera };
    scene = scenes.get(kind, viewport.shape);
    card.follow();
    controls.showOrder(kind);
    hovered = focused = -1;
    paint();
    navigation.put(navigation.whole());
    // images move in one pane; several fade
    if (moves) transition.start(scenes.map, from, { scene, camera: navigation.camera }, viewport.view, compares ? null : filterPanel.mask);
    history.remember({ step: isStep });
  }

  // Calls `done` with `kind` once its scene can be had, or with the kind shown now where a file is missing. Only what was
  // wanted last is done.
  function bring(kind, done) {
    const wanted = {};
    awaited = wanted;
    const end = (found) => { if (awaited === wanted) done(found); };
    scenes.bring(kind, () => end(kind), () => { warn(); end(scene.kind); });
  }
  function choose(kind) {
    bring(kind, (found) => { if (found === scene.kind) controls.showOrder(found); else arrange(found); });
  }

  // The brands side by side, each in a pane of its own.
  function compare(is, { isStep = true } = {}) {
    if (compares === is) return;
    if (is && !scenes.isMap(scene.kind)) arrange("map", { isStep: false, moves: false });
    if (!calm.matches) transition.start(scenes.map, null, null, viewport.view, null);
    compares = is;
    controls.showCompare(is);
    navigation.put(navigation.keep(paint));
    history.remember({ step: isStep });
  }

  function setDrawing(is) {
    isDrawing = is;
    controls.showDrawMode(is);
    invalidate();
  }

  function onPicked() {
    const { posts } = picked;
    controls.showPicked(posts.size);
    say(words.selected.replace("{count}", number(posts.size)));
    card.setPicked(posts.has(opened));
    list.update({ mask: filterPanel.mask, selected: posts });
    paint();
    history.remember();
  }
  const pickCell = (cell) => { if (cell >= 0) picked.pick([postAt(cell)], !picked.posts.has(postAt(cell))); };

  // A line that the reader draws; once it is closed, what lies inside is selected.
  function drawLine(line, isDone) {
    part("lasso").querySelector("path").setAttribute("d", line && !isDone ? `M${line.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "");
    if (!isDone) return;
    hover(null);
    const inside = selection.inside(scene.mosaic, panes[viewport.held].shows, line.map((at) => lens.toCell(navigation.camera, viewport.view, viewport.inPane(at))));
    picked.pick(inside, true);
    if (list.shown || (inside.length && viewport.size.width >= NARROW)) list.open("selected");
  }

  function hover(at) {
    if (at) viewport.take(at);
    const cell = at && !isDrawing ? cellAt(at) : -1;
    hint.show(postAt(cell), at, { ...viewport.size, right: viewport.view.right });
    if (cell === hovered) return;
    hovered = cell;
    canvas.classList.toggle("is-over", cell >= 0);
    invalidate();
  }

  // Opens a post wherever it is; one of another page is gone to.
  function goToPost(post) {
    if (map.cellOf[post] >= 0) openCard(post);
    else records.details(post, (details) => {
      if (!details) return;
      const order = scenes.isMap(scene.kind) ? scene.kind : "map";
      location.href = files.page(base, "index.html", address.write({ ...address.nothing(), order, post: details.id }));
    });
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
    if (byKeys || isMoving || list.element.contains(document.activeElement)) card.focus();
    navigation.reveal(cover(), scene.mosaic.cellOf[post]);
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
    navigation.goTo(cover());
    history.remember();
  }

  // Makes room for what covers the viewport; where to look then: at everything, if that was so before.
  function cover() {
    const next = navigation.keep(() => { if (compares) paint(); else viewport.share(0, scene.mosaic); });
    if (compares) navigation.put(next); // the panes' sizes have jumped already
    return next;
  }

  // Takes the state from the address.
  function recall({ isFirst = false } = {}) {
    const hash = place.read();
    if (!address.isOurs(hash)) return false;
    // without a state of its own the address means the page's
    const wanted = address.read(hash.length > 1 ? hash : root.dataset.start);
    bring(controls.offersOrder(wanted.order) ? wanted.order : scene.kind, (kind) => restore(wanted, kind, isFirst));
    return hash.length > 1;
  }

  function restore(wanted, kind, isFirst) {
    if (!wanted.post) closeCard();
    navigation.stop();
    filterPanel.choose(wanted);
    compare(wanted.compares && controls.offersCompare, { isStep: false });
    if (kind !== scene.kind && (!compares || scenes.isMap(kind))) arrange(kind, { isStep: false, moves: !isFirst && !calm.matches });
    list.show(wanted.panel);
    cover();
    const isSame = wanted.order === scene.kind && wanted.isTall === (scene.shape === "tall");
    navigation.put(wanted.camera && isSame ? navigation.settle(wanted.camera) : navigation.whole());
    picked.recall(wanted.selection);
    onStill();
    if (wanted.post && wanted.post !== openedId) {
      records.find(wanted.post, (post) => { if (map.cellOf[post] >= 0) openCard(post, { isStep: false }); });
    }
  }

  function resize() {
    if (!viewport.resize()) return;
    transition.stop();
    navigation.put(navigation.keep(() => {
      if (scene.shape && scene.shape !== viewport.shape) arrange(scene.kind, { isStep: false, moves: false });
      paint();
    }));
  }

  const andFocus = (act) => () => { act(); focusNearest(); };
  const key = Brandscape.makeKeys({
    before: useKeys,
    pan(dx, dy) { navigation.pan(-dx * PAN_STEP, -dy * PAN_STEP); focusNearest(); },
    step(dx, dy) {
      const next = cells.next(scene.mosaic, shows(), focused, dx, dy);
      if (next < 0) return;
      navigation.reveal(navigation.camera, next);
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
    grab: (at) => { viewport.take(at); navigation.stop(); transition.stop(); byKeys = false; focused = -1; invalidate(); },
    zoom: (at, factor, smooth) => { viewport.take(at); return zoom(viewport.inPane(at), factor, smooth); },
    slide: (dx) => navigation.pan(dx, 0),
    carry: (from, to, factor) => { hover(null); navigation.drag(viewport.inPane(from), viewport.inPane(to), factor); },
    fling: navigation.fling,
    tap: (at) => { viewport.take(at); const cell = cellAt(at); if (cell >= 0) openCard(postAt(cell)); else closeCard(); },
    pick: (at) => { viewport.take(at); pickCell(cellAt(at)); },
    draw: drawLine,
    key,
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (opened >= 0) { if (!card.stepBack()) closeCard(); } else if (isDrawing) setDrawing(false); else list.close();
  });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) useKeys(); });
  canvas.addEventListener("blur", () => { byKeys = false; invalidate(); });
  place.follow(root, recall);
  window.addEventListener("resize", resize); // the pixel ratio may change without the size
  media("(prefers-color-scheme: dark)").addEventListener("change", paint);
  new ResizeObserver(resize).observe(canvas.parentElement);

  resize();
  list.update({ mask: filterPanel.mask, selected: picked.posts });
  if (recall({ isFirst: true })) root.scrollIntoView({ block: "center" });
  root.classList.add("is-ready");
  return {
    root, map, records, filterPanel, list, arrange: choose, compare, pick: picked.pick, look: navigation.look, goTo: navigation.goTo,
    // Lets go of all images, as when the viewer is out of sight.
    rest() { transition.stop(); scenes.clear(); pictures.clear(); },
    get mosaic() { return scene.mosaic; },
    get tiles() { return scene.tiles; },
    get scene() { return scene; },
    get panes() { return panes; },
    get camera() { return navigation.camera; },
    get view() { return viewport.view; },
    get draws() { return draws; },
    get opened() { return opened; },
    get focused() { return focused; },
    get selected() { return picked.posts; },
    get isMoving() { return navigation.isMoving || transition.isMoving; },
  };
};

Brandscape.starters.push((page) => {
  Brandscape.viewers = [...page.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, Brandscape.clock));
});
