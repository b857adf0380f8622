// Controls that give way where a bar lacks room: radio buttons to choices beside a wide map, and on a phone all that is
// not used at once to a button that unfolds it.
"use strict";

Brandscape.makeBarFolds = (root) => {
  // what gives way to one row, the first one first
  const FOLDS = ["has-order-choice", "has-map-choice"];
  const bar = root.querySelector("[data-tools]");
  const [tools, zoom] = [bar.querySelector(".viewer__tools"), bar.querySelector(".viewer__zoom")];
  const middle = (element) => { const { top, bottom } = element.getBoundingClientRect(); return (top + bottom) / 2; };
  const isShown = (element) => element.getClientRects().length > 0;
  // Whether the bar has more than one row.
  function wraps() {
    const shown = [...bar.querySelector(".viewer__view").children].find(isShown);
    return shown !== undefined && [tools, zoom].some((part) => Math.abs(middle(part) - middle(shown)) > 8);
  }
  function fit() {
    const isPhone = isShown(bar.querySelector("[data-unfolds]"));
    bar.classList.remove(...FOLDS);
    for (const fold of FOLDS) if (isPhone || wraps()) bar.classList.add(fold);
  }

  for (const button of root.querySelectorAll("[data-unfolds]")) {
    button.addEventListener("click", () => {
      const is = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(is));
      button.parentElement.classList.toggle("is-unfolded", is);
    });
  }
  window.addEventListener("resize", fit);
  fit();
};
