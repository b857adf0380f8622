// Leads to another map, another order of the same images, or the brands side by side.
"use strict";

Brandscape.makeSceneSwitch = ({ state, scenes, frames, navigation, viewport, transition, filterPanel, controls, legend, card, history, isCalm, warn }) => {
  let awaited = null; // the last wish for a scene whose file may be on its way

  // Another map, or another order, of the same images; its scene is available.
  function arrange(kind, { isStep = true, moves = !isCalm(), step = state.closed } = {}) {
    if (!scenes.isMap(kind)) compare(false); // an order spreads a brand out, so panes would show little
    const from = { scene: state.scene, camera: navigation.camera };
    state.closed = step;
    state.scene = scenes.get(kind, viewport.shape, step);
    card.follow();
    controls.showOrder(kind);
    controls.showClosed(step, scenes.isMap(kind));
    state.hovered = state.focused = -1;
    frames.paint();
    navigation.put(navigation.whole());
    // images move in one pane; several fade
    const to = { scene: state.scene, camera: navigation.camera };
    if (moves) transition.start(scenes.map, from, to, viewport.view, state.compares ? null : filterPanel.mask);
    history.remember({ step: isStep });
  }

  // Calls `done` with `kind` once its scene is available, or with the kind shown now where a file is missing. Only what was
  // wanted last is done.
  function bring(kind, done) {
    const wanted = {};
    awaited = wanted;
    const end = (found) => { if (awaited === wanted) done(found); };
    scenes.bring(kind, () => end(kind), () => { warn(); end(state.scene.kind); });
  }
  function choose(kind) {
    bring(kind, (found) => { if (found === state.scene.kind) controls.showOrder(found); else arrange(found); });
  }

  // The brands side by side, each in a pane of its own.
  function compare(is, { isStep = true } = {}) {
    if (state.compares === is) return;
    if (is && !scenes.isMap(state.scene.kind)) arrange("map", { isStep: false, moves: false });
    if (!isCalm()) transition.start(scenes.map, null, null, viewport.view, null);
    state.compares = is;
    controls.showCompare(is);
    legend.update();
    navigation.put(navigation.keep(frames.paint));
    history.remember({ step: isStep });
  }

  // The map's gaps closed by so many steps.
  function close(step) {
    if (step !== state.closed) arrange(state.scene.kind, { step });
  }

  return { arrange, bring, choose, close, compare };
};
