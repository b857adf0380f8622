// Tables that can be sorted by a press on a column's head: by number, the largest first, and again the other way.
"use strict";

(() => {
  const valueOf = (row, column) => Number(row.cells[column].dataset.value);

  function sort(table, column, isDown) {
    const [body] = table.tBodies;
    const rows = [...body.rows].sort((one, other) => (valueOf(one, column) - valueOf(other, column)) * (isDown ? -1 : 1));
    body.append(...rows);
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      if (at === column) head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  Brandscape.starters.push((page) => {
    for (const table of page.querySelectorAll("table[data-sortable]")) {
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sorter";
        button.append(...head.childNodes);
        head.append(button);
        // names go from the first, figures from the largest
        const first = column ? "descending" : "ascending";
        button.addEventListener("click", () => {
          const now = head.getAttribute("aria-sort");
          sort(table, column, now ? now !== "descending" : first === "descending");
        });
      });
    }
  });
})();
