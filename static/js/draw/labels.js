// The names of an arrangement's blocks and columns: what of each there is room for, and where. Sizes are device pixels.
// Pure, but for the widths of texts.
"use strict";

Brandscape.labels = (() => {
  const SIZE = 12; // CSS pixels
  const ROOM = 6; // CSS pixels around a name
  const LEAST_SAID = 5; // letters of a name that is cut

  // As much of a text as is no wider than `width`; "" where that would say too little.
  function cut(text, width, measure) {
    let said = text;
    while (said && measure(said === text ? said : `${said}…`) > width) said = said.slice(0, -1).trimEnd();
    if (said === text) return said;
    return said.length < LEAST_SAID ? "" : `${said}…`;
  }

  // The names to draw, [{text, x, y, width, isOver}], with x at their start and y at their foot; `isOver` says that one
  // lies over images. They stay in view for as long as what they name. Each has the room of its block or column; below
  // columns that are too narrow even for a cut name, as many whole names as have room side by side stand for all.
  function choose(labels, ratio, place, measure) {
    const [size, room] = [SIZE * ratio, ROOM * ratio];
    const roomOf = ({ column, columns }) => place.x(column + columns + 1) - place.x(column) - room;
    const isNarrow = labels.some((label) => label.isBelow && !cut(label.text, roomOf(label), measure));
    const chosen = [];
    let free = -Infinity;
    for (const label of labels) {
      const [left, right] = [place.x(label.column), place.x(label.column + label.columns + 1) - room];
      const [top, bottom] = [place.y(label.line), place.y(label.line + label.lines)];
      if (left > place.width || right < 2 * room || bottom < 0 || top - size - 2 * room > place.height) continue;
      const text = isNarrow ? label.text : cut(label.text, right - Math.max(left, room), measure);
      if (!text) continue;
      const width = measure(text);
      const x = Math.max(Math.min(left, isNarrow ? place.width - room - width : left), room);
      if (x < free) continue;
      if (isNarrow) free = x + width + 2 * room;
      const y = label.isBelow ? Math.min(bottom + size + room / 2, place.height - room) : Math.max(top - room, size + room);
      chosen.push({ text, x, y, width, isOver: label.isBelow ? y < bottom + size : y > top });
    }
    return chosen;
  }

  return { SIZE, ROOM, choose };
})();
