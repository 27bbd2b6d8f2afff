// What helps people who see, hear or move differently: axe on every page, dialog and wizard step in light, dark and forced
// colours; what is chosen shows with forced colours; a list on paper; and where the focus is. One tenant for all tests.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { begin, violations } from "./fixture.mjs";
import { root } from "./laptop.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page, tree, applications, arxes, keys;

before(async () => {
  world = await begin();
  ({ applications, arxes, keys } = await settle(world.call));
  await world.call("POST", `/v1/keys/${keys["Checkout production"].id}/rotate`, { overlap_seconds: 3600 });
  see = await world.visit();
  page = see.page;
  tree = await see.context.newCDPSession(page);
  await page.emulateMedia({ reducedMotion: "reduce" });
});
beforeEach(async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ media: null, ...modes.light });
  await see.go(world.laptop, "/");
});
after(() => world?.close());

/** Goes to an address within the console, as its own links do, so that the program need not start again. */
async function go(address) {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement("a"), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, address);
  await page.waitForURL((url) => url.pathname === address.split("?")[0], { waitUntil: "commit" });
}

/** Returns the nodes of the accessibility tree that have the role, as Chromium tells them to screen readers. */
async function exposed(role) {
  const { nodes } = await tree.send("Accessibility.getFullAXTree");
  return nodes.filter((n) => !n.ignored && n.role?.value === role).map((n) => ({ name: n.name?.value ?? "", description: n.description?.value ?? "" }));
}

/** Media as people set them. */
const modes = { light: { colorScheme: "light", forcedColors: "none" }, dark: { colorScheme: "dark", forcedColors: "none" }, "forced colours": { colorScheme: "light", forcedColors: "active" } };
const seen = new Set(); // addresses that were looked at

/** Checks that axe finds nothing on what the page shows, in every mode and at both widths, and that nothing overflows. */
async function audit(what, widths = [360, 1440]) {
  seen.add(new URL(page.url()).pathname);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await see.fits(`${what}, ${width} px`);
    for (const [mode, media] of Object.entries(modes)) {
      await page.emulateMedia(media);
      assert.deepEqual(await violations(page, { rules: { "target-size": { enabled: true } } }), [], `${what}, ${mode}, ${width} px`);
    }
  }
  await page.emulateMedia(modes.light);
}

/** Goes to the address, waits until the text is visible, and audits. */
async function visit(address, text) {
  await go(address);
  await see.shown(text);
  await audit(address);
}

/** Audits a dialog, and closes it. */
async function dialog(name) {
  await see.role("dialog", { name, exact: true }).waitFor();
  await audit(name);
  await page.keyboard.press("Escape");
  await see.role("dialog").waitFor({ state: "hidden" });
}

test("axe: lists and their menus", async () => {
  const { button, role } = see;
  await visit("/keys?status=stopped", "application archived");
  await see.shown("Arx disabled");
  await visit("/keys?q=ch", "Checkout staging");
  await visit("/keys?q=nothing+like+it", "No API key matches");
  await visit("/keys?deleted=1", "Planner spike");
  await visit("/keys", "Checkout production");
  await button("Actions for Printer bench").click();
  await role("menu").waitFor();
  await audit("a row's menu");
  await page.keyboard.press("Escape");
  await role("checkbox", { name: "Select Planner US" }).check();
  await see.shown("1 selected");
  await audit("a selection");
  for (const does of ["Disable", "Extend expiry"]) {
    await role("region", { name: "Selected API keys" }).getByRole("button", { name: does, exact: true }).click();
    await dialog(`${does}: 1 API key`);
  }
  await role("region", { name: "Selected API keys" }).getByRole("button", { name: "Disable", exact: true }).click();
  await role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await role("dialog").getByText("1 of 1 done.").waitFor();
  await dialog("1 of 1 API key disabled");
  await page.setViewportSize({ width: 360, height: 900 });
  await button("Select").click();
  await role("checkbox", { name: "Select Planner US" }).waitFor();
  await audit("a phone's boxes", [360]);
  await button("Filters").click();
  await role("combobox", { name: "Status" }).waitFor();
  await audit("a phone's filters", [360]);
  await page.keyboard.press("Escape");
  await visit("/applications?archived=1", "Legacy kiosk");
  await visit("/applications", "Partner portal");
  await visit("/arxes", "Label testing");
  await visit("/activity", "edge-verifier");
  await role("button", { name: /Created edge-verifier/ }).click();
  await see.shown("hash", { exact: true });
  await audit("an event, opened");
  await visit("/access", "edge-verifier");
});

test("axe: pages of one thing", async () => {
  const { button } = see;
  await visit(`/keys/${keys["Checkout production"].id}`, /The previous access key works until/);
  await button("Show as a table").click();
  await see.role("table", { name: /^Use in the/ }).waitFor();
  await audit("use as a table");
  await see.role("button", { name: /^More/ }).click();
  await see.role("menu").waitFor();
  await audit("the menu More");
  await page.keyboard.press("Escape");
  await visit(`/keys/${keys["Printer bench"].id}`, "This key is stopped: its Arx, Label testing, is disabled.");
  await visit(`/keys/${keys["Planner spike"].id}`, "This key is deleted.");
  await visit(`/applications/${applications["Checkout API"].id}`, "Checkout staging");
  await visit(`/applications/${applications["Legacy kiosk"].id}`, "Unarchive");
  await visit(`/arxes/${arxes["Rates EU"].id}`, "Carrier quotes");
  await visit(`/keys/${keys["Carrier quotes"].id}/edit`, "Save");
  await visit(`/applications/${applications["Courier mobile"].id}/edit`, "Save");
  await visit(`/arxes/${arxes["Rates EU"].id}/edit`, "Save");
  await visit("/", "Needs attention");
});

test("axe: dialogs", async () => {
  const { act, button, role } = see;
  await go("/keys");
  await act("Carrier quotes", "Disable");
  await dialog("Disable API key");
  await act("Carrier quotes", "Delete");
  await role("dialog").getByRole("textbox").fill("key_wrong");
  await see.shown(/not this API key/);
  await dialog("Delete API key");
  await act("Carrier quotes", "Rotate");
  await dialog("Rotate API key");
  await go(`/keys/${keys["Checkout production"].id}`);
  await button("Rotate").click();
  await dialog("Replace the newest access key");
  await button("End it now").click();
  await dialog("End overlap");
  for (const [address, row, does, name] of [
    ["/applications", "Checkout API", "Disable", "Disable application"], ["/applications", "Data export", "Archive", "Archive application"],
    ["/arxes", "Tracking", "Disable", "Disable Arx"], ["/arxes", "Tracking", "Delete", "Delete Arx"],
    ["/access", "terraform", "Delete", "Delete management key"],
  ]) {
    await go(address);
    await act(row, does);
    await dialog(name);
  }
  await page.keyboard.press("Control+k");
  await see.focused("#palette-field");
  await audit("the palette");
  await page.keyboard.type("checkout");
  await role("option", { name: /Checkout production/ }).first().waitFor();
  await audit("the palette, with hits");
  await page.keyboard.type(" nothing");
  await see.shown(/^Nothing is called/);
  await audit("the palette, without hits");
  await page.keyboard.press("Escape");
  await role("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("?");
  await dialog("Keyboard shortcuts");
  await role("button", { name: /, account$/ }).click();
  await role("menuitem", { name: "Sign out" }).waitFor();
  await audit("the account");
  await page.keyboard.press("Escape");
});

test("axe: forms and the steps of wizards", async () => {
  const { button, heading, role } = see;
  await go("/applications/new");
  await role("radio", { name: /^Client/ }).check();
  await button("Create").click();
  await see.shown(/give it a name/i);
  await audit("create an application, refused");
  await go("/arxes/new");
  await button("Next").click();
  await see.shown(/give it a name/i);
  await audit("an Arx's basics, refused");
  await role("textbox", { name: "Name" }).fill("Spare");
  for (const step of ["Place and protection", "Summary"]) {
    await button("Next").click();
    await heading(step, 2).waitFor();
    await audit(`an Arx's ${step}`);
  }
  await go("/keys/new");
  await role("radio", { name: "Checkout API" }).check();
  await see.shown("Enable the application first.");
  await audit("a key's application");
  await button("Create application").click();
  await see.focused("#name");
  await audit("an application in place");
  await button("Choose an existing one").click();
  await role("radio", { name: "Checkout API" }).check();
  await button("Next").click();
  await heading("Arx", 2).waitFor();
  await audit("a key's Arx");
  await button("Create Arx").click();
  await see.focused("#name");
  await audit("an Arx in place");
  await button("Choose an existing one").click();
  await role("radio", { name: "Rates EU" }).check();
  await button("Next").click();
  await heading("Options", 2).waitFor();
  await role("textbox", { name: "Scopes" }).fill("Quotes:Write");
  await button("Next").click();
  await see.shown(/lower case|characters of a-z/i);
  await audit("a key's options, refused");
  await role("textbox", { name: "Scopes" }).fill("quotes:write");
  await role("textbox", { name: "Name", exact: true }).fill("Audited");
  await button("Next").click();
  await heading("Summary", 2).waitFor();
  await audit("a key's summary");
  await button("Create").click();
  await heading("Access key", 2).waitFor();
  await audit("a key's access key");
  await button("Reveal access key").click();
  await audit("a key's access key, revealed");
  await see.link("Overview").first().click();
  await dialog("Leave without the access key?");
  await role("checkbox", { name: "I have stored this access key" }).check();
  await button("Done").click();
  await heading("API keys", 1).waitFor();
  await go("/access/new");
  await heading("Create management key", 1).waitFor();
  await button("Create").click();
  await see.shown(/give it a name/i);
  await audit("create a management key, refused");
  await role("textbox", { name: "Name" }).fill("audited");
  await role("radio", { name: "30 days" }).check();
  await button("Create").click();
  await heading("Management key", 2).waitFor();
  await audit("a management key");
  await see.link("Overview").first().click();
  await dialog("Leave without the management key?");
  await role("checkbox", { name: "I have stored this management key" }).check();
  await button("Done").click();
  await heading("Access", 1).waitFor();
});

/** Runs the walk as another person, in a page of their own. */
async function as(person, walk) {
  const owner = see;
  see = await world.visit({ person });
  page = see.page;
  await page.emulateMedia({ reducedMotion: "reduce" });
  try {
    await walk();
    assert.deepEqual(see.failures.filter((line) => !/status of 40[34]/.test(line)), []);
  } finally {
    await see.context.close();
    see = owner;
    page = see.page;
  }
}

test("axe: where nothing is yet, and what is not there", async () => {
  await as("owner@other.example", async () => {
    await visit("/", /^Register an application/);
    for (const [address, text] of [["/keys", "No API keys yet"], ["/applications", "No applications yet"], ["/arxes", "No Arxes yet"], ["/keys/new", "Your first application"]]) await visit(address, text);
    for (const [address, text] of [["/nowhere", "There is no such page"], ["/keys/key_0000000000000000", "There is no such API key"], ["/arxes/arx_0000000000000000", "No such Arx"]]) await visit(address, text);
  });
});

test("axe: a developer's pages, what is being loaded, what can't be, and signing out", async () => {
  await as("developer@example.com", async () => {
    await visit("/", "Needs attention");
    for (const [address, text] of [["/activity", "Your role does not allow this"], ["/access", "Only owners manage management keys."], ["/arxes/new", "Only owners and admins create Arxes."]]) await visit(address, text);
    const read = /\/v1\/(keys|overview|arxes)\b/, held = [];
    const addresses = ["/keys", "/", `/arxes/${arxes.Tracking.id}`];
    const hold = (route) => { held.push(route); };
    await page.route(read, hold);
    for (const address of addresses) {
      await see.go(world.laptop, address);
      await page.locator(".sk").first().waitFor();
      await audit(`${address}, being loaded`);
    }
    await page.unroute(read, hold);
    const refuse = (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal","detail":"Something of ours is broken.","status":500,"title":"Internal"}' });
    await page.route(read, refuse);
    for (const address of addresses) {
      await see.go(world.laptop, address);
      await see.button("Try again").first().waitFor();
      await audit(`${address}, not loaded`);
    }
    await page.unroute(read, refuse);
    await see.go(world.laptop, "/applications");
    await see.shown("Partner portal");
    const cut = (route) => route.abort();
    await page.route(/\/v1\//, cut);
    await see.role("combobox", { name: "Status" }).selectOption("active");
    await see.shown("Arxkeys can’t be reached.");
    await audit("unreachable");
    await page.unroute(/\/v1\//, cut);
    await see.go(world.laptop, "/");
    await see.role("button", { name: /, account$/ }).click();
    await see.role("menuitem", { name: "Sign out" }).click();
    await see.button("Sign in").waitFor();
    await audit("signed out");
    await see.button("Sign in").click();
    await see.role("button", { name: /owner@example\.com/ }).waitFor();
    await audit("a laptop's sign-in");
    see.failures.length = 0; // the browser logs what this test has simulated
  });
});

test("axe: signed out, with the server gone", async () => {
  await as(null, async () => {
    await see.outage(world.laptop);
    try {
      await page.goto(world.laptop.url);
      await see.heading("Arxkeys can’t be reached", 1).waitFor();
      await audit("nothing answers");
    } finally {
      await world.laptop.resume();
    }
    see.failures.length = 0; // the browser logs that nothing answers
  });
});

test("axe: no page was left out", async () => {
  const source = await readFile(join(root, "console/app/routes.go"), "utf8");
  const routes = [...source.matchAll(/^\t\t\{"(\/[^"]*)"/gm)].map((m) => m[1]);
  assert.ok(routes.length > 10);
  const left = routes.filter((route) => {
    const pattern = new RegExp(`^${route.replace("{id}", "[a-z]+_\\w+")}$`);
    return ![...seen].some((path) => pattern.test(path));
  });
  assert.deepEqual(left, []);
});

/** Returns how many pixels of the element and 16 px around it change visibly when it loses its state in the page. */
async function difference(locator, name, off, on) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  const clip = { x: Math.max(0, box.x - 16), y: Math.max(0, box.y - 16), width: box.width + 32, height: box.height + 32 };
  const picture = async () => (await page.screenshot({ clip, animations: "disabled" })).toString("base64");
  const withIt = await picture();
  const element = await locator.elementHandle();
  const set = (value) => element.evaluate((e, [name, value]) => {
    if (name === "checked") (e.querySelector("input") ?? e).checked = value;
    else if (value === null) e.removeAttribute(name);
    else e.setAttribute(name, value);
  }, [name, value]);
  await set(off);
  const without = await picture();
  await set(on);
  return page.evaluate(async (pictures) => {
    const pixels = await Promise.all(pictures.map(async (text) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], { type: "image/png" }));
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      return canvas.getImageData(0, 0, image.width, image.height).data;
    }));
    let n = 0;
    for (let i = 0; i < pixels[0].length; i += 4) if ([0, 1, 2].some((c) => Math.abs(pixels[0][i + c] - pixels[1][i + c]) > 48)) n++;
    return n;
  }, [withIt, without]);
}

/**
 * Checks that the state shows with forced colours, light and dark: that the element looks different without it, by at least
 * so many pixels. A weight of letters and the colour of an icon, which also change, are fewer.
 */
async function shows(what, locator, state, least = 200) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, forcedColors: "active" });
    const n = await difference(locator, ...state);
    assert.ok(n >= least, `${what}, ${colorScheme}: ${n} pixels tell it`);
  }
  await page.emulateMedia(modes.light);
}
const checked = ["checked", false, true];
const pressed = ["aria-pressed", "false", "true"];
const picked = ["aria-selected", "false", "true"];

test("with forced colours, what is chosen, selected and current shows", async () => {
  const { button, role } = see;
  await go("/keys?status=expiring&deleted=1");
  await see.shown("Nightly invoices");
  await page.locator(".nav a[aria-current]").waitFor();
  await shows("the current link", page.locator(".nav a[aria-current]"), ["aria-current", null, "page"]);
  await shows("a chip", page.locator(".chip[aria-pressed=true]"), pressed, 1000);
  await shows("a switch", role("switch", { name: "Show deleted" }), checked);
  await shows("the theme", page.locator(".theme [aria-pressed=true]"), pressed);
  await shows("a filter that is on", page.locator(".select[data-on]"), ["data-on", null, "true"]);
  const box = role("checkbox", { name: "Select Nightly invoices" });
  await box.check();
  await page.locator("tr[data-selected]").waitFor();
  await shows("a box", box, checked);
  await shows("a selected row", page.locator("tr[data-selected]"), ["data-selected", null, "true"]);
  await page.setViewportSize({ width: 360, height: 900 });
  await shows("a selected row on a phone", page.locator("tr[data-selected]"), ["data-selected", null, "true"]);
  await shows("the current link on a phone", page.locator(".nav a[aria-current]"), ["aria-current", null, "page"]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await button("Clear the selection").click();
  await go("/keys?status=disabled");
  await page.locator(".totals-nav a[aria-current]", { hasText: "Disabled" }).waitFor();
  await shows("a total that filters", page.locator(".totals-nav a[aria-current]"), ["aria-current", null, "true"], 500);
  await page.keyboard.press("Control+k");
  const option = page.locator("[role=option][aria-selected=true]");
  await option.waitFor();
  await shows("a choice of the palette", option, picked);
  await page.keyboard.press("Escape");
  await go("/");
  await shows("a segment", page.locator(".seg [aria-pressed=true]").first(), pressed);
  await go(`/keys/${keys["Courier app iOS"].id}`);
  await shows("a tab", page.locator(".tabs [aria-selected=true]"), picked, 24);
  await go("/keys/new");
  const radio = role("radio", { name: "Checkout API" });
  await radio.check();
  await shows("a radio button", radio, checked);
  await shows("the card of a radio button", page.locator(".choice", { has: radio }), checked);
  await button("Next").click();
  await see.heading("Arx", 2).waitFor();
  await shows("the current step", page.locator(".steps [aria-current]"), ["aria-current", null, "step"]);
  await shows("a step that is done", page.locator(".steps [data-state=done]").first(), ["data-state", null, "done"], 1000);
});

test("on paper, a list is its heading, its totals and its table with all columns, black on white, with nothing to press", async () => {
  await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
  for (const [address, text] of [["/keys", "Carrier quotes"], ["/applications", "Partner portal"], ["/arxes", "Label testing"], ["/activity", "edge-verifier"], ["/access", "edge-verifier"]]) {
    await go(address);
    await see.shown(text);
    await page.setViewportSize({ width: 688, height: 900 }); // A4 within the margins
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const found = await page.evaluate(() => {
      const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 0;
      const table = document.querySelector("table"), white = (e) => /^rgba\(0, 0, 0, 0\)$|^rgb\(255, 255, 255\)$/.test(getComputedStyle(e).backgroundColor);
      return {
        heading: visible(document.querySelector("h1")),
        totals: [...document.querySelectorAll(".totals, .totals-nav")].every(visible),
        layout: getComputedStyle(table.querySelector("tr:last-child")).display,
        columns: [...table.querySelectorAll("thead th")].filter((th) => !visible(th)).map((th) => th.textContent),
        beyond: table.offsetWidth - table.parentElement.clientWidth,
        press: [...document.querySelectorAll("button, input, select, textarea, a[role=button], .btn, summary")].filter((e) => visible(e) && !e.matches("th button")).map((e) => e.textContent || e.outerHTML),
        coloured: ["body", ".app", ".main", ".card", "table", "thead th", "tbody td"].filter((s) => !white(document.querySelector(s))),
        relative: [...document.querySelectorAll("main time")].filter((e) => visible(e) && !/ \d{4}$/.test(e.textContent) && (getComputedStyle(e).fontSize !== "0px" || !/ \d{4}, \d\d:\d\d:\d\d"$/.test(getComputedStyle(e, "::before").content.replaceAll("\u00a0", " "))))
          .concat([...document.querySelectorAll(".soon, time + .t-sub, .zone span")].filter((e) => visible(e) && /^(in|today|tomorrow|yesterday| Point)\b/i.test(e.textContent))).map((e) => e.textContent),
        broken: [...document.querySelectorAll(".arx-ref .t-text")].filter((e) => visible(e) && e.offsetWidth < 50).map((e) => e.textContent),
        pale: [...table.querySelectorAll(".t-main, td")].filter((e) => getComputedStyle(e).color.match(/\d+/g).slice(0, 3).some((n) => n > 100)).map((e) => e.textContent),
      };
    });
    assert.deepEqual(found, { heading: true, totals: true, layout: "table-row", columns: [address === "/activity" ? "What changed" : "Actions"], beyond: 0, press: [], coloured: [], relative: [], broken: [], pale: [] }, address);
    await page.emulateMedia({ media: null, ...modes.light });
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await page.evaluate(() => { delete document.documentElement.dataset.theme; });
  const others = await page.evaluate(() => {
    const rules = (list) => [...list].flatMap((rule) => [rule, ...(rule.cssRules ? rules(rule.cssRules) : [])]);
    return [...document.styleSheets].flatMap((sheet) => rules(sheet.cssRules)).filter((rule) => rule.media && /width/.test(rule.media.mediaText))
      .flatMap((rule) => rule.media.mediaText.split(",")).filter((query) => !query.trim().startsWith("screen"));
  });
  assert.deepEqual(others, [], "rules for widths are for the screen alone");
});

test("tables have row headers, and copy buttons tell whose id they copy, also on a phone", async () => {
  await go(`/keys/${keys["Checkout production"].id}`);
  await see.button("Show as a table").click();
  const looks = [["/keys", "Carrier quotes", "Copy API key"], ["/applications", "Partner portal"], ["/arxes", "Label testing"], ["/activity", "edge-verifier"], ["/access", "edge-verifier", "Copy management key id"],
    [`/arxes/${arxes["Rates EU"].id}`, "Carrier quotes", "Copy Arx id"], [`/keys/${keys["Checkout production"].id}`, /The previous access key works until/, "Copy API key"]];
  for (const [address, text, copy] of looks) {
    await go(address);
    await see.shown(text);
    if (address.startsWith("/keys/")) await see.button("Show as a table").click();
    await page.waitForLoadState("networkidle");
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      const rows = await page.locator("tbody tr:visible:not(.detail)").count();
      const headers = await exposed("rowheader");
      assert.equal(headers.length, rows, `${address}, ${width} px`);
      assert.ok(headers.every((h) => h.name.trim() !== ""), JSON.stringify(headers));
      if (!copy) continue;
      let names = await page.locator(address === "/keys" || address === "/access" ? "#list .t-main" : "h1").allTextContents();
      if (["/keys", "/access"].includes(address) && width === 360) names = []; // it is in the row's menu, which has its name
      assert.deepEqual((await exposed("button")).filter((b) => b.name === copy).map((b) => b.description), names, `${address}, ${width} px`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

/** Presses Tab, or Shift+Tab, through the whole page, and returns what had the focus while a bar that sticks covered it. */
async function covered(key) {
  const found = [];
  for (let i = 0, stops = 0, first; i < 500; i++) {
    await page.keyboard.press(key);
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      e.dataset.tab ??= String(Math.random());
      const box = e.getBoundingClientRect();
      const over = [...(e.closest("dialog") ?? document).querySelectorAll(".bulk, .wizard-foot, .dialog-foot, .banners:not(:empty)")].filter((bar) => ["sticky", "fixed"].includes(getComputedStyle(bar).position) && !bar.contains(e) && !e.contains(bar) && bar.checkVisibility());
      const hidden = over.some((bar) => { const b = bar.getBoundingClientRect(); return box.top < b.bottom - 1 && box.bottom > b.top + 1 && box.left < b.right && box.right > b.left; });
      return { id: e.dataset.tab, hidden, outside: box.bottom < 1 || box.top > innerHeight - 1, what: `${e.tagName} ${e.getAttribute("aria-label") ?? e.textContent}`.slice(0, 60) };
    });
    if (at && (at.hidden || at.outside)) found.push(at.what);
    if (!at) continue; // the browser's own controls
    if (at.id === first) return { found, stops };
    stops++;
    first ??= at.id;
  }
  assert.fail(`${key} does not come round`);
}

test("nothing with the focus is under a bar that sticks", async (t) => {
  const { button, heading, role } = see;
  const check = async (what, least = 5) => {
    for (const key of ["Tab", "Shift+Tab"]) {
      const { found, stops } = await covered(key);
      assert.deepEqual(found, [], `${what}, ${key}`);
      assert.ok(stops >= least, `${what}: ${stops} stops`);
    }
  };
  await go("/keys");
  await role("checkbox", { name: "Select Planner US" }).check();
  await role("region", { name: "Selected API keys" }).waitFor();
  for (const [width, height] of [[1440, 480], [360, 560]]) {
    await page.setViewportSize({ width, height });
    await check(`a selection, ${width} px`, 40);
  }
  await role("region", { name: "Selected API keys" }).getByRole("button", { name: "Extend expiry" }).click();
  await role("dialog").waitFor();
  await page.setViewportSize({ width: 360, height: 420 });
  await check("a dialog", 3);
  await page.keyboard.press("Escape");
  await go("/keys");
  await see.act("Carrier quotes", "Delete");
  await role("dialog").getByRole("textbox").waitFor();
  await check("a deletion", 3);
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 360, height: 560 });
  await go("/keys/new?step=1");
  await role("radio", { name: "Checkout API" }).check();
  for (const step of ["Application", "Arx", "Options", "Summary"]) {
    await heading(step, 2).waitFor();
    if (step === "Options") await button("Add rates:read").waitFor(); // moves what is below it
    await check(`the wizard's ${step}`);
    if (step !== "Summary") await button("Next").click();
  }
  await button("Cancel").click();
  await go("/arxes/new?step=1");
  await role("textbox", { name: "Name" }).fill("Spare");
  for (const step of ["Basics", "Place and protection", "Summary"]) {
    await heading(step, 2).waitFor();
    await check(`an Arx's ${step}`);
    if (step !== "Summary") await button("Next").click();
  }
  await button("Cancel").click();
  await page.setViewportSize({ width: 1440, height: 480 });
  await go("/applications");
  await see.shown("Partner portal");
  const cut = (route) => route.abort();
  await page.route(/\/v1\//, cut);
  t.after(() => page.unroute(/\/v1\//, cut));
  await role("combobox", { name: "Status" }).selectOption("active");
  await see.shown("Arxkeys can’t be reached.");
  for (const [width, height] of [[1440, 480], [360, 560]]) {
    await page.setViewportSize({ width, height });
    await check(`an outage, ${width} px`, 20);
  }
  see.failures.length = 0; // the browser logs what this test has simulated
});

test("after a deletion the next row has the focus, after the last one the heading", async () => {
  const made = [];
  for (const name of ["gone 1", "gone 2", "gone 3"]) made.push(await world.call("POST", "/v1/keys", { name, application_id: applications["Checkout API"].id, arx_id: arxes["Rates EU"].id }));
  const focused = (text) => page.waitForFunction((want) => document.activeElement?.textContent === want, text);
  await go("/keys?q=gone&sort=name");
  await page.locator("#list .t-main", { hasText: "gone 3" }).waitFor();
  for (const [i, next] of [[1, "gone 3"], [2, "API keys"], [0, "API keys"]]) {
    await see.act(`gone ${i + 1}`, "Delete");
    const read = page.waitForResponse((r) => r.request().method() === "GET" && new URL(r.url()).pathname === "/v1/keys");
    await see.confirm(made[i].key.id, "Delete");
    await focused(next);
    await (await read).finished();
    await page.locator("#list[aria-busy=true]").waitFor({ state: "detached" }); // the list is drawn again
    await focused(next);
  }
  await world.call("POST", "/v1/management-keys", { name: "gone 1", role: "verifier" });
  await world.call("POST", "/v1/management-keys", { name: "gone 2", role: "verifier" });
  await go("/access?q=gone");
  await page.locator("#list .t-main", { hasText: "gone" }).nth(1).waitFor();
  const [first, second] = await page.locator("#list .t-main", { hasText: "gone" }).allTextContents();
  await see.act(first, "Delete");
  await see.focused("#confirm-input");
  await page.keyboard.type(first);
  await see.role("dialog").getByRole("button", { name: "Delete", exact: true }).and(page.locator(":enabled")).waitFor();
  await page.keyboard.press("Enter");
  await focused(second);
  assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "solid", "it shows that it has the focus");
  await go("/applications");
  await see.act("Data export", "Archive");
  await see.confirm("Data export", "Archive");
  await focused("Courier mobile");
  await see.act("Courier mobile", "Disable");
  await see.confirm("Courier mobile", "Disable");
  await see.focused("[aria-label='Actions for Courier mobile']"); // the row is still there
});

test("menus are walked by arrows, Home, End and the first letters, and Esc leads back", async () => {
  const { keyboard } = page;
  const at = (text) => page.waitForFunction((want) => document.activeElement?.getAttribute("role") === "menuitem" && document.activeElement.textContent.startsWith(want), text);
  const walk = async (steps) => {
    for (const [key, want] of steps) {
      await keyboard.press(key);
      await at(want);
    }
  };
  /** Types faster than the pause that ends a word. */
  const type = (word) => page.evaluate((letters) => {
    for (const key of letters) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, word);
  await go("/keys");
  await see.button("Actions for Carrier quotes").focus();
  await keyboard.press("ArrowDown");
  await at("Open");
  await walk([["End", "Delete"], ["ArrowDown", "Open"], ["ArrowUp", "Delete"], ["Home", "Open"], ["c", "Copy API key"], ["e", "Edit"], ["r", "Rotate"]]);
  await keyboard.press("Home");
  await type("dis");
  await at("Disable");
  await keyboard.press("Escape");
  await see.focused("[aria-label='Actions for Carrier quotes']");
  await keyboard.press("Enter");
  await at("Open");
  await type("ddd"); // Duplicate, Disable, Delete
  await at("Delete");
  await keyboard.press("Escape");
  await see.role("button", { name: /, account$/ }).focus();
  await keyboard.press("ArrowDown");
  await at("API reference");
  await walk([["s", "Sign out"], ["k", "Keyboard shortcuts"], ["End", "Sign out"], ["Home", "API reference"]]);
  await keyboard.press("Escape");
  await see.focused("#account");
  assert.deepEqual(see.failures, []);
});
