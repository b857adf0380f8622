// A closer look at the image under the pointer: a larger picture and what is known of its post, beside it and never over
// it. It adds nothing that is not elsewhere, so screen readers are not told of it, and touch has none.
"use strict";

Brandscape.preview = (() => {
  const WAIT = 300; // milliseconds that the pointer stays before
  const [WIDEST, HIGHEST] = [260, 320]; // CSS pixels of a picture
  const NARROWEST = 200; // of the note
  const FRAME = 18; // of its padding and border, both sides together
  const LARGER = 1.25; // times the image itself, from which its picture shows more than that
  const APART = 12; // CSS pixels from the image and the pointer
  const EDGE = 8; // and from the window's edge
  const offers = new WeakMap(); // image -> what describes it
  let wanted = null; // {key, at}: what the pointer is over
  let note = null;

  // Where a note lies beside an image: to the right or left, else below or above, {left, top}; null where no side has
  // room. `box` is the image, `at` the pointer, `size` the note's, all in CSS pixels of the `room`, the window.
  function place(box, at, size, room) {
    const [across, down] = [room.width - size.width - EDGE, room.height - size.height - EDGE];
    const top = Brandscape.clamp(at.y - size.height / 3, EDGE, Math.max(EDGE, down));
    const left = Brandscape.clamp(at.x - size.width / 2, EDGE, Math.max(EDGE, across));
    const places = [
      { left: box.right + APART, top }, { left: box.left - APART - size.width, top },
      { left, top: box.bottom + APART }, { left, top: box.top - APART - size.height },
    ];
    return places.find((one) => one.left >= EDGE && one.left <= across && one.top >= EDGE && one.top <= down) || null;
  }

  // How large a picture is shown; null where the image itself is hardly smaller.
  function fit({ naturalWidth, naturalHeight }, box) {
    const scale = Math.min(1, WIDEST / naturalWidth, HIGHEST / naturalHeight);
    const [width, height] = [Math.round(naturalWidth * scale), Math.round(naturalHeight * scale)];
    return width > LARGER * (box.right - box.left) || height > LARGER * (box.bottom - box.top) ? { width, height } : null;
  }

  function hide() {
    wanted = null;
    if (note) note.hidden = true;
  }

  function make() {
    note = document.createElement("div");
    note.className = "preview";
    note.setAttribute("aria-hidden", "true");
    for (const kind of ["pointerdown", "wheel", "scroll", "keydown", "blur", "resize", "popstate", "beforeprint"]) {
      window.addEventListener(kind, hide, { capture: true, passive: true });
    }
  }

  function show(picture, { box, about }, at) {
    const size = picture && fit(picture, box);
    note.textContent = "";
    if (size) note.append(Object.assign(picture, size));
    note.style.width = `${Math.max(NARROWEST, size ? size.width : 0) + FRAME}px`;
    for (const line of about.filter(Boolean)) {
      const text = note.appendChild(document.createElement("p"));
      text.dir = "auto";
      text.textContent = line;
    }
    document.body.append(note);
    note.hidden = false;
    const { clientWidth, clientHeight } = document.documentElement;
    const found = place(box, at, { width: note.offsetWidth, height: note.offsetHeight }, { width: clientWidth, height: clientHeight });
    note.hidden = !found;
    if (found) Object.assign(note.style, { left: `${Math.round(found.left)}px`, top: `${Math.round(found.top)}px` });
  }

  // The pointer is at a point of the window, over what `key` stands for. If it stays, `describe(done)` is asked for
  // {box, address, about}: where the image lies in the window, its picture, lines of text; null while there is nothing.
  function wait(key, at, describe) {
    if (wanted && wanted.key === key) { wanted.at = at; return; }
    hide();
    if (!note) make();
    const mine = { key, at };
    wanted = mine;
    Brandscape.clock.later(() => {
      if (wanted === mine) describe((found) => {
        if (wanted !== mine) return;
        if (!found) { hide(); return; }
        const picture = new Image();
        const end = (loaded) => { if (wanted === mine) show(loaded, found, mine.at); };
        picture.alt = "";
        picture.onload = () => end(picture);
        picture.onerror = () => end(null);
        picture.src = found.address;
      });
    }, WAIT);
  }

  const read = (image) => (done) => done({ address: image.currentSrc || image.src, about: (image.dataset.about || image.alt).split("\n") });
  function over({ target, pointerType, clientX, clientY }) {
    if (pointerType === "touch" || target.tagName !== "IMG") return;
    const describe = offers.get(target) || (target.closest(".plate") && read(target));
    if (!describe) return;
    wait(target, { x: clientX, y: clientY }, (done) => describe((found) => done(found && { ...found, box: target.getBoundingClientRect() })));
  }

  return {
    place,
    wait,
    hide,
    // An image of a page's script; `describe(done)` gives {address, about}.
    offer: (image, describe) => offers.set(image, describe),
    listen(page) {
      page.addEventListener("pointerover", over);
      page.addEventListener("pointerout", ({ target }) => { if (wanted && wanted.key === target) hide(); });
    },
  };
})();

Brandscape.starters.push((page) => Brandscape.preview.listen(page));
