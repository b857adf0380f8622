// The small note beside the pointer: brand, cluster and caption of the image under it.
"use strict";

Brandscape.makeHint = ({ element, records }) => {
  const LONGEST = 140; // characters of a caption
  const APART = 16; // CSS pixels from the pointer
  const EDGE = 8;
  const part = (name) => element.querySelector(`[data-hint="${name}"]`);
  let shown = -1;
  let at = null;
  let view = null;

  function place() {
    if (element.hidden) return;
    const [width, height] = [element.offsetWidth, element.offsetHeight];
    const besides = at.x + APART + width > view.width - view.right ? at.x - APART - width : at.x + APART;
    const top = Brandscape.clamp(at.y + APART, EDGE, Math.max(EDGE, view.height - height - EDGE));
    element.style.transform = `translate(${Math.round(Math.max(EDGE, besides))}px, ${Math.round(top)}px)`;
  }

  function say(text) {
    const letters = Array.from(text.slice(0, 2 * LONGEST));
    part("caption").textContent = letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("").trimEnd()}…` : text;
    part("caption").hidden = !text;
  }

  return {
    // Speaks of `post` at a point of the view; of nothing for −1.
    show(post, point, seen) {
      [at, view] = [point, seen];
      element.hidden = post < 0;
      if (post !== shown && post >= 0) {
        const cluster = records.clusterOf(post);
        part("brand").textContent = records.brandOf(post).name;
        part("cluster").textContent = cluster ? cluster.name : "";
        say("");
        shown = post;
        records.details(post, (details) => {
          if (shown !== post || !details) return;
          say(details.caption);
          place();
        });
      }
      shown = post;
      place();
    },
  };
};
