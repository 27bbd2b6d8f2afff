// Starts the installed Chromium. It contacts only the laptop, so it works without a network.
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

export function binary() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch { /* the next one */ }
  }
  throw new Error("there is no Chromium: install it, or name it in CHROMIUM");
}

const start = (more, options) => chromium.launch({
  executablePath: binary(), headless: true, ...options,
  args: [...more, "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

export const launch = (...more) => start(more, {});

/** Starts a Chromium with the back/forward cache enabled. */
export const launchKeepingPages = () => start([], { ignoreDefaultArgs: ["--disable-back-forward-cache"] });
