// Other forms of a map: turned for a tall screen, and with its gaps closed to a wall of images. Pure arithmetic.
"use strict";

Brandscape.forms = (() => {
  const CLOSEST = 4; // steps from the map as it is to a wall without gaps

  // Lines become columns, so that all neighbours stay neighbours, and tiles stay tiles.
  function swap({ columns, lines, members, cellOf }) {
    const swapped = { columns: lines, lines: columns, members, postAt: new Int32Array(columns * lines).fill(-1), cellOf: new Int32Array(cellOf.length).fill(-1) };
    for (const post of members) {
      const cell = (cellOf[post] % columns) * lines + Math.floor(cellOf[post] / columns);
      swapped.postAt[cell] = post;
      swapped.cellOf[post] = cell;
    }
    return swapped;
  }

  // The members in the order of `first`, and within it of `second`, which hold whole numbers from 0.
  function sort(count, first, second) {
    const of = Float64Array.from({ length: count }, (_, index) => (first[index] * 65536 + second[index]) * 2097152 + index);
    return Int32Array.from(of.sort(), (key) => key % 2097152);
  }

  // Moves those of `order` between two places that lie before the middle to the front; all keep their order.
  function part(order, from, to, isBefore, spare) {
    let [front, back] = [from, 0];
    for (let at = from; at < to; at += 1) {
      if (isBefore[order[at]]) { order[front] = order[at]; front += 1; } else { spare[back] = order[at]; back += 1; }
    }
    order.set(spare.subarray(0, back), front);
  }

  // Columns and lines of a lattice of about this aspect with at least `cells` cells, and as few more as can be.
  function chooseSides(cells, aspect) {
    const ideal = Math.sqrt(cells * aspect);
    let best = null;
    for (let across = Math.max(1, Math.ceil(ideal * 0.92)); across <= Math.ceil(ideal * 1.08); across += 1) {
      const down = Math.ceil(cells / across);
      const cost = across * down - cells + Math.abs(across - ideal) / ideal; // of equal ones the nearest
      if (!best || cost < best.cost) best = { across, down, cost };
    }
    return best;
  }

  // The mosaic on a lattice of the same shape, `step` of CLOSEST steps nearer to one without an empty cell. The lattice is
  // halved until each cell is alone; where a half has too little room, those nearest to the middle cross it.
  function close({ columns, lines, members, cellOf }, step) {
    const count = members.length;
    const fill = count / (columns * lines);
    const cells = count / (fill + ((1 - fill) * step) / CLOSEST);
    const { across, down } = chooseSides(cells, columns / lines);
    const x = Int32Array.from(members, (post) => cellOf[post] % columns);
    const y = Int32Array.from(members, (post) => Math.floor(cellOf[post] / columns));
    const scale = [columns > 1 ? (across - 1) / (columns - 1) : 0, lines > 1 ? (down - 1) / (lines - 1) : 0];
    const orders = [sort(count, x, y), sort(count, y, x)];
    const [isBefore, spare] = [new Uint8Array(count), new Int32Array(count)];
    const made = { columns: across, lines: down, members, postAt: new Int32Array(across * down).fill(-1), cellOf: new Int32Array(cellOf.length).fill(-1) };
    const todo = [{ from: 0, to: count, left: 0, top: 0, right: across, bottom: down }];
    while (todo.length) {
      const { from, to, left, top, right, bottom } = todo.pop();
      if (from === to) continue;
      if (right - left === 1 && bottom - top === 1) {
        const post = members[orders[0][from]];
        made.postAt[top * across + left] = post;
        made.cellOf[post] = top * across + left;
        continue;
      }
      const isAcross = right - left >= bottom - top;
      const middle = isAcross ? (left + right) >> 1 : (top + bottom) >> 1;
      const [own, other] = isAcross ? orders : [orders[1], orders[0]];
      const place = isAcross ? x : y;
      const factor = scale[isAcross ? 0 : 1];
      const room = [isAcross ? (middle - left) * (bottom - top) : (middle - top) * (right - left), isAcross ? (right - middle) * (bottom - top) : (bottom - middle) * (right - left)];
      let cut = from;
      while (cut < to && place[own[cut]] * factor < middle - 0.5) cut += 1;
      cut = Brandscape.clamp(cut, to - room[1], from + room[0]);
      for (let at = from; at < to; at += 1) isBefore[own[at]] = at < cut ? 1 : 0;
      part(other, from, to, isBefore, spare);
      todo.push({ from, to: cut, left, top, right: isAcross ? middle : right, bottom: isAcross ? bottom : middle });
      todo.push({ from: cut, to, left: isAcross ? middle : left, top: isAcross ? top : middle, right, bottom });
    }
    return made;
  }

  // The form of a mosaic for a screen of this `shape`, so many steps closer than it is.
  function make(mosaic, shape, step) {
    const closed = step ? close(mosaic, step) : mosaic;
    return shape === "tall" ? swap(closed) : closed;
  }

  // A camera's place on a turned map, and back.
  const turn = (camera) => camera && { ...camera, x: camera.y, y: camera.x };

  return { CLOSEST, make, turn };
})();
