// Tells the state of the viewer as an address holds it, and takes it from there.
"use strict";

Brandscape.makeAddressBar = ({ root, state, map, records, navigation, filterPanel, picked, list, scenes, switches, controls, legend, opener, showNames, isCalm, onStill }) => {
  const { address, forms, place } = Brandscape;
  // an address holds places on a map as on a wide screen, so that it leads to the same place on a tall one
  const turns = () => scenes.isMap(state.scene.kind) && state.scene.shape === "tall";

  function restore(wanted, kind, isFirst) {
    if (!wanted.post) opener.close();
    navigation.stop();
    state.overlays = wanted.overlays;
    legend.choose(wanted.colouring);
    filterPanel.choose(wanted);
    showNames(wanted.names && controls.offersNames);
    switches.compare(wanted.compares && controls.offersCompare, { isStep: false });
    if (kind !== state.scene.kind && (!state.compares || scenes.isMap(kind))) switches.arrange(kind, { isStep: false, moves: !isFirst && !isCalm(), step: wanted.closed });
    else if (wanted.closed !== state.closed) switches.arrange(state.scene.kind, { isStep: false, moves: !isFirst && !isCalm(), step: wanted.closed });
    list.show(wanted.panel);
    opener.cover();
    const isSame = wanted.order === state.scene.kind && (scenes.isMap(kind) || wanted.isTall === (state.scene.shape === "tall"));
    const camera = turns() ? forms.turn(wanted.camera) : wanted.camera;
    navigation.put(camera && isSame ? navigation.settle(camera) : navigation.whole());
    picked.recall(wanted.selection);
    onStill();
    if (wanted.post && wanted.post !== state.openedId) {
      records.find(wanted.post, (post) => { if (map.cellOf[post] >= 0) opener.open(post, { isStep: false }); });
    }
  }

  return {
    write: () => address.write({
      ...filterPanel.state,
      camera: navigation.isFit ? null : turns() ? forms.turn(navigation.camera) : navigation.camera,
      order: state.scene.kind,
      isTall: state.scene.shape === "tall" && !scenes.isMap(state.scene.kind),
      closed: state.closed,
      compares: state.compares,
      overlays: state.overlays,
      colouring: state.colouring,
      names: state.names || !controls.offersNames,
      selection: picked.link,
      panel: list.shown,
      post: state.openedId,
    }),
    // Takes the state from the address; false where the address has none.
    recall({ isFirst = false } = {}) {
      const hash = place.read();
      if (!address.isOurs(hash)) return false;
      // without a state of its own the address means the page's
      const wanted = address.read(hash.length > 1 ? hash : root.dataset.start);
      switches.bring(controls.offersOrder(wanted.order) ? wanted.order : state.scene.kind, (kind) => restore(wanted, kind, isFirst));
      return hash.length > 1;
    },
  };
};
