// Decides what the first paint shows: the theme, and the sign-in or the frame of the console. Both are in index.html.
// A file of its own in <head>, because the Content-Security-Policy allows no inline script.
(() => {
  const root = document.documentElement;
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  // Somebody is probably signed in if the tab keeps a refresh token, or has just come back from the sign-in.
  const known = sessionStorage.getItem("arxkeys.session") !== null || location.pathname === "/callback";
  root.dataset.first = known ? "frame" : "sign-in";
  const page = location.pathname.split("/")[1];
  root.dataset.page = ["keys", "applications", "arxes", "activity", "access"].includes(page) && location.pathname === `/${page}` ? "list" : page ? "other" : "overview";

  // The switch works before the program runs, and is the same one afterwards.
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
