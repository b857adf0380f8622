// Panels that open from a button, one at a time, and close by Escape, by their own button, or by a press elsewhere.
"use strict";

Brandscape.listenToPanels = (root) => {
  const panels = [...root.querySelectorAll("[data-opens]")].map((button) => ({
    button,
    panel: document.getElementById(button.getAttribute("aria-controls")),
  }));
  function set({ button, panel }, open) {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }
  for (const one of panels) {
    const { button, panel } = one;
    const close = () => { set(one, false); button.focus(); };
    button.addEventListener("click", () => {
      const open = panel.hidden;
      panels.forEach((other) => set(other, false));
      set(one, open);
      const first = panel.querySelector("input:not([tabindex])");
      if (open && first) first.focus();
    });
    panel.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      event.stopPropagation();
      close();
    });
    panel.querySelector("[data-done]").addEventListener("click", close);
    // the keyboard has gone on to what the panel may cover; a click on a label gives the focus to what holds both
    panel.parentElement.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !panel.parentElement.contains(relatedTarget) && !relatedTarget.contains(panel)) set(one, false);
    });
  }
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("[data-panel], [data-opens]")) panels.forEach((one) => set(one, false));
  });
};
