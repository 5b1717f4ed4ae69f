// Before anything is drawn, so that a page does not flash in the other colors. No module, since those wait.
(() => {
  try {
    const theme = localStorage.getItem("tenon.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system decides.
  }
})();
