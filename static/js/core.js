// The one namespace, and the door through which data scripts hand over what they hold.
"use strict";

const Brandscape = {
  // Data scripts call these; each keeps what it is given and tells whoever waits.
  data: (() => {
    const kept = { posts: null, mosaics: new Map(), details: new Map() };
    const waiting = new Map();
    const tell = (key, value) => {
      for (const done of waiting.get(key) || []) done(value);
      waiting.delete(key);
    };
    return {
      posts(columns) { kept.posts = columns; tell("posts", columns); },
      mosaic(mosaic) { kept.mosaics.set(mosaic.name, mosaic); tell(`mosaic ${mosaic.name}`, mosaic); },
      details(number, rows) { kept.details.set(number, rows); tell(`details ${number}`, rows); },
      kept,
      // Calls `done(rows)` once chunk `number` is there, loading `address` the first time; `failed()` if it is missing.
      whenDetails(number, address, done, failed) {
        const rows = kept.details.get(number);
        if (rows) { done(rows); return; }
        const key = `details ${number}`;
        if (waiting.has(key)) { waiting.get(key).push(done); return; }
        waiting.set(key, [done]);
        const script = document.createElement("script");
        script.src = address;
        script.onerror = () => { waiting.delete(key); failed(); };
        document.head.append(script);
      },
    };
  })(),
};

Brandscape.clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Little-endian typed arrays from base64; every machine that runs a browser is little-endian.
Brandscape.unpack = (text, Kind) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
};

if (typeof module !== "undefined") module.exports = Brandscape;
if (typeof globalThis !== "undefined") globalThis.Brandscape = Brandscape;
