// A file that gathers what a reader says of posts, to be saved for the next build: asks before the page is left without it.
"use strict";

// `onmissing(is)` tells whether posts' ids, which come with their texts, could not all be had.
Brandscape.makeSavedFile = ({ name, records, onmissing }) => {
  function hold(event) {
    event.preventDefault();
    event.returnValue = ""; // what older browsers heed
  }

  return {
    // What is gathered has changed.
    hold(hasContent) {
      if (hasContent) window.addEventListener("beforeunload", hold); else window.removeEventListener("beforeunload", hold);
      onmissing(false);
    },
    // Saves what `write` gives, which asks for the ids of `posts`.
    save(posts, write) {
      const wanted = new Set(posts);
      const ids = new Map();
      let left = wanted.size;
      for (const post of wanted) {
        records.details(post, (details) => {
          if (details) ids.set(post, details.id);
          left -= 1;
          if (left) return;
          onmissing(ids.size < wanted.size);
          if (ids.size < wanted.size) return;
          Brandscape.downloadFile(name, "application/toml", write((one) => ids.get(one)));
          window.removeEventListener("beforeunload", hold);
        });
      }
    },
  };
};
