// What the browser tests share: a laptop, a browser, sign-in, locators, and the errors that the browser logged.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launch } from "./chromium.mjs";
import { startLaptopBehindEdge } from "./edge.mjs";
import { root, startLaptop } from "./laptop.mjs";

export const artefacts = join(root, "infra/e2e/artefacts");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Starts a laptop, with what startLaptop takes, and a browser. Close stops both. With edge, the browser reaches the laptop
 * only as people reach AWS: through the distribution of template.yaml.
 */
export async function begin({ edge = false, ...options } = {}) {
  await mkdir(artefacts, { recursive: true });
  const laptop = edge ? await startLaptopBehindEdge(options) : await startLaptop(options);
  const browser = await launch();
  return {
    laptop, browser, call: caller(laptop),
    visit: (options) => visit(laptop, browser, options),
    close: async () => { await browser.close(); await laptop.stop(); },
  };
}

/** Calls the API with the management key that the laptop has created. */
export function caller(laptop) {
  return async (method, path, body) => {
    const key = (await readFile(join(laptop.data, "management-key"), "utf8")).trim();
    const answer = await fetch(`${laptop.url}${path}`, {
      method, headers: { Authorization: `Bearer ${key}`, ...(body && { "Content-Type": "application/json" }) }, body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
}

/** Opens a page in a new context, signed in as the person unless that is null. With touch, the browser is that of a phone. */
export async function visit(laptop, browser, { person = "owner@example.com", width = 1440, colorScheme = "light", timezoneId, at = "/", touch = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, hasTouch: touch, isMobile: touch, colorScheme, timezoneId, ignoreHTTPSErrors: Boolean(laptop.signIn), permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const failures = [];
  page.on("pageerror", (error) => failures.push(`page: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") failures.push(`console: ${message.text()}`); });
  const see = views(page);
  await page.goto(laptop.url + at);
  if (person) {
    await see.button("Sign in").click();
    await page.getByRole("button", { name: new RegExp(person.replaceAll(".", "\\.")) }).click();
    await page.locator("nav[aria-label=Main]").first().waitFor(); // of the frame, or of the program
    await drawn(page);
  }
  return { page, context, failures, ...see };
}

/** Waits until the program has drawn the page in the place of the frame of index.html, or has left the sign-in there. */
export async function drawn(page) {
  await page.locator("#first-frame").waitFor({ state: "detached" });
  await page.locator("h1").waitFor();
}

/** Returns the violations that axe finds on the page, which gets axe with the first call. */
export async function violations(page, options) {
  const run = () => page.evaluate((options) => window.axe && window.axe.run(document, options), { resultTypes: ["violations"], ...options });
  let result = await run();
  if (!result) {
    await page.evaluate(axe);
    result = await run();
  }
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`);
}

/** Returns locators and checks for a page. */
export function views(page) {
  const outside = page.locator(":not(#first-frame *)"); // the frame says the same before the program has drawn: nobody waits for that
  const role = (name, options) => page.getByRole(name, options).and(outside);
  return {
    role,
    button: (name) => role("button", { name, exact: true }),
    link: (name) => role("link", { name, exact: true }),
    /** Waits until the text is visible. The options of a filter contain the same names, but are hidden. */
    shown: (text, options) => page.getByText(text, options).and(outside).filter({ visible: true }).first().waitFor(),
    heading: (name, level) => role("heading", { name, level, exact: true }),
    /** Opens an address of the console. */
    async go(laptop, address) {
      await page.goto(laptop.url + address);
      await drawn(page);
    },
    /** Waits until the service worker is installed: from then on, the console opens without its server. */
    installed: () => page.evaluate(() => navigator.serviceWorker.ready.then(() => null)),
    /** Stops the laptop when the console can do without it. */
    async outage(laptop) {
      await this.installed();
      await laptop.pause();
    },
    async act(row, does) {
      await role("button", { name: `Actions for ${row}`, exact: true }).click();
      await role("menuitem", { name: new RegExp(`^${does}`) }).click();
    },
    /** Does what is in the menu at the top of a page. */
    async more(does) {
      await role("button", { name: /^More actions for / }).click();
      await role("menuitem", { name: new RegExp(`^${does}`) }).click();
    },
    /** Types the text that a dialog requires, and presses its button. */
    async confirm(text, does) {
      const dialog = role("dialog");
      await dialog.getByRole("textbox", { name: /^Type .* to confirm$/ }).fill(text);
      await dialog.getByRole("button", { name: does, exact: true }).and(page.locator(":enabled")).click();
      await dialog.waitFor({ state: "hidden" });
    },
    /** Waits until a total shows the figure. */
    total: (name, figure) => page.locator("dl[aria-label=Totals] > div, nav[aria-label=Totals] li").filter({ hasText: new RegExp(`^\\s*${name}\\s*${figure}\\s*$`) }).waitFor(),
    /** Checks that axe finds no violations, light and dark. */
    async accessible(where) {
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        assert.deepEqual(await violations(page, { rules: { "target-size": { enabled: true } } }), [], `${where}, ${colorScheme}`);
      }
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    },
    /** Waits until the element has the focus, which moves after the page has been drawn. */
    focused: (selector) => page.locator(`${selector}:focus`).waitFor({ state: "attached" }),
    /** Checks that nothing overflows. */
    async fits(where) {
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(beyond, 0, `${where} is wider than the window`);
    },
    /** Checks that nothing overflows, and that targets are large enough (WCAG 2.2, 2.5.8, which axe does not check by default). */
    async inside(where) {
      await this.fits(where);
      assert.deepEqual(await violations(page, { runOnly: ["target-size"] }), [], where);
    },
  };
}
