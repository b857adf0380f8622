// The buttons around the canvas: zoom, map and order, compare, select, copy link.
"use strict";

Brandscape.makeControls = ({ root, canvas, records, words, number, later, zoomIn, zoomOut, fit, arrange, close, compare, switchNames, drawMode, address, say }) => {
  const SAID = 1600; // milliseconds that a button says what it did
  const part = (name) => root.querySelector(`[data-${name}]`);
  const orders = [...root.querySelectorAll("[data-order]")];
  const [compares, naming, lassoes, links, gaps, fields] = ["compares", "names", "lassoes", "links", "gaps", "field-orders"].map(part);
  // the same as choices, where there is no room for buttons
  const [mapChoice, orderChoice] = ["map-choice", "order-choice"].map(part);

  part("zoom-in").addEventListener("click", zoomIn);
  part("zoom-out").addEventListener("click", zoomOut);
  part("fit").addEventListener("click", fit);
  lassoes.addEventListener("click", drawMode);
  if (compares) compares.addEventListener("click", compare);
  if (naming) naming.addEventListener("click", switchNames);
  gaps.max = Brandscape.forms.CLOSEST;
  gaps.addEventListener("input", () => close(Number(gaps.value)));
  for (const order of orders) {
    order.disabled = (order.value === "date" && !records.bins.day.starts.length) || (order.value === "likes" && !records.bins.likes.starts.length);
    order.parentElement.hidden = order.disabled;
    if (order.disabled) orderChoice.querySelector(`[value="${order.value}"]`).remove();
    order.addEventListener("change", () => arrange(order.value));
  }
  for (const choice of [fields, mapChoice, orderChoice]) if (choice) choice.addEventListener("change", () => arrange(choice.value || "map"));
  Brandscape.makeBarFolds(root);
  links.addEventListener("click", () => {
    const text = links.textContent;
    Brandscape.copyText(Brandscape.place.link(address()), (copied) => {
      links.textContent = copied ? words.copied : words.copy_failed;
      say(links.textContent);
      if (links.textContent !== text) later(() => { links.textContent = text; }, SAID);
    });
  });

  return {
    offersOrder: (kind) => orders.some(({ value, disabled }) => value === kind && !disabled) || (fields !== null && [...fields.options].some(({ value }) => value && value === kind)),
    offersCompare: compares !== null,
    offersNames: naming !== null,
    showOrder(kind) {
      for (const order of orders) order.checked = order.value === kind;
      if (fields) fields.value = kind.startsWith("field-") ? kind : "";
      const isMap = kind === "map" || kind.startsWith("map-");
      if (mapChoice) mapChoice.value = isMap ? kind : "";
      orderChoice.value = isMap ? "map" : kind;
    },
    // Only a map has gaps to close.
    showClosed(step, isMap) {
      gaps.value = step;
      gaps.disabled = !isMap;
    },
    showCompare(is) { if (compares) compares.setAttribute("aria-pressed", String(is)); },
    showNames(is) { if (naming) naming.setAttribute("aria-pressed", String(is)); },
    showDrawMode(is) {
      lassoes.setAttribute("aria-pressed", String(is));
      canvas.classList.toggle("is-drawing", is);
    },
    showPicked(count) { part("lists").querySelector("span").textContent = count ? ` (${number(count)})` : ""; },
  };
};
