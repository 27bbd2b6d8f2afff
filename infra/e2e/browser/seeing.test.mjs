// Seeing and doing: traffic, why a key was refused, totals and cells that lead on, work on many keys, history in words, and
// the keyboard. One tenant for all tests.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page, tenant;

before(async () => {
  world = await begin();
  tenant = await settle(world.call);
  await verified();
  see = await world.visit({ timezoneId: "Europe/Berlin" });
  page = see.page;
});
after(() => world?.close());

/** Verifies and is refused until the figures of both are stored, which is some seconds later. */
async function verified() {
  const key = tenant.keys["Checkout production"];
  const verify = (more) => world.call("POST", "/v1/keys/verify", { key: key.access_key, ...more });
  for (const end = Date.now() + 60_000; ;) {
    await verify({ scopes: ["rates:read"] });
    await verify({ scopes: ["quotes:delete"] });
    await world.call("POST", "/v1/keys/verify", { key: tenant.keys["Planner load test"].access_key });
    const { totals } = await world.call("GET", "/v1/usage");
    if (totals.codes.VALID && totals.codes.INSUFFICIENT_SCOPE && totals.codes.DISABLED) return;
    assert.ok(Date.now() < end, JSON.stringify(totals));
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Answers a request in the place of the server. */
const broken = (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ title: "Internal error", status: 500, code: "internal", detail: "It broke." }) });

const card = (name) => page.getByRole("region", { name, exact: true });

/** For SHOTS=folder: pictures to look at, light and dark, wide and narrow. */
async function pictures(name) {
  if (!process.env.SHOTS) return;
  for (const [width, colorScheme] of [[1440, "light"], [360, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: null });
}

test("the overview shows traffic by outcome, refusals by code and the busiest pairs, for three periods", async () => {
  await see.go(world.laptop, "/");
  await card("Verifications by outcome").locator("svg[role=img]").waitFor();
  await card("Refusals by code").getByText("A scope is missing").waitFor();
  const pair = card("Busiest pairs").getByRole("link", { name: "Checkout API", exact: true }).first();
  await pair.waitFor();
  for (const [period, name] of [["7 d", "last 7 days"], ["30 d", "last 30 days"], ["24 h", "last 24 hours"]]) {
    const answer = page.waitForResponse((r) => new URL(r.url()).pathname === "/v1/usage");
    await see.button(period).click();
    const { totals } = await (await answer).json();
    const valid = new RegExp(`Verifications in the ${name} by outcome: ${totals.codes.VALID} valid`);
    await page.getByRole("img", { name: valid }).waitFor();
    await page.locator(".stat").filter({ hasText: new RegExp(`Verifications, ${period}\\s*${totals.total}`) }).waitFor();
  }
  await see.accessible("the overview with traffic");
  await pictures("overview");
  await card("Refusals by code").getByRole("link", { name: "DISABLED" }).click();
  await page.waitForURL("**/keys?status=disabled");
  await page.getByRole("link", { name: "Planner load test" }).waitFor();
  await page.goBack();
  await pair.click();
  await page.waitForURL((url) => url.searchParams.get("application") === tenant.applications["Checkout API"].id && url.searchParams.has("arx"));
});

test("figures that can't be loaded are told from those that are loading, and from those of another period", async () => {
  const usage = (url) => url.pathname === "/v1/usage";
  await page.route(usage, broken);
  await see.go(world.laptop, "/");
  await see.shown("The use could not be loaded");
  assert.deepEqual((await page.locator(".stat").allInnerTexts()).slice(0, 2).map((text) => text.split(/\n+/)), [["Verifications, 24 h", "Not loaded"], ["Refused, 24 h", "Not loaded"]]);
  assert.equal(await page.locator(".stat .sk").count(), 0);
  await see.accessible("figures that could not be loaded");
  await page.unrouteAll({ behavior: "wait" });
  await see.button("Try again").click();
  const stat = page.locator(".stat").filter({ hasText: /^Refused, 24 h/ });
  await stat.filter({ hasText: /Most often: [a-z ]+\. Peak from \d\d:00$/ }).waitFor();
  await page.route(usage, broken);
  await see.button("7 d").click();
  await see.shown("These are still the figures of the last 24 hours.");
  await stat.waitFor();
  await page.unrouteAll({ behavior: "wait" });
  see.failures.length = 0; // the browser tells of the requests that failed
});

test("an application's and an Arx's page show their own traffic", async () => {
  await see.go(world.laptop, `/applications/${tenant.applications["Checkout API"].id}`);
  await card("Verifications by outcome").locator("svg[role=img]").waitFor();
  await card("Refusals by code").getByText("INSUFFICIENT_SCOPE").waitFor();
  await card("Busiest pairs").getByText("Rates EU").waitFor();
  await see.go(world.laptop, `/arxes/${tenant.arxes["Rates staging"].id}`);
  await card("Refusals by code").getByRole("link", { name: "DISABLED" }).waitFor();
  await card("Busiest pairs").getByRole("link", { name: "Checkout API", exact: true }).or(card("Busiest pairs").getByRole("link", { name: "Route planner", exact: true })).first().waitFor();
});

test("a key's page says why it was refused, and what to do", async () => {
  const { id } = tenant.keys["Checkout production"];
  await see.go(world.laptop, `/keys/${id}`);
  const why = card("Why was it refused?");
  await why.getByText("INSUFFICIENT_SCOPE").waitFor();
  await why.getByText("Add the scope that the called route requires.").waitFor();
  await see.accessible("why a key was refused");
  await pictures("key");
  await why.getByRole("link", { name: "Edit the key" }).click();
  await page.waitForURL(`**/keys/${id}/edit`);
});

test("totals are filters, and cells lead to the application and the Arx", async () => {
  await see.go(world.laptop, "/keys");
  const totals = page.getByRole("navigation", { name: "Totals" });
  await totals.getByRole("link", { name: "Disabled 1" }).click();
  await page.waitForURL("**/keys?status=disabled");
  await pictures("list");
  await totals.locator("[aria-current]").filter({ hasText: "Disabled" }).waitFor();
  await page.locator("#list").getByRole("link", { name: "Kiosk", exact: true }).waitFor({ state: "hidden" });
  assert.deepEqual(await page.locator("#list .t-main").allTextContents(), ["Planner load test"]);
  await totals.getByRole("link", { name: "Deleted 1" }).click();
  await page.locator("#list").getByRole("link", { name: "Planner spike" }).waitFor();
  await totals.getByRole("link", { name: /^Total / }).click();
  await page.waitForURL((url) => url.search === "");
  // A total is that of the whole list, and so is what it leads to.
  await see.go(world.laptop, `/keys?application=${tenant.applications["Checkout API"].id}`);
  await page.locator("#list").getByRole("link", { name: "Checkout production" }).waitFor();
  assert.equal(await totals.locator("[aria-current]").count(), 0);
  await totals.getByRole("link", { name: "Disabled 1" }).click();
  await page.waitForURL((url) => url.search === "?status=disabled");
  await page.locator("#list").getByRole("link", { name: "Planner load test" }).waitFor();
  await totals.getByRole("link", { name: /^Total / }).click();
  const row = page.getByRole("row").filter({ hasText: "Checkout production" });
  await row.getByRole("link", { name: "Rates EU" }).click();
  await see.heading("Rates EU", 1).waitFor();
  await page.goBack();
  await row.getByRole("link", { name: "Checkout API" }).click();
  await see.heading("Checkout API", 1).waitFor();
});

test("Expiring, Rotation due, Unused and Stopped are one press", async () => {
  await see.go(world.laptop, "/keys");
  for (const [name, status] of [["Expiring", "expiring"], ["Rotation due", "rotation_due"], ["Unused", "unused"], ["Stopped", "stopped"]]) {
    await see.button(name).click();
    await page.waitForURL((url) => url.searchParams.get("status") === status);
    await page.locator(`.chip[aria-pressed=true][value=${status}]`).waitFor();
  }
  assert.ok((await page.locator("#list .badge").allTextContents()).every((t) => t === "Stopped"));
  await see.button("Stopped").click();
  await page.waitForURL((url) => url.search === "");
});

test("the palette searches everything, with the keyboard alone", async () => {
  await see.go(world.laptop, "/keys");
  await page.keyboard.press("Control+k");
  const field = see.role("combobox", { name: "Search or jump to" });
  await page.locator("#palette-field:focus").waitFor();
  await field.fill("checkout");
  const results = see.role("listbox", { name: "Results" });
  await results.getByRole("group", { name: "Applications" }).getByRole("option", { name: /Checkout API/ }).waitFor();
  await results.getByRole("group", { name: "Actions" }).getByRole("option", { name: /^Rotate Checkout/ }).waitFor();
  assert.equal(await results.locator("mark").first().innerText(), "Checkout");
  await see.accessible("the palette");
  await pictures("palette");
  await field.press("ArrowDown");
  await page.locator("#palette-field[aria-activedescendant=palette-1]").waitFor();
  await page.locator("#palette-1[aria-selected=true]").waitFor();
  await field.fill("tracking");
  await results.getByRole("group", { name: "Arxes" }).getByRole("option", { name: /Tracking/ }).waitFor();
  await field.press("Enter");
  await see.role("dialog").waitFor({ state: "hidden" });
  await page.waitForURL(/\/(arxes|keys)\//);
  // An id leads to its key; an access key is replaced by its id, and goes nowhere.
  const asked = [];
  page.on("request", (r) => asked.push(decodeURIComponent(r.url())));
  const key = tenant.keys["Courier app iOS"];
  await page.keyboard.press("Meta+k");
  await field.fill(key.access_key);
  await page.waitForFunction((id) => document.getElementById("palette-field").value === id, key.id);
  await see.shown(`The access key was not searched for. Only its id is kept, ${key.id}. The rest was sent nowhere.`);
  await results.getByRole("option", { name: /^Courier app iOS/ }).waitFor();
  const opened = see.context.waitForEvent("page");
  await field.press("Control+Enter");
  const another = await opened; // signed in like this one
  await another.getByRole("heading", { name: "Courier app iOS", level: 1 }).waitFor();
  await another.close();
  await field.press("Enter");
  await page.waitForURL(`**/keys/${key.id}`);
  assert.ok(asked.every((url) => !url.includes(key.access_key)), "the access key was sent");
  // Empty, it offers the last places but this one.
  await see.button("Search or jump to").click();
  const places = results.getByRole("group", { name: "Last places" }).getByRole("option");
  await places.first().waitFor();
  const names = await places.allTextContents();
  assert.ok(names.length >= 2 && names.length <= 5 && names.includes("API keys") && !names.includes("Courier app iOS"), names.join());
  await see.accessible("the palette, empty");
  await pictures("palette-empty");
  await field.press("Enter"); // the latest
  await see.heading(names[0], 1).waitFor();
  // An id leads straight to its record, before anything is found.
  await page.route((url) => url.searchParams.has("q"), (route) => route.abort());
  await page.keyboard.press("Control+k");
  await field.fill(` ${tenant.arxes.Tracking.id} `);
  await results.getByRole("group", { name: "Arxes" }).getByRole("option", { name: tenant.arxes.Tracking.id }).waitFor();
  await field.press("Enter");
  await see.heading("Tracking", 1).waitFor();
  await page.unrouteAll({ behavior: "wait" });
  see.failures.length = 0; // the browser tells of the requests that were aborted
  await page.keyboard.press("Control+k");
  await field.fill("Courier app And");
  await results.getByRole("option", { name: "Copy the id of Courier app Android" }).click();
  await see.shown(`${tenant.keys["Courier app Android"].id} is copied.`);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), tenant.keys["Courier app Android"].id);
  await page.keyboard.press("Control+k");
  await field.fill("chekout");
  await see.shown("Nothing is called “chekout”.");
  await see.accessible("the palette without hits");
  await pictures("palette-nothing");
  await see.button("Create API key…").click();
  await page.waitForURL((url) => url.pathname === "/keys/new");
  // While it searches it says so, and what could not be searched is not said to be absent.
  let release;
  const held = new Promise((done) => { release = done; });
  await page.route((url) => url.searchParams.has("q"), async (route) => { await held; await route.continue(); });
  await page.keyboard.press("Control+k");
  await field.fill("tracking");
  await see.role("dialog").locator(".palette-said").getByText("Searching…").waitFor();
  assert.equal(await see.role("dialog").getByText("0 results").count(), 0);
  await see.accessible("the palette, searching");
  release();
  await results.getByRole("option", { name: /^Tracking/ }).waitFor();
  await page.unrouteAll({ behavior: "wait" });
  await page.route((url) => url.pathname === "/v1/arxes", broken);
  await field.fill("trackin");
  await see.shown("The search failed. It broke.");
  await page.unrouteAll({ behavior: "wait" });
  see.failures.length = 0;
  await page.keyboard.press("Escape");
});

test("shortcuts lead to pages, not while typing, and ? shows them", async () => {
  await see.go(world.laptop, "/");
  for (const [keys, address] of [["gk", "/keys"], ["ga", "/applications"], ["gx", "/arxes"], ["gv", "/activity"], ["gs", "/access"], ["go", "/"], ["c", "/keys/new"]]) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === address);
  }
  await see.go(world.laptop, "/keys");
  await page.keyboard.press("/");
  await page.locator("#search:focus").waitFor();
  await page.keyboard.type("cg?k");
  await page.waitForURL((url) => url.searchParams.get("q") === "cg?k");
  assert.equal(await see.role("dialog").count(), 0);
  await see.go(world.laptop, "/keys");
  await page.keyboard.press("?");
  const sheet = see.role("dialog", { name: "Keyboard shortcuts" });
  await sheet.getByText("Search or jump to").waitFor();
  await see.accessible("the sheet of shortcuts");
  await pictures("shortcuts");
  await sheet.getByRole("switch", { name: "Shortcuts of single keys" }).click();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await page.keyboard.press("c"); // switched off
  await page.keyboard.press("Control+k");
  await page.locator("#palette-field:focus").waitFor();
  assert.equal(new URL(page.url()).pathname, "/keys");
  await page.keyboard.press("Escape");
  await see.role("dialog").waitFor({ state: "hidden" });
  await page.evaluate(() => localStorage.removeItem("arxkeys.shortcuts"));
});

test("Disable can be undone in its toast, also from another page", async () => {
  await see.go(world.laptop, "/keys?q=Warehouse+feed");
  const { id } = tenant.keys["Planner US"];
  await see.go(world.laptop, "/keys");
  await see.act("Planner US", "Disable");
  await see.role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await see.shown("Planner US is disabled.");
  await see.link("Applications").click();
  await see.button("Undo").click();
  await see.shown("Planner US is enabled.");
  assert.equal((await world.call("GET", `/v1/keys/${id}`)).status, "active");
  await see.go(world.laptop, `/applications/${tenant.applications["Partner portal"].id}`);
  await see.more("Disable");
  await see.role("dialog").getByRole("textbox").fill("Partner portal");
  await see.role("dialog").getByRole("button", { name: "Disable", exact: true }).and(page.locator(":enabled")).click();
  await see.shown("Partner portal is disabled.");
  await see.button("Undo").click();
  await see.shown("Partner portal is enabled.");
  await see.button("Create API key").waitFor(); // the page shows it again
});

test("the account menu tells role, tenant, version and the session's end, and leads to the reference", async () => {
  await page.getByRole("button", { name: /owner@example\.com.*account/ }).click();
  await see.role("menuitem", { name: /^API reference/ }).waitFor();
  const facts = await page.locator("#account-facts").innerText();
  for (const want of [/Role\s+Owner/, /Tenant\s+example/, /Session ends\s+(tomorrow )?at \d\d:\d\d/, /Version\s+\w{6,}/]) assert.match(facts, want);
  await see.accessible("the account menu");
  await pictures("account");
  assert.equal(await see.role("menuitem", { name: /^API reference/ }).getAttribute("href"), "/reference/");
  await page.keyboard.press("ArrowDown");
  await see.focused("[role=menuitem]:has-text('Keyboard shortcuts')");
  await page.keyboard.press("Escape");
});

test("metadata is a list of names and values, and many scopes are folded", async () => {
  const scopes = Array.from({ length: 50 }, (_, i) => `scope:${i}`);
  const { id } = await world.call("PATCH", `/v1/keys/${tenant.keys["Checkout staging"].id}`, { scopes, metadata: { team: "payments", limits: { daily: 5 } } });
  await see.go(world.laptop, `/keys/${id}`);
  await page.locator(".meta dt", { hasText: "team" }).waitFor();
  await page.locator(".meta dd", { hasText: "payments" }).waitFor();
  assert.equal(await page.locator(".scopes .token:visible").count(), 4);
  await page.getByText("Show all 50 scopes").click();
  assert.equal(await page.locator(".scopes .token:visible").count(), 50);
});

test("many keys are selected and disabled, enabled and extended, with a result for each", async () => {
  await see.go(world.laptop, "/keys?q=courier");
  for (const name of ["Courier app iOS", "Courier app Android"]) await see.role("checkbox", { name: `Select ${name}` }).check();
  const bar = see.role("region", { name: "Selected API keys" });
  await bar.getByText("2 selected").waitFor();
  assert.ok(await bar.getByRole("button", { name: "Enable", exact: true }).isDisabled());
  await see.accessible("a selection");
  await pictures("selection");
  const dialog = see.role("dialog");
  await bar.getByRole("button", { name: "Disable", exact: true }).click();
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await dialog.getByRole("heading", { name: "2 of 2 API keys disabled" }).waitFor();
  assert.equal(await dialog.locator("li[data-state=done]").count(), 2);
  await see.accessible("the results");
  await pictures("results");
  await dialog.getByRole("button", { name: "Done", exact: true }).click();
  await bar.waitFor({ state: "hidden" });
  for (const name of ["Courier app iOS", "Courier app Android"]) assert.equal((await world.call("GET", `/v1/keys/${tenant.keys[name].id}`)).status, "disabled");
  // A selection goes on over other parts of the list; what can't be done for one key is said, and done for the others.
  for (const name of ["Courier app iOS", "Courier app Android"]) await see.role("checkbox", { name: `Select ${name}` }).check();
  await see.role("searchbox", { name: "Search" }).fill("nightly");
  await see.role("checkbox", { name: "Select Nightly invoices" }).check();
  await bar.getByText("2 of them not on this page").waitFor();
  await bar.getByRole("button", { name: "Enable", exact: true }).click();
  await dialog.getByRole("button", { name: "Enable", exact: true }).click();
  await dialog.getByRole("heading", { name: "2 of 3 API keys enabled" }).waitFor();
  await dialog.locator("li[data-state=failed]", { hasText: "Nightly invoices" }).waitFor();
  await dialog.getByRole("button", { name: "Done", exact: true }).click();
  await see.role("checkbox", { name: "Select this page" }).check();
  const before = new Date((await world.call("GET", `/v1/keys/${tenant.keys["Nightly invoices"].id}`)).expires_at);
  await bar.getByRole("button", { name: "Extend expiry" }).click();
  await dialog.getByLabel("Extend", { exact: true }).selectOption("90");
  await dialog.getByRole("button", { name: "Extend expiry" }).click();
  await dialog.getByRole("heading", { name: "1 of 1 API key extended" }).waitFor();
  await dialog.getByRole("button", { name: "Done", exact: true }).click();
  const { expires_at } = await world.call("GET", `/v1/keys/${tenant.keys["Nightly invoices"].id}`);
  assert.equal(new Date(expires_at) - before, 90 * 86_400_000);
});

test("work on many keys can be stopped; then it says what was done, and the rest stays selected", async () => {
  const names = ["Carrier quotes", "Courier app Android", "Courier app iOS", "Nightly invoices"]; // in the order of the work
  await see.go(world.laptop, "/keys");
  for (const name of names) await see.role("checkbox", { name: `Select ${name}` }).check();
  const bar = see.role("region", { name: "Selected API keys" }), dialog = see.role("dialog");
  let arrived, release;
  const third = new Promise((done) => { arrived = done; }), held = new Promise((done) => { release = done; });
  await page.route((url) => url.pathname.endsWith("/disable"), async (route) => {
    if (route.request().url().includes(tenant.keys[names[1]].id)) return broken(route);
    if (route.request().url().includes(tenant.keys[names[2]].id)) { arrived(); await held; }
    return route.continue();
  });
  await bar.getByRole("button", { name: "Disable", exact: true }).click();
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await third;
  await dialog.getByRole("button", { name: "Stop", exact: true }).click();
  await dialog.getByRole("button", { name: "Stopping…", exact: true }).waitFor();
  release();
  await dialog.getByRole("heading", { name: "2 of 4 API keys disabled" }).waitFor();
  assert.deepEqual(await dialog.locator("li").evaluateAll((all) => all.map((li) => [li.dataset.state, li.querySelector("small").innerText])), [
    ["done", "Disabled"], ["failed", "It broke."], ["done", "Disabled"], ["failed", "Left as it is: it was not reached."],
  ]);
  await dialog.getByRole("button", { name: "Done", exact: true }).click();
  await bar.getByText("2 selected").waitFor();
  for (const name of [names[1], names[3]]) assert.ok(await see.role("checkbox", { name: `Select ${name}` }).isChecked(), name);
  await page.unrouteAll({ behavior: "wait" });
  see.failures.length = 0;
  for (const name of [names[0], names[2]]) await world.call("POST", `/v1/keys/${tenant.keys[name].id}/enable`);
});

test("Shift selects a range, and everything that the filters match can be selected", async () => {
  const before = await world.call("GET", "/v1/keys?limit=1");
  for (let i = 0; i < 20; i++) { // more than a page
    await world.call("POST", "/v1/keys", { name: `Batch ${i}`, application_id: tenant.applications["Checkout API"].id, arx_id: tenant.arxes["Rates EU"].id });
  }
  await see.go(world.laptop, "/keys?sort=name");
  const boxes = page.locator("#list .pick input");
  await boxes.first().waitFor();
  const bar = see.role("region", { name: "Selected API keys" });
  await boxes.nth(1).click();
  await bar.getByText("1 selected").waitFor();
  await page.waitForFunction(() => document.getElementById("pick-page").indeterminate);
  await boxes.nth(6).click({ modifiers: ["Shift"] });
  await bar.getByText("6 selected").waitFor();
  assert.deepEqual(await boxes.evaluateAll((all) => all.map((b) => b.checked).lastIndexOf(true)), 6);
  await boxes.nth(4).click({ modifiers: ["Shift"] }); // off, from the latest one on
  await bar.getByText("3 selected").waitFor();
  await pictures("range");
  const { totals } = await world.call("GET", "/v1/keys?limit=1");
  assert.equal(totals.total, before.totals.total + 20);
  await bar.getByRole("button", { name: `Select all ${totals.total}` }).click();
  await bar.getByText(`${totals.total} selected`).waitFor();
  await bar.getByText(`${totals.total - 25} of them not on this page`).waitFor();
  await see.focused("#bulk-bar");
  assert.equal(await bar.getByRole("button", { name: /^Select all/ }).count(), 0);
  await see.accessible("everything selected");
  await bar.getByRole("button", { name: "Clear the selection" }).click();
  await bar.waitFor({ state: "hidden" });
  // What is deleted is no longer selected.
  await world.call("POST", "/v1/keys", { name: "A key to delete", application_id: tenant.applications["Checkout API"].id, arx_id: tenant.arxes["Rates EU"].id });
  await see.go(world.laptop, "/keys?sort=name");
  await see.role("checkbox", { name: "Select A key to delete" }).check();
  await bar.getByText("1 selected").waitFor();
  await see.act("A key to delete", "Delete");
  await see.confirm(await page.locator("#list .copyid code").first().textContent(), "Delete");
  await see.shown("A key to delete is deleted.");
  await bar.waitFor({ state: "hidden" });
  // How many a search matches is not known before all are read; that can be stopped.
  await see.go(world.laptop, `/keys?application=${tenant.applications["Checkout API"].id}&q=batch`);
  await boxes.first().waitFor();
  await boxes.first().click();
  await bar.getByRole("button", { name: "Select all 20" }).click();
  await bar.getByText("20 selected").waitFor();
  const all = await saved(bar.getByRole("button", { name: "Export CSV of the selected" }));
  assert.equal(all.length, 21);
  await bar.getByRole("button", { name: "Clear the selection" }).click();
});

/** Presses the button, and returns the lines of the file that it saves. */
async function saved(button) {
  const download = page.waitForEvent("download");
  await button.click();
  const text = await readFile(await (await download).path(), "utf8");
  return text.trimEnd().split("\r\n");
}

test("a CSV file has everything that the filters match, and no formula", async () => {
  await world.call("PATCH", `/v1/keys/${tenant.keys["Planner US"].id}`, { name: "=HYPERLINK(1)" });
  await see.go(world.laptop, "/keys");
  await page.locator("#list .t-main").first().waitFor();
  // Cancel ends the reading, and nothing is saved.
  let release;
  const held = new Promise((done) => { release = done; });
  const slow = async (route) => { await held; await route.continue().catch(() => {}); }; // given up by then
  await page.route((url) => url.pathname === "/v1/keys" && url.searchParams.get("limit") === "100", slow);
  let downloads = 0;
  const count = () => downloads++;
  page.on("download", count);
  await see.button("Export CSV").click();
  await see.role("dialog", { name: "Export CSV" }).getByText("0 rows read so far.").waitFor();
  await see.accessible("an export");
  const ended = page.waitForEvent("requestfailed");
  await see.role("dialog").getByRole("button", { name: "Cancel" }).click();
  await see.role("dialog").waitFor({ state: "hidden" });
  await ended;
  release();
  await page.unrouteAll({ behavior: "wait" });
  see.failures.length = 0; // the browser tells of the request that was given up
  const all = await saved(see.button("Export CSV"));
  page.off("download", count);
  assert.equal(downloads, 1, "what was cancelled saves nothing");
  const { totals } = await world.call("GET", "/v1/keys?limit=1");
  assert.equal(all.length, totals.total + 1);
  const head = all[0].replaceAll('"', "").split(",");
  for (const line of all.slice(1)) {
    const fields = Object.fromEntries(line.slice(1, -1).split('","').map((field, i) => [head[i], field]));
    assert.match(fields.uses_24h, /^\d+$/);
    for (const [name, value] of Object.entries(fields)) if (/_(at|by)$/.test(name) && value) assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, name);
  }
  assert.ok(all.some((line) => line.includes(`"'=HYPERLINK(1)"`)) && !all.some((line) => line.includes(`"=`)));
  await see.go(world.laptop, "/keys?status=disabled");
  await page.locator("#list .t-main").first().waitFor();
  const some = await saved(see.button("Export CSV"));
  assert.deepEqual(some.slice(1).map((line) => line.split(",")[1]), [`"Planner load test"`]);
  await see.go(world.laptop, "/activity");
  await page.locator("#list .t-main").first().waitFor();
  const events = await saved(see.button("Export CSV"));
  assert.ok(events.length > 26, `${events.length} lines`); // more than a page
  assert.ok(events.some((line) => line.includes('"keys.disable"') && line.includes('"management_key"') && line.includes('"key_')));
  assert.deepEqual(see.failures, []);
});

test("exporting the activity of a period leaves the list where it is", async () => {
  const other = await world.visit();
  await other.page.clock.install();
  await other.go(world.laptop, "/activity?period=7d");
  await other.page.locator("#list .t-main").first().waitFor();
  await other.page.clock.fastForward(130_000); // the period of the file begins later than that of the list
  const download = other.page.waitForEvent("download");
  await other.button("Export CSV").click();
  await download;
  await other.button("Next page").click();
  await other.page.waitForURL((url) => url.searchParams.get("page") === "2");
  await other.shown(/^26–/);
  assert.deepEqual(other.failures, []);
  await other.context.close();
});

test("the history of a key is in words", async () => {
  const { id } = tenant.keys["Carrier quotes"];
  await world.call("PATCH", `/v1/keys/${id}`, { rate_limit: { limit: 100, window_seconds: 60 } });
  await world.call("PATCH", `/v1/keys/${id}`, { rate_limit: { limit: 1200, window_seconds: 60 } });
  await world.call("POST", `/v1/keys/${id}/rotate`, { overlap_seconds: 604800 });
  await see.go(world.laptop, `/keys/${id}`);
  const history = card("History");
  await history.getByText(/^Rate limit:\s*100\s*→\s*1,200 per minute$/).waitFor();
  await history.locator("del", { hasText: /^100$/ }).waitFor();
  await history.getByText(/the previous access key works for 7 days/).waitFor();
  // Metadata by name, and 50 scopes folded.
  await world.call("PATCH", `/v1/keys/${id}`, { metadata: { team: "core", cost_centre: 4102 } });
  await world.call("PATCH", `/v1/keys/${id}`, { metadata: { team: "payments" }, scopes: Array.from({ length: 50 }, (_, i) => `quotes:${i}`) });
  await page.reload();
  await history.getByText(/^Metadata team:\s*core\s*→\s*payments$/).waitFor();
  await history.getByText(/^Metadata cost_centre:\s*4102\s*→\s*none$/).waitFor();
  await history.getByText(/^Scopes:\s*added (quotes:\d+, ){3}quotes:\d+ and 46 more; removed quotes:read$/).waitFor();
  await see.accessible("a history in words");
  await pictures("history");
});

test("the overview tells recent changes in the words of the history, with links", async () => {
  await world.call("PATCH", `/v1/arxes/${tenant.arxes["Rates US"].id}`, { rotation_cycle: "monthly", endpoint: "https://rates.us.northbeam.example" });
  await world.call("POST", `/v1/arxes/${tenant.arxes["Rates US"].id}/default`);
  await see.go(world.laptop, "/");
  const changes = card("Recent changes").locator("li");
  await changes.filter({ hasText: /Made\s*Rates US\s*the default/ }).waitFor();
  await changes.filter({ hasText: /Edited\s*Rates US\s*Endpoint:\s*none\s*→\s*https:\/\/rates\.us/ }).waitFor();
  await changes.filter({ hasText: /Rotated\s*Carrier quotes; the previous access key works for 7 days/ }).waitFor();
  await see.accessible("recent changes");
  await pictures("changes");
  await changes.getByRole("link", { name: "Carrier quotes" }).first().click();
  await see.heading("Carrier quotes", 1).waitFor();
  assert.deepEqual(see.failures, []);
});

test("relative times move on by themselves", async () => {
  const other = await world.visit();
  await world.call("PATCH", `/v1/applications/${tenant.applications["Courier mobile"].id}`, { description: "Of the couriers" });
  await other.page.clock.install(); // it runs normally until the test moves it
  await other.go(world.laptop, `/applications/${tenant.applications["Courier mobile"].id}`);
  const time = other.page.locator(".timeline time").first();
  await time.filter({ hasText: /^(Just now|\d+ s ago)$/ }).waitFor();
  let asked = 0;
  other.page.on("request", (r) => { if (r.url().includes("/v1/")) asked++; });
  await other.page.clock.fastForward(130_000);
  await time.filter({ hasText: /^2 min ago$/ }).waitFor();
  await other.page.clock.fastForward(61_000);
  await time.filter({ hasText: /^3 min ago$/ }).waitFor();
  await other.page.locator(".dl time").last().filter({ hasText: /^3 min ago$/ }).waitFor(); // and all others
  assert.equal(asked, 0, "nothing is asked for that");
  await other.context.close();
});
