// The masks of panes: one pixel a cell, in the ground's colour over what is empty or hidden there, and their colours over
// images.
"use strict";

Brandscape.makeMasks = ({ root, painter, viewport, records, members, filterPanel, picked, state, legend }) => {
  const { HEAD } = Brandscape.panes;
  const { PAIR } = Brandscape.colourings;
  const TILE_GROUND = "#edebe6"; // of the cells without an image, in every tile
  const DIMMED = 0.86; // of a hidden image that the ground covers
  const GHOST = 0.9; // of the images of other brands beside a compared one's
  const COLOURED = 0.55; // of an image far away that the colour of its class does
  const TINTED = 0.45; // of a selected one that the accent does
  const heads = root.querySelector("[data-heads]");
  const counts = new Uint32Array(records.brands.length);
  for (const post of members) counts[records.brand[post]] += 1;
  const frequent = [...counts.keys()].filter((brand) => counts[brand]).sort((one, other) => counts[other] - counts[one]);

  function readColours() {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    return { ground: read("ground"), paper: read("paper"), ink: read("ink"), accent: read("accent"), font: read("text"), display: read("display") };
  }

  // The names above compared panes.
  function nameHeads(panes, number) {
    heads.textContent = "";
    for (const { x, y, brands, shows } of panes) {
      if (!brands.length) continue;
      const pane = heads.appendChild(document.createElement("div"));
      const { view, size } = viewport;
      // parts of the viewport, which print scales
      const [across, down] = [(length) => `${(100 * length) / size.width}%`, (length) => `${(100 * length) / size.height}%`];
      Object.assign(pane.style, { left: across(x), top: down(y - HEAD), width: across(view.width), height: down(view.height + HEAD) });
      const head = pane.appendChild(document.createElement("p"));
      brands.forEach((brand, at) => {
        if (brands.length > 1) Brandscape.paintSwatch(head.appendChild(document.createElement("i")), { colour: PAIR[at] });
        head.appendChild(document.createElement("bdi")).textContent = records.brands[brand].name;
        head.appendChild(document.createElement("span")).textContent = number(shows.reduce((sum, is, post) => sum + (is && records.brand[post] === brand ? 1 : 0), 0));
      });
    }
  }

  return {
    // The mask of what any pane shows.
    shown: (panes) => (panes.length === 1 ? panes[0].shows : filterPanel.mask.map((is, post) => (is && panes.some((pane) => pane.shows[post]) ? 1 : 0))),
    // Shares the viewport out among the brands that are compared, which are those chosen, or all, the most frequent first;
    // without a comparison there is one pane, of brand −1, and where the first two are laid over each other, too. Gives
    // {panes, colours}.
    paint({ mosaic }, compares, number) {
      const colours = readColours();
      const brands = !compares ? [-1] : filterPanel.brands.length > 1 ? filterPanel.brands : frequent;
      const pair = compares && state.overlays && brands.length > 1 ? brands.slice(0, 2) : null;
      viewport.share(pair ? 1 : compares ? brands.length : 0, mosaic);
      const colouring = pair ? { entries: PAIR.map((colour) => ({ colour })), of: (post) => pair.indexOf(records.brand[post]) } : legend.colouring;
      const pixels = colouring && colouring.entries.map(({ colour }) => (colour ? painter.pixel(colour, COLOURED) : 0));
      const [empty, dimmed] = [painter.pixel(colours.ground, 1), painter.pixel(colours.ground, filterPanel.hides ? 1 : compares ? GHOST : DIMMED)];
      // tiles are drawn for light paper; on another, empty cells must be covered at all times
      const isOtherPaper = colours.ground.toLowerCase() !== TILE_GROUND;
      const tint = painter.pixel(colours.accent, TINTED);
      const panes = viewport.corners.map((corner, index) => {
        const own = pair || [brands[index]].filter((brand) => brand >= 0);
        const shows = own.length ? filterPanel.mask.map((is, post) => (is && own.includes(records.brand[post]) ? 1 : 0)) : filterPanel.mask;
        return {
          ...corner,
          brand: pair ? -1 : brands[index],
          brands: own,
          shows,
          hides: isOtherPaper || compares || filterPanel.shown < members.length,
          mask: painter.makeLayer(mosaic, (post) => (post < 0 ? empty : shows[post] ? 0 : dimmed)),
          colouring,
          classes: colouring && painter.makeLayer(mosaic, (post) => (post >= 0 && shows[post] && pixels[colouring.of(post)]) || 0),
          tint: picked.posts.size ? painter.makeLayer(mosaic, (post) => (post >= 0 && shows[post] && picked.posts.has(post) ? tint : 0)) : null,
        };
      });
      nameHeads(panes, number);
      const images = panes.reduce((sum, { shows }) => sum + shows.reduce((count, is) => count + is, 0), 0);
      const room = pair ? pair.length : panes.length;
      filterPanel.setRoom(room < brands.length ? { images, brands: room, of: brands.length } : null);
      return { panes, colours };
    },
  };
};
