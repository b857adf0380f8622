// Pictures below the fold wait for the reader; who prints wants them all, so from disk they come once the page stands.
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
