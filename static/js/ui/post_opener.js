// Opens a post on the card and makes room for it.
"use strict";

Brandscape.makePostOpener = ({ state, base, map, records, scenes, frames, navigation, viewport, card, cardElement, list, picked, history, hover }) => {
  const { address, files } = Brandscape;

  // Makes room for what covers the viewport; where to look then: at everything, if that was so before.
  function cover() {
    const next = navigation.keep(() => { if (state.compares) frames.paint(); else viewport.share(0, state.scene.mosaic); });
    if (state.compares) navigation.put(next); // the panes' sizes have jumped already
    return next;
  }
  function onCover() {
    navigation.goTo(cover());
    history.remember();
  }

  function open(post, { isStep = state.opened < 0 } = {}) {
    const isMoving = cardElement.contains(document.activeElement);
    state.opened = post;
    state.openedId = "";
    hover(null);
    card.open(post, picked.posts.has(post), (details) => {
      if (!details) return;
      state.openedId = details.id;
      history.remember({ step: isStep });
    });
    if (state.byKeys || isMoving || list.element.contains(document.activeElement)) card.focus();
    navigation.reveal(cover(), state.scene.mosaic.cellOf[post]);
    frames.invalidate();
  }

  return {
    cover,
    onCover,
    open,
    // Opens a post wherever it is; one of another page is gone to.
    goTo(post) {
      if (map.cellOf[post] >= 0) open(post);
      else records.details(post, (details) => {
        if (!details) return;
        const order = scenes.isMap(state.scene.kind) ? state.scene.kind : "map";
        location.href = files.page(base, "index.html", address.write({ ...address.nothing(), order, post: details.id }));
      });
    },
    close() {
      if (state.opened < 0) return;
      state.opened = -1;
      state.openedId = "";
      card.close();
      onCover();
    },
    // Shows the card's post whole, after the card has become wider or narrower.
    revealAgain: () => navigation.reveal(cover(), state.scene.mosaic.cellOf[state.opened]),
  };
};
