// The state of one viewer: what it shows now. Filters, selection and camera keep their own.
"use strict";

Brandscape.makeState = (scene) => ({
  scene, // {kind, shape, step, mosaic, tiles, overview}
  panes: [], // {x, y, brand, shows, mask, …}, one for each brand that is compared
  colours: {}, // of the page's theme
  closed: 0, // steps by which a map's gaps are closed
  compares: false, // brands side by side
  overlays: false, // two of them laid over each other instead
  colouring: "", // what images are coloured by; "" for nothing but the tiles' borders
  isDrawing: false, // a press draws a line instead of moving the view
  names: true, // of territories and clusters over their images
  hovered: -1, // cell
  hoveredName: null,
  focused: -1, // cell: the one that Enter opens
  byKeys: false, // the keyboard was used last
  opened: -1, // post
  openedId: "", // its id, once its texts are there
  draws: 0, // frames drawn
});
