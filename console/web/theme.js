// Sets the theme before the first paint, and changes it: the switch works before the program runs, and is the same one
// afterwards. A file of its own in <head>, because the Content-Security-Policy allows no inline script.
(() => {
  const root = document.documentElement;
  let theme;
  try { theme = localStorage.getItem("theme"); } catch { /* the browser stores nothing: first.js says so */ }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const press = () => {
    const chosen = root.dataset.theme ?? "auto";
    for (const button of document.querySelectorAll(".theme button")) button.setAttribute("aria-pressed", String(button.value === chosen));
  };
  addEventListener("DOMContentLoaded", press);
  addEventListener("click", (event) => {
    const button = event.target.closest?.(".theme button");
    if (!button) return;
    localStorage.setItem("theme", button.value);
    if (button.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = button.value;
    press();
  });
})();
