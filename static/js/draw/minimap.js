// The whole mosaic in a corner, with a frame around what is in view; a press or a drag looks there.
"use strict";

Brandscape.makeMinimap = ({ canvas, onlook }) => {
  const LONGEST = 168; // CSS pixels
  const pen = canvas.getContext("2d");
  let size = { width: 0, height: 0, scale: 0 };
  let picture = null; // of the whole mosaic, kept while what it is made from stays the same
  let made = {};

  function paint(overview, mask, width, height) {
    if (picture && made.overview === overview && made.mask === mask && picture.width === width && picture.height === height) return;
    made = { overview, mask };
    picture = Object.assign(document.createElement("canvas"), { width, height });
    const picturePen = picture.getContext("2d");
    picturePen.drawImage(overview, 0, 0, width, height);
    picturePen.drawImage(mask, 0, 0, width, height);
  }

  function press(event) {
    if (event.buttons !== 1 && event.type !== "pointerdown") return;
    const box = canvas.getBoundingClientRect();
    onlook({ x: (event.clientX - box.left) / size.scale, y: (event.clientY - box.top) / size.scale });
  }
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); press(event); });
  canvas.addEventListener("pointermove", press);

  return {
    draw({ mosaic, overview }, mask, camera, view, colours) {
      const scale = LONGEST / Math.max(mosaic.columns, mosaic.lines);
      const ratio = Math.min(2, view.ratio);
      size = { width: Math.round(mosaic.columns * scale), height: Math.round(mosaic.lines * scale), scale };
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (canvas.width !== width || canvas.height !== height) {
        [canvas.width, canvas.height] = [width, height];
        [canvas.style.width, canvas.style.height] = [`${size.width}px`, `${size.height}px`];
      }
      paint(overview, mask, width, height);
      pen.drawImage(picture, 0, 0);
      const [across, down] = [(view.width - view.right) / camera.scale, (view.height - view.bottom) / camera.scale];
      const at = (cells, most) => Brandscape.clamp(cells * scale * ratio, 0, most);
      const [left, top] = [camera.x - view.width / 2 / camera.scale, camera.y - view.height / 2 / camera.scale];
      const [right, bottom] = [at(left + across, width), at(top + down, height)];
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.5 * ratio;
      pen.strokeRect(at(left, width) + ratio, at(top, height) + ratio, Math.max(3, right - at(left, width) - 2 * ratio), Math.max(3, bottom - at(top, height) - 2 * ratio));
    },
  };
};
