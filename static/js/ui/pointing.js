// Acts on mouse, fingers and keys over the canvas: hover, focus, zoom, pick, and a line drawn around images.
"use strict";

Brandscape.makePointing = ({
  state, canvas, clock, part, records, frames, navigation, viewport, transition, masks, closer, list, picked, controls, names, opener, onname, say, narrow,
}) => {
  const { camera: lens, cells, selection } = Brandscape;
  const ZOOM_STEP = 1.6;
  const PAN_STEP = 80; // CSS pixels

  const postAt = (cell) => (cell < 0 ? -1 : state.scene.mosaic.postAt[cell]);
  const toCell = (at) => lens.toCell(navigation.camera, viewport.view, viewport.inPane(at));
  const shownHere = () => state.panes[viewport.held].shows;
  const cellAt = (at) => cells.at(state.scene.mosaic, shownHere(), toCell(at));

  const nameAt = (at) => names.at(state.panes[viewport.held], navigation.camera, toCell(at));

  function zoom(at, factor, isSmooth) {
    transition.stop();
    return navigation.zoom(at, factor, isSmooth);
  }
  const middle = () => ({ x: viewport.view.width / 2, y: viewport.view.height / 2 });
  const zoomIn = () => zoom(middle(), ZOOM_STEP, true);
  const zoomOut = () => zoom(middle(), 1 / ZOOM_STEP, true);
  const fit = () => navigation.goTo(navigation.whole());

  // Points the keyboard at a cell and says whose it is.
  function setFocus(cell) {
    state.focused = cell;
    if (cell < 0) return;
    const post = postAt(cell);
    const cluster = records.clusterOf(post);
    const name = [records.brandOf(post).name, cluster && cluster.name].filter(Boolean).join(", ");
    say(name);
    records.details(post, (details) => {
      const line = Brandscape.firstLine(details);
      if (line && state.focused === cell) say(`${name}: ${line}`);
    });
  }
  const focusNearest = () => setFocus(cells.nearest(state.scene.mosaic, masks.shown(state.panes), navigation.goal));
  function useKeys() {
    state.byKeys = true;
    if (state.focused < 0) focusNearest();
    frames.invalidate();
  }

  function setDrawing(is) {
    state.isDrawing = is;
    controls.showDrawMode(is);
    frames.invalidate();
  }
  const pickCell = (cell) => { if (cell >= 0) picked.pick([postAt(cell)], !picked.posts.has(postAt(cell))); };

  // A line that the reader draws; once it is closed, what lies inside is selected.
  function drawLine(line, isDone) {
    part("lasso").querySelector("path").setAttribute("d", line && !isDone ? `M${line.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "");
    if (!isDone) return;
    hover(null);
    const inside = selection.inside(state.scene.mosaic, shownHere(), line.map(toCell));
    picked.pick(inside, true);
    if (list.shown || (inside.length && viewport.size.width >= narrow)) list.open("selected");
  }

  function hover(at) {
    if (at) viewport.take(at);
    const name = at && !state.isDrawing ? nameAt(at) : null;
    const cell = at && !state.isDrawing && !name ? cellAt(at) : -1;
    closer.hover(cell, at);
    if (cell === state.hovered && name === state.hoveredName) return;
    [state.hovered, state.hoveredName] = [cell, name];
    canvas.classList.toggle("is-over", cell >= 0 || name !== null);
    frames.invalidate();
  }

  const andFocus = (act) => () => { act(); focusNearest(); };
  const key = Brandscape.makeKeys({
    before: useKeys,
    pan(dx, dy) { navigation.pan(-dx * PAN_STEP, -dy * PAN_STEP); focusNearest(); },
    step(dx, dy) {
      const next = cells.next(state.scene.mosaic, masks.shown(state.panes), state.focused, dx, dy);
      if (next < 0) return;
      navigation.reveal(navigation.camera, next);
      setFocus(next);
    },
    zoomIn: andFocus(zoomIn),
    zoomOut: andFocus(zoomOut),
    fit: andFocus(fit),
    open: () => { if (state.focused >= 0) opener().open(postAt(state.focused)); },
    pick: () => pickCell(state.focused),
    find: () => part("search").focus(),
  });

  function grab(at) {
    viewport.take(at);
    navigation.stop();
    transition.stop();
    state.byKeys = false;
    state.focused = -1;
    frames.invalidate();
  }
  function tap(at) {
    viewport.take(at);
    const [name, cell] = [nameAt(at), cellAt(at)];
    if (name) onname(name); else if (cell >= 0) opener().open(postAt(cell)); else opener().close();
  }

  return {
    hover,
    zoomIn,
    zoomOut,
    fit,
    setDrawing,
    listen() {
      Brandscape.listen(canvas, {
        now: clock.now,
        later: clock.later,
        hover,
        isDrawing: () => state.isDrawing,
        grab,
        zoom: (at, factor, smooth) => { viewport.take(at); return zoom(viewport.inPane(at), factor, smooth); },
        slide: (dx) => navigation.pan(dx, 0),
        carry: (from, to, factor) => { hover(null); navigation.drag(viewport.inPane(from), viewport.inPane(to), factor); },
        fling: navigation.fling,
        tap,
        pick: (at) => { viewport.take(at); pickCell(cellAt(at)); },
        draw: drawLine,
        key,
      });
      canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) useKeys(); });
      canvas.addEventListener("blur", () => { state.byKeys = false; frames.invalidate(); });
    },
  };
};
