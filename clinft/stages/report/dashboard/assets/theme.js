// Before the page is drawn: the look that its reader chose. Nothing is stored unless they choose one.
"use strict";
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("clinft-theme");
  } catch {
    // A browser that stores nothing follows the system.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
