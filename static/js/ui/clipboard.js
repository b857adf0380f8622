// Puts an address on the clipboard; pages opened from disk may lack the newer way.
"use strict";

Brandscape.copyText = (text, done) => {
  function copyOld() {
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = text;
    field.className = "visually-hidden";
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    done(copied);
  }
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done(true), copyOld);
  else copyOld();
};
