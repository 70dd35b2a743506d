/// The page's script: shows the table row of the mark that is pointed at, focused or clicked.
///
/// Without it everything is there in the tables.
package enum PageScript {
  package static let text: StaticString = #"""
    "use strict";
    for (const section of document.querySelectorAll("[data-explorer]")) {
      const panel = section.querySelector("[data-panel]");
      if (!panel) continue;
      const hint = panel.firstElementChild;
      const marks = [...section.querySelectorAll("[data-row]")];
      let pinned = null;
      let shown = null;

      const show = mark => {
        if (shown === mark) return;
        if (shown) shown.classList.remove("shown");
        shown = mark;
        panel.classList.toggle("showing", Boolean(mark));
        if (!mark) return panel.replaceChildren(hint);
        mark.classList.add("shown");
        const row = document.getElementById(mark.dataset.row);
        const names = row.closest("table").querySelectorAll("thead th");
        const list = document.createElement("dl");
        [...row.cells].forEach((cell, index) => {
          if (!cell.textContent) return;
          const pair = document.createElement("div");
          const name = document.createElement("dt");
          const value = document.createElement("dd");
          name.textContent = names[index].textContent;
          value.textContent = cell.textContent;
          pair.append(name, value);
          list.append(pair);
        });
        panel.replaceChildren(list);
      };
      const pin = mark => {
        if (pinned) pinned.setAttribute("aria-pressed", "false");
        pinned = mark;
        if (mark) mark.setAttribute("aria-pressed", "true");
        show(mark);
      };

      for (const mark of marks) {
        // Not where the page moves under a pointer that rests.
        mark.addEventListener("pointermove", event => {
          if (!pinned && (event.movementX || event.movementY)) show(mark);
        });
        mark.addEventListener("focus", () => { if (!pinned) show(mark); });
        mark.addEventListener("click", () => pin(pinned === mark ? null : mark));
      }
      // One stop of the Tab key for each row of marks; arrows walk through all of them.
      for (const bar of section.querySelectorAll("[role=toolbar]")) {
        bar.querySelectorAll("[data-row]").forEach((mark, index) => { mark.tabIndex = index ? -1 : 0; });
      }
      section.addEventListener("keydown", event => {
        if (event.key === "Escape") return pin(null);
        const place = marks.indexOf(document.activeElement);
        if (place < 0) return;
        const next = {
          ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1,
          Home: 0, End: marks.length - 1,
        }[event.key];
        if (next === undefined || !marks[next]) return;
        event.preventDefault();
        marks[next].focus();
      });
    }
    const folded = () => document.querySelectorAll("details:not([open])");
    addEventListener("beforeprint", () => {
      for (const part of folded()) { part.open = true; part.dataset.printed = ""; }
    });
    addEventListener("afterprint", () => {
      for (const part of document.querySelectorAll("[data-printed]")) {
        part.open = false;
        delete part.dataset.printed;
      }
    });
    """#
}
