// Mouse, touch, trackpad and keys to a handful of intentions: carry, tap, zoom, fling, hover, key, draw a line, pick.
"use strict";

Brandscape.listen = (canvas, { grab, carry, zoom, slide, tap, fling, hover, draw, pick, isDrawing, key, now, later }) => {
  const STRAY = 6; // CSS pixels a pointer may stray and still tap
  const DOUBLE = 250; // milliseconds in which a second tap makes a double one
  const NEAR = 24; // CSS pixels between the two
  const SCROLLED = 250; // milliseconds after a scroll of the page that the wheel goes on scrolling it
  const RECENT = 80; // milliseconds of a drag that give its speed
  const STEP = 3; // CSS pixels between two points of a drawn line
  const fingers = new Map(); // id -> {x, y}: where its pan has come to; {seen}: where it is, while it may still tap
  let strayed = false;
  let trail = [];
  let line = null; // what a pointer draws instead of carrying
  let waiting = null; // a tap that may become a double one
  let pageScrolled = -Infinity;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);
  function pinch() {
    const [one, other] = [...fingers.values()];
    return { middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, spread: Math.max(1, distance(one, other)) };
  }
  function dropLine() {
    if (line) draw(null, false);
    line = null;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    // the first finger's small strays count from here, or the view would jump when the second lands
    for (const [id, { seen }] of fingers) if (seen) fingers.set(id, seen);
    dropLine();
    const at = place(event);
    if (!fingers.size && (event.shiftKey || isDrawing())) line = [at];
    fingers.set(event.pointerId, at);
    strayed = fingers.size > 1;
    trail = [];
    grab(at);
  });

  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) { if (event.pointerType !== "touch") hover(at); return; }
    if (!strayed && distance(at, before) < STRAY) { before.seen = at; return; }
    strayed = true;
    if (line) {
      if (distance(at, line[line.length - 1]) < STEP) return;
      line.push(at);
      draw(line, false);
    } else if (fingers.size === 1) {
      carry(before, at, 1);
      fingers.set(event.pointerId, at);
      trail.push({ time: now(), ...at });
    } else if (fingers.size === 2) {
      const from = pinch();
      fingers.set(event.pointerId, at);
      const to = pinch();
      carry(from.middle, to.middle, to.spread / from.spread);
    }
  });

  function lift(event) {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size) { trail = []; return; }
    if (event.type === "pointercancel") { dropLine(); return; }
    if (line) {
      if (line.length > 2) draw(line, true); else pick(place(event));
      line = null;
    } else if (strayed) release(); else press(place(event));
  }
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hover(null));

  function release() {
    const recent = trail.filter((point) => now() - point.time < RECENT);
    if (recent.length < 2) return;
    const [first, last] = [recent[0], recent[recent.length - 1]];
    const time = Math.max(8, last.time - first.time);
    fling((last.x - first.x) / time, (last.y - first.y) / time);
  }

  function press(at) {
    if (waiting && distance(at, waiting) < NEAR) {
      waiting = null;
      zoom(at, 2, true);
      return;
    }
    waiting = at;
    later(() => { if (waiting === at) { waiting = null; tap(at); } }, DOUBLE);
  }

  // a scroll of the page that carries the pointer over the viewer goes on scrolling the page, and so does a zoom that
  // has come to its end
  window.addEventListener("scroll", () => { pageScrolled = now(); }, { passive: true });
  canvas.addEventListener("wheel", (event) => {
    if (now() - pageScrolled < SCROLLED && !event.ctrlKey) { pageScrolled = now(); return; }
    // a trackpad's sideways strokes pan, and must not turn the browser's pages
    const isSideways = !event.ctrlKey && Math.abs(event.deltaX) > 2 * Math.abs(event.deltaY);
    if (isSideways) { if (slide(-event.deltaX)) event.preventDefault(); return; }
    // a mouse wheel turns by notches, which glide; a trackpad's small steps are smooth by themselves
    const isSmooth = !event.ctrlKey && Brandscape.camera.isNotch(event);
    if (zoom(place(event), Brandscape.camera.wheelFactor(event), isSmooth) || event.ctrlKey) event.preventDefault();
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (key(event.key, event.shiftKey)) event.preventDefault();
  });
};
