// The images of one post, leafed through on its card by buttons, arrow keys and swipes.
"use strict";

Brandscape.makeCarousel = ({ element, image, records, words, number }) => {
  const SWIPE = 40; // CSS pixels that a finger moves sideways
  const part = (name) => element.querySelector(`[data-leaves="${name}"]`);
  let names = []; // of the further pictures
  let place = 0; // 0: the post's own
  let showFirst = () => {};
  let start = null; // of a swipe

  function turn(to) {
    if (!names.length) return;
    place = (to + names.length + 1) % (names.length + 1);
    part("rank").textContent = words.leaf.replace("{rank}", number(place + 1)).replace("{count}", number(names.length + 1));
    if (place) image.src = records.furtherPicture(names[place - 1]); else showFirst();
  }
  function clear() {
    [names, place, start] = [[], 0, null];
    element.hidden = true;
    image.draggable = true;
  }

  part("back").addEventListener("click", () => turn(place - 1));
  part("on").addEventListener("click", () => turn(place + 1));
  for (const one of [element, image]) {
    one.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || !names.length) return;
      event.preventDefault();
      turn(place + by);
    });
  }
  image.addEventListener("pointerdown", (event) => { start = { x: event.clientX, y: event.clientY }; });
  image.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [across, down] = [event.clientX - start.x, event.clientY - start.y];
    start = null;
    if (Math.abs(across) >= SWIPE && Math.abs(across) > Math.abs(down)) turn(place + (across < 0 ? 1 : -1));
  });

  return {
    clear,
    // Whether another image than the post's own is shown.
    isBeyond: () => place > 0,
    // Offers the further pictures of the post on the card; `first` shows its own again.
    show(further, first) {
      [names, place, showFirst] = [further, 0, first];
      element.hidden = !names.length;
      image.draggable = !names.length; // a browser would drag the picture instead
      turn(0);
    },
  };
};
