// What a page can do beyond being read: choose light or dark, sort and filter the table of runs.
"use strict";
(() => {
  const THEMES = ["auto", "light", "dark"];
  const ARROWS = { ascending: "▲", descending: "▼", none: "" };

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const themeButton = () => {
    const root = document.documentElement;
    const button = element("button", { type: "button", class: "theme" });
    const tell = () => {
      const now = root.dataset.theme || "auto";
      button.textContent = `Theme: ${now}`;
    };
    button.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
      if (next === "auto") delete root.dataset.theme;
      else root.dataset.theme = next;
      try {
        if (next === "auto") localStorage.removeItem("clinft-theme");
        else localStorage.setItem("clinft-theme", next);
      } catch {
        // It lasts until the page is left, then.
      }
      tell();
    });
    tell();
    document.querySelector("header.site").append(button);
  };

  const keyOf = (cell, how) => {
    if (how === "number") return cell.dataset.v === undefined ? null : Number(cell.dataset.v);
    const time = cell.querySelector("time");
    return (time ? time.dateTime : cell.textContent).trim().toLowerCase() || null;
  };

  // What is not known stands last, whichever way the rest is sorted.
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0);
  };

  const sortable = (table) => {
    const headings = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    headings.forEach((heading, column) => {
      const arrow = element("span", { class: "arrow", "aria-hidden": "true" });
      const button = element("button", { type: "button" }, heading.textContent, arrow);
      heading.replaceChildren(button);
      heading.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const way = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        const sign = way === "ascending" ? 1 : -1;
        const keyed = [...body.rows].map((row) => [keyOf(row.cells[column], heading.dataset.sort), row]);
        keyed.sort((one, other) => compare(one[0], other[0], sign));
        body.append(...keyed.map(([, row]) => row));
        for (const each of headings) {
          const now = each === heading ? way : "none";
          each.setAttribute("aria-sort", now);
          each.querySelector(".arrow").textContent = ARROWS[now];
        }
      });
    });
  };

  const filterable = (table) => {
    const box = document.querySelector(".filter");
    const field = box.querySelector("input");
    const count = box.querySelector(".count");
    const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
    const none = element("p", { class: "empty", hidden: "" }, "No run matches.");
    table.parentElement.after(none);
    const apply = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      none.hidden = shown > 0;
      const all = `${rows.length} ${rows.length === 1 ? "run" : "runs"}`;
      count.textContent = words.length ? `${shown} of ${all}` : all;
    };
    field.addEventListener("input", apply);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && field.value) {
        field.value = "";
        apply();
        event.preventDefault();
      }
    });
    box.hidden = false;
    apply();
  };

  // On a phone rows are cards: each cell says which column it is of, and stays a cell for a screen reader.
  const labelled = (table) => {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    table.setAttribute("role", "table");
    for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, column) => {
        const head = row.parentElement === table.tHead;
        cell.setAttribute("role", head ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "cell");
        if (!head) cell.dataset.of = names[column];
      });
    }
  };

  themeButton();
  for (const table of document.querySelectorAll("table.runs")) {
    labelled(table);
    filterable(table);
    sortable(table);
  }
  document.documentElement.dataset.ready = "yes";
})();
