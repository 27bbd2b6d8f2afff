// Sets the theme before the first paint, and changes it: the switch works before the program runs, and is the same one
// afterwards. A file of its own in <head>, because the Content-Security-Policy allows no inline script.
(() => {
  const root = document.documentElement;
  let theme;
  try { theme = localStorage.getItem("theme"); } catch { /* the browser stores nothing: first.js says so */ }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // The browser's own bar has the colour of the theme, too.
  const bars = [...document.querySelectorAll("meta[name=theme-color]")].map((meta, i) => [meta, ["light", "dark"][i]]);
  const paint = () => {
    const { theme } = root.dataset;
    for (const [meta, scheme] of bars) meta.media = theme ? (theme === scheme ? "all" : "not all") : `(prefers-color-scheme: ${scheme})`;
  };
  paint();

  const press = () => {
    const chosen = root.dataset.theme ?? "auto";
    for (const button of document.querySelectorAll(".theme button")) button.setAttribute("aria-pressed", String(button.value === chosen));
  };
  addEventListener("DOMContentLoaded", press);
  addEventListener("click", (event) => {
    const button = event.target.closest?.(".theme button");
    if (!button) return;
    try { localStorage.setItem("theme", button.value); } catch { /* it lasts until the next page */ }
    if (button.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = button.value;
    press();
    paint();
  });
})();
