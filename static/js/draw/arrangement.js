// Other orders of the same images: in blocks by brand or by cluster, in columns by date or by likes. Pure arithmetic.
// An arrangement is a mosaic as the map is one, over the same cells of the same size, and labels with their places.
"use strict";

Brandscape.arrangement = (() => {
  const APART = 0.04; // of the lines: between rows of blocks, where their labels stand

  // A group's posts in a block `lines` high: by their place on the map from left to right, and downwards in each
  // column, so that what looks alike stays together.
  function fold(mosaic, posts, lines) {
    const at = (post) => Brandscape.cells.placeOf(mosaic, mosaic.cellOf[post]);
    const sorted = [...posts].sort((one, other) => at(one).x - at(other).x || one - other);
    for (let start = 0; start < sorted.length; start += lines) {
      const column = sorted.slice(start, start + lines).sort((one, other) => at(one).y - at(other).y || one - other);
      column.forEach((post, index) => { sorted[start + index] = post; });
    }
    return sorted;
  }

  // Blocks in rows of `width` cells; a row is as high as its first and largest block is wide.
  function pack(groups, width, above) {
    const placed = [];
    let [column, line, high] = [0, above, 0];
    for (const group of groups) {
      let across = Math.ceil(group.posts.length / (high || 1));
      if (!high || column + across > width || group.isLast) {
        if (high) line += high + above;
        high = Math.max(1, Math.ceil(Math.sqrt(group.posts.length / 1.2)), Math.ceil(group.posts.length / width));
        across = Math.ceil(group.posts.length / high);
        column = 0;
      }
      placed.push({ ...group, column, line, columns: across, lines: high });
      column += across + 1;
    }
    const columns = Math.max(...placed.map((block) => block.column + block.columns));
    return { blocks: placed, columns, lines: line + high };
  }

  // The packing that fills a view of this aspect best.
  function makeBlocks(groups, aspect) {
    const sorted = [...groups].sort((one, other) => one.isLast - other.isLast || other.posts.length - one.posts.length);
    const count = sorted.reduce((sum, { posts }) => sum + posts.length, 0);
    let best = null;
    for (let width = Math.ceil(Math.sqrt(count * aspect) * 0.7); width <= Math.sqrt(count * aspect) * 2.5 + 4; width += 1) {
      // what one row of cells stands apart takes of the whole grows with the rows that stand apart
      const close = pack(sorted, width, 0);
      const rows = new Set(close.blocks.map(({ line }) => line)).size;
      const above = Math.ceil((APART * Math.max(close.lines, close.columns / aspect)) / (1 - Math.min(APART * rows, 0.6)));
      const packed = pack(sorted, width, above);
      packed.room = Math.max(packed.columns / aspect, packed.lines);
      if (!best || packed.room < best.room) best = packed;
    }
    return best;
  }

  // Columns that stand on one line; as many cells wide as suits the view.
  function makeColumns(groups, aspect) {
    const most = Math.max(...groups.map(({ posts }) => posts.length));
    let best = null;
    for (let wide = 1; wide <= Math.ceil(Math.sqrt(most * aspect)); wide += 1) {
      const lines = Math.ceil(most / wide);
      const columns = groups.length * (wide + 1) - 1;
      const room = Math.max(columns / aspect, lines * (1 + 2 * APART));
      if (!best || room < best.room) best = { wide, lines, columns, room };
    }
    const below = Math.max(1, Math.round(best.lines * APART));
    const blocks = groups.map((group, index) => {
      const high = Math.ceil(group.posts.length / best.wide);
      return { ...group, column: index * (best.wide + 1), line: best.lines - high, columns: best.wide, lines: high };
    });
    return { blocks, columns: best.columns, lines: best.lines + below, base: best.lines };
  }

  // Which cells of which tiles hold something, level by level, from the deepest.
  function markTiles(mosaic, cells) {
    const tiles = new Map();
    for (let level = mosaic.last; level >= mosaic.first; level -= 1) {
      const span = Brandscape.pyramid.span(mosaic, level);
      const grid = { columns: Math.ceil(mosaic.columns / span), rows: Math.ceil(mosaic.lines / span) };
      grid.bits = new Uint8Array(Math.ceil((grid.columns * grid.rows) / 8));
      for (const cell of cells) {
        const bit = Math.floor(Math.floor(cell / mosaic.columns) / span) * grid.columns + Math.floor((cell % mosaic.columns) / span);
        grid.bits[bit >> 3] |= 1 << (bit & 7);
      }
      tiles.set(level, grid);
    }
    return tiles;
  }

  // Images of `map` in other cells, at levels that the map has too.
  function lay(map, { columns, lines, postAt, cellOf, members }) {
    // one tile that holds all, but no level that the map lacks and none whose cells are finer than a pixel
    const steps = Math.max(0, Math.ceil(Math.log2((Math.max(columns, lines) * map.cell) / map.tile)));
    const first = Math.max(map.first, map.last - Math.min(steps, Math.log2(map.cell)));
    const mosaic = { ...map, columns, lines, first, postAt, cellOf, members };
    return { ...mosaic, tiles: markTiles(mosaic, Array.from(members, (post) => cellOf[post])) }; // members may be bytes, cells not
  }

  // `groups`, [{label, posts}] without empty ones, as blocks ("block") or columns ("column"), for a view `aspect`
  // times as wide as high: a mosaic with `labels`, [{text, count, column, columns, line, lines, isBelow}].
  function make(map, groups, shape, aspect) {
    const { blocks, columns, lines, base } = shape === "block" ? makeBlocks(groups, aspect) : makeColumns(groups, aspect);
    const postAt = new Int32Array(columns * lines).fill(-1);
    const cellOf = new Int32Array(map.cellOf.length).fill(-1);
    const labels = blocks.map((block) => {
      const order = shape === "block" ? fold(map, block.posts, block.lines) : block.posts;
      order.forEach((post, index) => {
        // a block fills column by column; a column fills line by line from its foot
        const column = block.column + (shape === "block" ? Math.floor(index / block.lines) : index % block.columns);
        const line = shape === "block" ? block.line + (index % block.lines) : base - 1 - Math.floor(index / block.columns);
        const cell = line * columns + column;
        postAt[cell] = post;
        cellOf[post] = cell;
      });
      const { column, columns: across, line, lines: high } = block;
      return { text: block.label, count: block.posts.length, column, columns: across, line, lines: high, isBelow: shape === "column" };
    });
    return { ...lay(map, { columns, lines, postAt, cellOf, members: map.members }), labels };
  }

  // The members of `map` in groups by `of`, in the order of `labels`; empty groups are left out, and `last`, if there
  // is such a group, comes after all. Posts of a group stay in the order of `rank`.
  function groupBy(map, of, labels, rank, last = -1) {
    const posts = labels.map(() => []);
    for (const post of [...map.members].sort(rank)) if (posts[of[post]]) posts[of[post]].push(post);
    return labels.map((label, index) => ({ label, posts: posts[index], isLast: index === last ? 1 : 0 })).filter((one) => one.posts.length);
  }

  return { make, lay, group: groupBy };
})();
