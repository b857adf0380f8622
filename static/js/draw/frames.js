// Draws a frame when something has changed: the scene in its panes, or the way to another scene, and the small map.
"use strict";

Brandscape.makeFrames = ({
  state, frame, number, canvas, small, narrow, painter, transition, navigation, viewport, masks, minimap, names, picked, isCalm,
}) => {
  let isPending = false;

  function invalidate() {
    if (isPending || !navigation.camera) return;
    isPending = true;
    frame(draw);
  }

  // True while something fades in.
  function drawScene() {
    const { scene, colours, hovered, hoveredName, focused, byKeys, opened } = state;
    const { camera } = navigation;
    const panes = state.panes.map((pane) => ({ ...pane, names: names.inPane(pane, camera) }));
    return painter.draw({
      scene, camera, view: viewport.view, panes, colours, hoveredName, selected: picked.posts, hovered, focused: byKeys ? focused : -1,
      opened: opened < 0 ? -1 : scene.mosaic.cellOf[opened], isCalm: isCalm(), isMoving: navigation.isMoving,
    });
  }

  function draw() {
    isPending = false;
    navigation.step();
    const { camera } = navigation;
    const { scene, panes, colours } = state;
    state.draws += 1;
    canvas.classList.toggle("is-fit", navigation.isFit && !state.isDrawing);
    let isFading = false;
    if (transition.isMoving) transition.draw(() => { isFading = drawScene(); }, () => painter.prepare(scene, camera, viewport.view), colours);
    else isFading = drawScene();
    small.hidden = navigation.isFit || viewport.size.width < narrow || transition.isMoving;
    if (!small.hidden) minimap.draw(scene, panes[0].mask, camera, viewport.view, colours);
    if (isFading || navigation.isDriven || transition.isMoving) invalidate();
  }

  return {
    invalidate,
    // Works out anew what each pane shows, and its colours.
    paint() {
      Object.assign(state, masks.paint(state.scene, state.compares, number));
      invalidate();
    },
  };
};
