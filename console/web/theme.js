// Sets the theme before the first paint. The switch in the console takes over from there.
// A file of its own in <head>, because the Content-Security-Policy allows no inline script.
(() => {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
