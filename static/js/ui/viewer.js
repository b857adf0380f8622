// Puts one viewer together: its state, the canvas, and filters, list and card around it.
"use strict";

// The posts and mosaics that a viewer's data scripts hold, or null where one is missing.
Brandscape.openMosaics = ({ mosaic: name, base }, words = {}) => {
  const { data, openRecords, pyramid } = Brandscape;
  const [mosaic, posts] = [data.get(`mosaic ${name}`), data.get("posts")];
  const shared = mosaic && mosaic.of; // the mosaic whose tiles this one shows
  if (!mosaic || !posts || (shared && !data.get(`mosaic ${shared}`))) return null;
  const records = openRecords(posts, base, words.with_note);
  const whole = pyramid.open(shared ? data.get(`mosaic ${shared}`) : mosaic, records.count);
  return { records, whole, map: shared ? pyramid.open(mosaic, records.count, whole) : whole };
};

Brandscape.startViewer = (root, clock) => {
  const { files, place } = Brandscape;
  const { now, frame, later } = clock;
  const narrow = 700; // CSS pixels of a viewport too narrow for a small map beside it
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = JSON.parse(part("words").textContent);
  const { base } = root.dataset;
  const canvas = root.querySelector(".viewer__canvas");
  const [cardElement, overview] = ["card-root", "overview"].map(part);
  const media = (query) => window.matchMedia(query);
  const calm = media("(prefers-reduced-motion: reduce)");
  const isCalm = () => calm.matches;
  const formats = Brandscape.makeFormats(document.documentElement.lang);
  const { number } = formats;

  function warn() {
    part("problem").textContent = words.missing;
    part("problem").hidden = false;
  }
  const say = (text) => { part("said").textContent = text; };

  const opened = Brandscape.openMosaics(root.dataset, words);
  if (!opened) {
    warn();
    // the flat picture may be there even so
    const flat = Object.assign(new Image(), { src: files.flat(base, root.dataset.mosaic) });
    flat.onload = () => { overview.src = flat.src; };
    return null;
  }
  const { records, whole, map } = opened;
  const { members } = map;

  // images
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
  const state = Brandscape.makeState(scenes.map);
  const pictures = Brandscape.makePictures({
    now,
    onload: invalidate,
    colourOf: (post) => (records.clusterOf(post) || {}).colour,
    addressOf: (post) => records.picture(post, invalidate),
  });
  const painter = Brandscape.makePainter({ canvas, pictures, now, isVideo: records.isVideo });
  const transition = Brandscape.makeTransition({ canvas, painter, tiles: scenes.map.tiles, now });
  const navigation = Brandscape.makeNavigation({
    now, later, isCalm, geometry: () => ({ mosaic: state.scene.mosaic, view: viewport.view }), onmove: invalidate, onrest: onStill,
  });

  // what stands around them
  const minimap = Brandscape.makeMinimap({ canvas: part("minimap"), onlook: (at) => navigation.look(navigation.settle({ ...navigation.camera, ...at })) });
  const filterPanel = Brandscape.makeFilterPanel({ root, records, words, number, later, members, onchange: onFilter });
  const describe = Brandscape.makeDescriber({ records, words, formats });
  const onpick = (posts, is) => picked.pick(posts, is);
  const onopen = (post) => opener.goTo(post);
  const ownNotes = Brandscape.makeOwnNotes({ root, records, words, number, say });
  const card = Brandscape.makeCard({
    element: cardElement, records, words, formats, base, mapNow: () => scenes.keyOf(state.scene.kind), describe, onclose: () => opener.close(), onopen,
    howFound: filterPanel.howFound, onseek: filterPanel.seek, onterm: (index) => filterPanel.only("tag", [index]), onpick, onwiden: () => opener.revealAgain(), ownNotes,
  });
  const list = Brandscape.makeList({ root, records, mosaic: map, words, formats, describe, howFound: filterPanel.howFound, onopen, onpick, onchange: () => opener.onCover() });
  const viewport = Brandscape.makeViewport({ canvas, covers: [cardElement, list.element], ratioNow: () => window.devicePixelRatio });
  const closer = Brandscape.makeCloser({ describe, canvas, state, navigation, viewport, transition });
  const picked = Brandscape.makePicked({ records, members, onchange: onPicked });
  const legend = Brandscape.makeLegend({
    root, records, members, words, formats, state, filterPanel, onchange: () => { navigation.put(navigation.keep(frames.paint)); history.remember({ step: true }); },
  });
  const timeWalk = Brandscape.makeTimeWalk({ root, words, formats, later, say, filterPanel });
  const masks = Brandscape.makeMasks({ root, painter, viewport, records, members, filterPanel, picked, state, legend });
  const controls = Brandscape.makeControls({
    root, canvas, records, words, number, later, say, zoomIn: () => pointing.zoomIn(), zoomOut: () => pointing.zoomOut(), fit: () => pointing.fit(),
    arrange: (kind) => switches.choose(kind), close: (step) => switches.close(step), compare: () => switches.compare(!state.compares), drawMode: () => pointing.setDrawing(!state.isDrawing),
    address: () => bar.write(), switchNames: () => { showNames(!state.names); history.remember({ step: true }); },
  });
  const names = Brandscape.makeNames({
    map, records, state, viewport, whole: () => navigation.whole().scale, measure: (text, kind) => painter.measureName(text, kind, state.colours),
    isMain: () => state.scene.kind === "map",
  });
  const history = Brandscape.makeHistory({
    now, later, read: () => bar.write(), write: (text, isStep) => { if (root.isConnected) place.write(text, isStep); },
  });

  // what changes the state
  const frames = Brandscape.makeFrames({
    state, frame, number, canvas, small: part("minimap"), narrow, painter, transition, navigation, viewport, masks, minimap, names, picked, isCalm,
  });
  const pointing = Brandscape.makePointing({
    state, canvas, clock, part, records, frames, navigation, viewport, transition, masks, closer, list, picked, controls, names, opener: () => opener, say, narrow,
    onname: (one) => filterPanel.only("cluster", names.clustersOf(one)),
  });
  const switches = Brandscape.makeSceneSwitch({ state, scenes, frames, navigation, viewport, transition, filterPanel, controls, legend, card, history, isCalm, warn });
  const opener = Brandscape.makePostOpener({
    state, base, map, records, scenes, frames, navigation, viewport, card, cardElement, list, picked, history, hover: pointing.hover,
  });
  const bar = Brandscape.makeAddressBar({
    root, state, map, records, navigation, filterPanel, picked, list, scenes, switches, controls, legend, opener, showNames, isCalm, onStill,
  });

  function invalidate() { frames.invalidate(); }

  // Names on the map are shown or hidden.
  function showNames(is) {
    state.names = is;
    controls.showNames(is);
    invalidate();
  }

  // The camera has come to rest, or been put somewhere.
  function onStill() {
    history.remember();
    invalidate();
  }
  function onFilter() {
    state.focused = -1;
    legend.update();
    timeWalk.update();
    frames.paint();
    list.update({ mask: filterPanel.mask, selected: picked.posts });
    if (navigation.camera) onStill();
  }
  function onPicked() {
    const { posts } = picked;
    controls.showPicked(posts.size);
    say(words.selected.replace("{count}", number(posts.size)));
    ownNotes.select([...posts]);
    card.setPicked(posts.has(state.opened));
    list.update({ mask: filterPanel.mask, selected: posts });
    frames.paint();
    history.remember();
  }

  function resize() {
    if (!viewport.resize()) return;
    transition.stop();
    navigation.put(navigation.keep(() => {
      const { scene } = state;
      if (scene.shape !== viewport.shape) {
        if (navigation.camera) switches.arrange(scene.kind, { isStep: false, moves: false });
        else state.scene = scenes.get(scene.kind, viewport.shape, 0);
      }
      frames.paint();
    }));
  }

  pointing.listen();
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (state.opened >= 0) { if (!card.stepBack()) opener.close(); } else if (state.isDrawing) pointing.setDrawing(false); else list.close();
  });
  place.follow(root, bar.recall);
  Brandscape.preparePaper({ root, paper: part("paper"), isPlain: () => bar.write() === "", later });
  window.addEventListener("resize", resize); // the pixel ratio may change without the size
  media("(prefers-color-scheme: dark)").addEventListener("change", frames.paint);
  new ResizeObserver(resize).observe(canvas.parentElement);

  state.names = controls.offersNames;
  resize();
  list.update({ mask: filterPanel.mask, selected: picked.posts });
  if (bar.recall({ isFirst: true })) root.scrollIntoView({ block: "center" });
  root.classList.add("is-ready");
  return {
    root, map, records, filterPanel, list, arrange: switches.choose, compare: switches.compare, pick: picked.pick, look: navigation.look, goTo: navigation.goTo,
    // Releases all images, as when the viewer is out of sight.
    rest() { transition.stop(); scenes.clear(); pictures.clear(); },
    howFound: filterPanel.howFound,
    // The names on the map, with the clusters that each stands for.
    names: () => names.inPane(state.panes[0], navigation.camera).map((box) => ({ ...box, clusters: names.clustersOf(box.name) })),
    get mosaic() { return state.scene.mosaic; },
    get tiles() { return state.scene.tiles; },
    get scene() { return state.scene; },
    get panes() { return state.panes; },
    get camera() { return navigation.camera; },
    get view() { return viewport.view; },
    get draws() { return state.draws; },
    get opened() { return state.opened; },
    get focused() { return state.focused; },
    get selected() { return picked.posts; },
    get isMoving() { return navigation.isMoving || transition.isMoving; },
  };
};

Brandscape.starters.push((page) => {
  Brandscape.viewers = [...page.querySelectorAll("[data-viewer]")].map((root) => Brandscape.startViewer(root, Brandscape.clock));
});
