// Mouse, touch, trackpad and keys to a handful of intentions: pan, zoom, tap, hover, key.
"use strict";

Brandscape.listen = (canvas, { pan, zoom, tap, hover, key, fling, grab, now }) => {
  const TAP = 6; // CSS pixels a pointer may stray and still tap
  const DOUBLE = 300; // milliseconds between two taps
  const fingers = new Map();
  let strayed = false;
  let trail = [];
  let lastTap = { time: -1e9, x: 0, y: 0 };
  let pageScrolled = -1e9;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const middle = () => {
    const all = [...fingers.values()];
    return { x: all.reduce((sum, at) => sum + at.x, 0) / all.length, y: all.reduce((sum, at) => sum + at.y, 0) / all.length };
  };
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    strayed = fingers.size > 1;
    trail = [];
    grab();
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) { if (event.pointerType !== "touch") hover(at); return; }
    if (!strayed && Math.hypot(at.x - before.x, at.y - before.y) < TAP) return;
    if (fingers.size === 1) {
      strayed = true;
      pan(at.x - before.x, at.y - before.y);
      fingers.set(event.pointerId, at);
      trail.push({ time: now(), x: at.x, y: at.y });
    } else if (fingers.size === 2) {
      const [from, far] = [middle(), spread()];
      fingers.set(event.pointerId, at);
      const [to, near] = [middle(), spread()];
      pan(to.x - from.x, to.y - from.y);
      if (far > 0) zoom(to, near / far, false);
    }
  });
  const lift = (event) => {
    if (!fingers.has(event.pointerId)) return;
    const at = place(event);
    fingers.delete(event.pointerId);
    if (fingers.size) { trail = []; return; }
    if (event.type === "pointercancel") return;
    if (strayed) {
      const recent = trail.filter((point) => now() - point.time < 80);
      if (recent.length > 1) {
        const [first, last] = [recent[0], recent[recent.length - 1]];
        const time = Math.max(8, last.time - first.time);
        fling((last.x - first.x) / time, (last.y - first.y) / time);
      }
      return;
    }
    const double = now() - lastTap.time < DOUBLE && Math.hypot(at.x - lastTap.x, at.y - lastTap.y) < 24;
    lastTap = double ? { time: -1e9, x: 0, y: 0 } : { time: now(), ...at };
    if (double) zoom(at, 2, true);
    else tap(at);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hover(null));

  // a scroll of the page that carries the pointer over the viewer goes on scrolling the page
  window.addEventListener("scroll", () => { pageScrolled = now(); }, { passive: true });
  canvas.addEventListener("wheel", (event) => {
    if (now() - pageScrolled < 250 && !event.ctrlKey) { pageScrolled = now(); return; }
    const factor = Brandscape.camera.wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey);
    if (zoom(place(event), factor, false) || event.ctrlKey) event.preventDefault();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (key(event.key)) event.preventDefault();
  });
};
