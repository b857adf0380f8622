// Pictures below the fold load when the reader comes near. Print needs them all, so a page from disk loads them early.
"use strict";

(() => {
  const fetchAll = () => {
    for (const image of document.querySelectorAll("img[loading=lazy]")) {
      if (image.offsetParent) Object.assign(image, { loading: "eager", decoding: "sync" });
    }
  };
  window.addEventListener("beforeprint", fetchAll);
  window.addEventListener("load", () => { if (location.protocol === "file:") window.setTimeout(fetchAll, 500); });
})();
