// Paths of the edition for e-mail: mail systems refuse scripts by their names, and one pyramid serves all mosaics.
"use strict";

Object.assign(Brandscape.files, {
  data: (base, name) => `${base}data/${name}.txt`,
  tile: (base, mosaic, key) => `${base}mosaics/${mosaic}_files/${key}.webp`,
  flat: () => "data:,",
  picture: (base, name) => `${base}images/${name}.webp`,
});
