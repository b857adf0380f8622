// A whole report in one file: all its pages lie in it, one at a time is in the document; the address says which, before
// the state of its viewer: #page=brands/x.html&v=…
"use strict";

(() => {
  const { data, files, place, starters } = Brandscape;
  const FIRST = "index.html";
  const blocks = new Map(); // name -> what a block of the file holds
  const sections = new Map(); // path -> the page's element
  const viewers = new Map(); // path -> its viewers, from when it is first shown
  const recalls = new Map(); // root of a viewer -> what takes its state from the address
  const scrolled = new Map(); // address left -> how far the page was scrolled
  let current = "";
  let hash = "";
  let isLink = false;

  // The content of a block; it is read once, then its text is removed.
  function read(name) {
    const block = document.getElementById(`block=${name}`);
    if (block) { blocks.set(name, JSON.parse(block.textContent)); block.remove(); }
    return blocks.get(name);
  }
  function runNow(name) {
    const call = read(name);
    if (call && !data.get(name.replace("-", " "))) data[call[0]](...call.slice(1));
    return call !== undefined;
  }

  Object.assign(files, {
    data: (base, name) => name,
    tile: (base, mosaic, key) => `data:image/webp;base64,${read("map-tiles")[key]}`,
    flat: () => "data:,",
    picture: (base, name) => `data:image/webp;base64,${read("post-pictures")[name]}`,
    page: (base, path, state = "") => `#page=${path}${state && `&${state}`}`,
    // later, as a script would: the caller has not finished yet
    run: (name, failed) => window.setTimeout(() => { if (!runNow(name)) failed(); }, 0),
  });

  function parse(text) {
    const [, path, state] = text.match(/^#page=([^&]*)&?(.*)/s) || [];
    if (path !== undefined) return { path: sections.has(decodeURI(path)) ? decodeURI(path) : FIRST, state };
    return { path: Brandscape.address.isOurs(text) ? FIRST : current || FIRST, state: text.slice(1) };
  }
  const stateOf = (text) => { const { state } = parse(text); return state && `#${state}`; };

  Object.assign(place, {
    read: () => stateOf(location.hash),
    write: (state, isStep) => {
      hash = files.page("", current, state);
      window.history[isStep ? "pushState" : "replaceState"](null, "", hash);
    },
    link: (state) => location.href.split("#")[0] + files.page("", current, state),
    follow: (root, recall) => recalls.set(root, recall),
  });

  function prepare(path, section) {
    for (const image of section.querySelectorAll("img[data-picture]")) image.src = files.picture("", image.dataset.picture);
    for (const image of section.querySelectorAll("img[data-copy]")) {
      image.src = sections.get(image.dataset.copy).querySelector("[data-overview]").src;
    }
    for (const { dataset } of section.querySelectorAll("[data-viewer]")) ["posts", "mosaic-all", `mosaic-${dataset.mosaic}`].forEach(runNow);
    for (const start of starters) start(section);
    viewers.set(path, Brandscape.viewers);
  }

  // Puts a page in the place of the one that is shown; false where it is that one.
  function show(path) {
    if (path === current) return false;
    for (const viewer of viewers.get(current) || []) if (viewer) viewer.rest();
    if (current) sections.get(current).remove();
    const section = sections.get(path);
    current = path;
    document.getElementById("content").append(section);
    document.title = section.dataset.title;
    document.querySelector("[data-skips]").hidden = !section.querySelector(".viewer__canvas");
    const [at, value] = (section.dataset.current || "").split(" ");
    document.querySelectorAll(".site-head a").forEach((link, index) => {
      if (String(index) === at) link.setAttribute("aria-current", value);
      else link.removeAttribute("aria-current");
    });
    if (!viewers.has(path)) prepare(path, section);
    else {
      Brandscape.viewers = viewers.get(path);
      for (const { root } of Brandscape.viewers.filter(Boolean)) recalls.get(root)();
    }
    return true;
  }

  // Shows what the address names, and scrolls there.
  function follow() {
    if (current) scrolled.set(hash, window.scrollY);
    const wasLink = isLink;
    [hash, isLink] = [location.hash, false];
    const { path, state } = parse(hash);
    const isNew = show(path);
    const named = document.getElementById(decodeURI(hash.slice(1)));
    const [viewer] = Brandscape.viewers.filter(Boolean);
    if (!isNew && viewer) recalls.get(viewer.root)();
    if (!wasLink && scrolled.has(hash)) window.scrollTo(0, scrolled.get(hash));
    else if (named) named.scrollIntoView();
    else if (isNew && state && viewer && Brandscape.address.isOurs(state)) viewer.root.scrollIntoView({ block: "center" });
    else if (isNew) window.scrollTo(0, 0);
    if (isNew && wasLink) document.getElementById("content").focus({ preventScroll: true });
  }

  // Hands over a file that lies in this one.
  function save(name) {
    const [kind, content] = read(name);
    const link = document.createElement("a");
    [link.href, link.download] = [`data:${kind};base64,${content}`, name.split("/").pop()];
    link.click();
  }

  Brandscape.start = () => {
    for (const section of document.querySelectorAll("[data-page]")) {
      sections.set(section.dataset.page, section);
      section.removeAttribute("id"); // or the browser would scroll there, past the report's head
      section.remove();
    }
    window.history.scrollRestoration = "manual";
    const { address: wanted } = document.documentElement.dataset;
    if (wanted) window.history.replaceState(null, "", wanted);
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link || event.defaultPrevented) return;
      const address = link.getAttribute("href"); // links in drawings have no `hash`
      isLink = address.startsWith("#page=") && address !== location.hash;
      if (link.dataset.file) save(link.dataset.file);
      if (link.dataset.file) { isLink = false; event.preventDefault(); }
    });
    window.addEventListener("popstate", follow);
    follow();
  };
})();
