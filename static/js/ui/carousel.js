// The images of one post, leafed through on its card by buttons, arrow keys and swipes.
"use strict";

Brandscape.makeCarousel = ({ element, image, words, number, onturn }) => {
  const SWIPE = 40; // CSS pixels that a finger moves sideways
  const part = (name) => element.querySelector(`[data-leaves="${name}"]`);
  let images = [-1]; // of the post, by their positions
  let place = 0; // of the one that is shown
  let start = null; // of a swipe

  function turn(to) {
    place = (to + images.length) % images.length;
    part("rank").textContent = words.leaf.replace("{rank}", number(place + 1)).replace("{count}", number(images.length));
    onturn(images[place]);
  }

  part("back").addEventListener("click", () => turn(place - 1));
  part("on").addEventListener("click", () => turn(place + 1));
  for (const one of [element, image]) {
    one.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || images.length < 2) return;
      event.preventDefault();
      turn(place + by);
    });
  }
  image.addEventListener("pointerdown", (event) => { start = { x: event.clientX, y: event.clientY }; });
  image.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [across, down] = [event.clientX - start.x, event.clientY - start.y];
    start = null;
    if (images.length > 1 && Math.abs(across) >= SWIPE && Math.abs(across) > Math.abs(down)) turn(place + (across < 0 ? 1 : -1));
  });

  return {
    // The image that is shown.
    now: () => images[place],
    // Offers the images of a post, and shows `first` of them.
    show(all, first) {
      [images, start] = [all, null];
      element.hidden = images.length < 2;
      image.draggable = images.length < 2; // a browser would drag the picture instead
      turn(images.indexOf(first));
    },
  };
};
