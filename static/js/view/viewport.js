// The room on screen: the canvas and its pixels, what the card and the list cover of it, and the panes it is shared into.
"use strict";

Brandscape.makeViewport = ({ canvas, covers, ratioNow }) => {
  const { panes } = Brandscape;
  const MOST_PIXELS = 8e6;
  const MOST_RATIO = 2;
  let size = { width: 0, height: 0, ratio: 1 };
  let view = { ...size, right: 0, bottom: 0 };
  let corners = [{ x: 0, y: 0 }];
  let held = 0;

  return {
    get size() { return size; },
    // What one pane measures, and what is covered of it, in CSS pixels, and its pixel ratio.
    get view() { return view; },
    // The panes' top left corners.
    get corners() { return corners; },
    get held() { return held; },
    get shape() { return size.height > size.width ? "tall" : "wide"; },
    // Takes the size that the page gives; false where there is none.
    resize() {
      const { width, height } = canvas.parentElement.getBoundingClientRect();
      if (!width || !height) return false;
      const ratio = Math.min(ratioNow(), MOST_RATIO, Math.sqrt(MOST_PIXELS / (width * height)));
      size = { width, height, ratio };
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
      return true;
    },
    // Shares the viewport into `count` panes, or one where it is 0. What lies over it covers a single pane's right, or on a
    // phone its bottom; several panes make room instead.
    share(count, mosaic) {
      const open = covers.filter(({ hidden }) => !hidden);
      const isBelow = open.some(({ offsetWidth }) => offsetWidth > size.width * 0.8);
      const most = (side) => Math.max(0, ...open.map((element) => element[side]));
      const [right, bottom] = isBelow ? [0, most("offsetHeight")] : [most("offsetWidth"), 0];
      held = 0;
      if (!count) {
        corners = [{ x: 0, y: 0 }];
        view = { ...size, right, bottom };
        return;
      }
      const shared = panes.share(count, { width: size.width - right, height: size.height - bottom }, mosaic);
      corners = shared.corners;
      view = { width: shared.width, height: shared.height, right: 0, bottom: 0, ratio: size.ratio };
    },
    // A gesture begins at a point of the viewport: it belongs to the pane there, to its end.
    take(at) { held = panes.at({ ...view, corners }, at); },
    inPane: (at) => ({ x: at.x - corners[held].x, y: at.y - corners[held].y }),
  };
};
