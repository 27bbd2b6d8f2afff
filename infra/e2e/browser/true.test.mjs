// What the console shows is true: statuses, what follows a change, charts, times, links and what was not stored.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page, settled;

before(async () => {
  world = await begin();
  settled = await settle(world.call);
  see = await world.visit();
  page = see.page;
});
after(() => world?.close());

const row = (name) => page.locator("table tbody tr").filter({ hasText: name });
const main = (text, options = { exact: true }) => page.locator("main").getByText(text, options).filter({ visible: true }).first();

/** Holds the answers to reads of the path until they are released: latency without an end. */
async function hold(path) {
  let release;
  const released = new Promise((done) => { release = done; });
  const matches = (url) => url.pathname === path;
  const handler = async (route) => {
    if (route.request().method() === "GET") await released;
    await route.continue().catch(() => {}); // the page may have gone
  };
  await page.route(matches, handler);
  return async () => {
    release();
    await page.unroute(matches, handler);
  };
}

test("a key that its application or Arx stops says so, with the reason, wherever it is shown", async () => {
  await see.go(world.laptop, "/keys?q=Warehouse");
  await row("Warehouse feed").getByText("Stopped", { exact: true }).waitFor();
  await row("Warehouse feed").getByText("application disabled", { exact: true }).waitFor();
  await see.go(world.laptop, "/keys?status=stopped");
  for (const [name, why] of [["Warehouse feed", "application disabled"], ["Kiosk", "application archived"], ["Printer bench", "Arx disabled"]]) {
    await row(name).getByText(why, { exact: true }).waitFor();
    assert.equal(await row(name).locator('[data-status="active"]').count(), 0, `${name} is not green`);
  }
  assert.equal(await page.locator("table tbody tr").count(), 3);
  await see.go(world.laptop, "/keys?status=active");
  await row("Warehouse feed").getByText("Stopped", { exact: true }).waitFor(); // it is active itself
  // The total is the sum of the others but the deleted ones, and each figure leads to what it counts.
  const { totals } = await world.call("GET", "/v1/keys?limit=1");
  const links = page.getByRole("navigation", { name: "Totals" }).getByRole("link");
  await links.filter({ hasText: /^Stopped\s*3$/ }).waitFor();
  const figures = Object.fromEntries((await links.allTextContents()).map((text) => [text.replace(/[\s\d]/g, ""), Number(text.replace(/\D/g, ""))]));
  assert.deepEqual(figures, { Total: totals.total, Active: totals.active - 3, Stopped: 3, Disabled: totals.disabled, Expired: totals.expired, Deleted: totals.deleted });
  await links.filter({ hasText: "Active" }).click();
  await page.waitForURL((url) => url.searchParams.get("status") === "working");
  await row("Warehouse feed").waitFor({ state: "detached" });
  assert.equal(await page.locator("table tbody tr").count(), figures.Active);
  assert.equal(await page.locator('table tbody .badge:not([data-status="active"]):not([data-status="due"])').count(), 0);
  await links.filter({ hasText: "Stopped" }).click();
  await row("Warehouse feed").waitFor();
  assert.equal(await page.locator("table tbody tr").count(), 3);
  const { id } = settled.keys["Warehouse feed"];
  for (const address of [`/keys/${id}`, `/applications/${settled.applications["Data export"].id}`]) {
    await see.go(world.laptop, address);
    await main("application disabled", {}).waitFor();
    await page.locator('main .badge[data-status="stopped"]').first().waitFor();
  }
  const shares = (active, stopped) => Promise.all([see.total("Active keys", active), see.total("Stopped keys", stopped)]);
  await shares(0, 1);
  await see.go(world.laptop, `/arxes/${settled.arxes.Tracking.id}`); // an active Arx, whose keys disabled applications stop
  await shares(2, 2);
  await see.go(world.laptop, "/arxes");
  await see.act("Tracking", "Delete");
  await see.role("dialog").getByText("2 active keys stop.").waitFor();
  await see.button("Cancel").click();
  await see.go(world.laptop, "/keys");
  await see.act("Warehouse feed", "Delete"); // it was used until its application was disabled
  await see.role("dialog").getByText("Uses, 24 h").waitFor();
  assert.equal(await see.role("dialog").getByText("is using it").count(), 0);
  await see.button("Cancel").click();
  await see.go(world.laptop, `/arxes/${settled.arxes["Label testing"].id}`);
  await page.locator("main li").filter({ hasText: "Printer bench" }).locator('.badge[data-status="stopped"]').waitFor();
});

test("after a change of a key, row, totals and pager follow its answer before the list is read again", async () => {
  const { totals } = await world.call("GET", "/v1/keys?limit=1");
  await see.go(world.laptop, "/keys");
  const stopped = (await world.call("GET", "/v1/keys?status=stopped")).items.length;
  assert.equal(stopped, 3);
  const shows = async (active, disabled, deleted) => {
    await see.total("Total", active + disabled + totals.expired);
    await see.total("Active", active - stopped);
    await see.total("Stopped", stopped);
    await see.total("Disabled", disabled);
    await see.total("Deleted", deleted);
    await page.getByText(`of ${active + disabled + totals.expired}`).waitFor();
  };
  await shows(totals.active, totals.disabled, totals.deleted);
  const disable = async () => {
    await see.act("Courier app Android", "Disable");
    await see.role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
    await see.role("dialog").waitFor({ state: "hidden" });
  };
  let release = await hold("/v1/keys");
  await disable();
  await row("Courier app Android").getByText("Disabled", { exact: true }).waitFor();
  await shows(totals.active - 1, totals.disabled + 1, totals.deleted);
  await see.act("Courier app Android", "Enable"); // its menu follows too
  await row("Courier app Android").getByText("Active", { exact: true }).waitFor();
  await shows(totals.active, totals.disabled, totals.deleted);
  await see.act("Warehouse feed", "Disable"); // a stopped one
  await see.role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await see.total("Stopped", stopped - 1);
  await see.total("Active", totals.active - stopped);
  await see.act("Warehouse feed", "Enable");
  await shows(totals.active, totals.disabled, totals.deleted);
  await see.act("Carrier quotes", "Delete");
  await see.confirm(settled.keys["Carrier quotes"].id, "Delete");
  assert.equal(await row("Carrier quotes").count(), 0, "the row is gone when the dialog is");
  await shows(totals.active - 1, totals.disabled, totals.deleted + 1);
  await release();
  await shows(totals.active - 1, totals.disabled, totals.deleted + 1); // and what is read says the same

  await see.go(world.laptop, "/keys?status=active");
  await row("Courier app Android").waitFor();
  release = await hold("/v1/keys");
  await disable();
  await row("Courier app Android").waitFor({ state: "detached" }); // it is not part of this list any more
  await release();
  await world.call("POST", `/v1/keys/${settled.keys["Courier app Android"].id}/enable`);
});

test("rows and totals follow the answers to a change of several keys, and to Undo", async () => {
  const names = ["Courier app Android", "Planner US"];
  const { totals } = await world.call("GET", "/v1/keys?limit=1");
  const stopped = (await world.call("GET", "/v1/keys?status=stopped")).items.length;
  const shows = async (off) => {
    for (const name of names) await row(name).getByText(off > 0 ? "Disabled" : "Active", { exact: true }).waitFor();
    await see.total("Active", totals.active - stopped - off);
    await see.total("Disabled", totals.disabled + off);
  };
  await see.go(world.laptop, "/keys");
  await shows(0);
  let release = await hold("/v1/keys");
  const all = async (does) => {
    for (const name of names) await see.role("checkbox", { name: `Select ${name}` }).check();
    await see.role("region", { name: "Selected API keys" }).getByRole("button", { name: does, exact: true }).click();
    await see.role("dialog").getByRole("button", { name: does, exact: true }).click();
    await see.role("dialog").getByRole("button", { name: "Done", exact: true }).click();
  };
  await all("Disable");
  await shows(2);
  await all("Enable");
  await shows(0);
  const disableAndUndo = async (disable, badge) => {
    await disable();
    await badge.filter({ hasText: "Disabled" }).waitFor();
    const undo = page.locator(".toast").getByRole("button", { name: "Undo" });
    await undo.click();
    await undo.waitFor({ state: "detached" });
    await badge.filter({ hasText: "Active" }).waitFor();
  };
  const confirmed = () => see.role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await disableAndUndo(async () => { await see.act("Planner US", "Disable"); await confirmed(); }, row("Planner US").locator(".badge"));
  await shows(0);
  await release();

  const { id } = settled.keys["Planner US"], status = page.locator("main header .badge").first();
  await see.go(world.laptop, `/keys/${id}`);
  await status.waitFor();
  release = await hold(`/v1/keys/${id}`);
  await disableAndUndo(async () => { await see.button("Disable").click(); await confirmed(); }, status);
  await release();

  const application = settled.applications["Invoice worker"].id;
  const typed = (does) => async () => { await does(); await see.confirm("Invoice worker", "Disable"); };
  await see.go(world.laptop, "/applications");
  await row("Invoice worker").waitFor();
  release = await hold("/v1/applications");
  await disableAndUndo(typed(() => see.act("Invoice worker", "Disable")), row("Invoice worker").locator(".badge"));
  await release();
  await see.go(world.laptop, `/applications/${application}`);
  await status.waitFor();
  release = await hold(`/v1/applications/${application}`);
  await disableAndUndo(typed(() => see.more("Disable")), status);
  await release();
});

test("a key's page follows the answer to a change before anything is read again", async () => {
  const { id } = settled.keys["Courier app Android"];
  const status = page.locator("main header .badge").first();
  await see.go(world.laptop, `/keys/${id}`);
  await status.filter({ hasText: "Active" }).waitFor();
  const release = await hold(`/v1/keys/${id}`);
  await see.button("Disable").click();
  await see.role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await status.filter({ hasText: "Disabled" }).waitFor();
  await see.button("Enable").click();
  await status.filter({ hasText: "Active" }).waitFor();
  await see.button("Rotate").click();
  await see.role("radio", { name: "1 hour" }).check();
  await see.role("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  await see.role("checkbox", { name: "I have stored this access key" }).check();
  await see.button("Done").click();
  await main(/The previous access key works until/, {}).waitFor();
  await see.button("End it now").click();
  await see.role("dialog").getByRole("button", { name: "End overlap", exact: true }).click();
  await main(/The previous access key works until/, {}).waitFor({ state: "hidden" });
  await release();
});

test("lists and pages of applications and Arxes follow every change, and so do their keys", async () => {
  const invoices = settled.applications["Invoice worker"], tracking = settled.arxes.Tracking;
  const { totals } = await world.call("GET", "/v1/applications?limit=1");
  await see.go(world.laptop, "/applications");
  await row("Invoice worker").getByText("Active", { exact: true }).waitFor();
  let release = await hold("/v1/applications");
  await see.act("Invoice worker", "Disable");
  await see.confirm("Invoice worker", "Disable");
  await row("Invoice worker").getByText("Disabled", { exact: true }).waitFor();
  await see.total("Disabled", totals.disabled + 1);
  await see.total("Active", totals.active - 1);
  await see.act("Invoice worker", "Archive");
  await see.confirm("Invoice worker", "Archive");
  assert.equal(await row("Invoice worker").count(), 0);
  await see.total("Archived", totals.archived + 1);
  await page.getByText(`of ${totals.total - 1}`).waitFor();
  await release();

  await see.go(world.laptop, `/applications/${invoices.id}`);
  await see.button("Unarchive").waitFor();
  const badge = (status) => page.locator("main li").filter({ hasText: "Nightly invoices" }).locator(`.badge[data-status="${status}"]`);
  await badge("stopped").waitFor();
  const held = await Promise.all([hold(`/v1/applications/${invoices.id}`), hold("/v1/keys")]);
  await see.button("Unarchive").click();
  await see.more("Enable");
  await see.button("Create API key").waitFor();
  await badge("active").waitFor();
  await see.more("Disable");
  await see.confirm("Invoice worker", "Disable");
  await badge("stopped").waitFor();
  await main("application disabled", {}).waitFor();
  await see.more("Enable");
  await badge("active").waitFor();
  for (const released of held) await released();

  await see.go(world.laptop, "/arxes");
  await row("Rates EU").getByText("Default", { exact: true }).waitFor();
  release = await hold("/v1/arxes");
  await see.act("Tracking", "Make default");
  await row("Tracking").getByText("Default", { exact: true }).waitFor();
  await row("Rates EU").getByText("Default", { exact: true }).waitFor({ state: "detached" }); // there is one
  await see.act("Tracking", "Disable");
  await see.confirm("Tracking", "Disable");
  await row("Tracking").getByText("Disabled", { exact: true }).waitFor();
  await see.act("Tracking", "Enable");
  await row("Tracking").getByText("Active", { exact: true }).waitFor();
  await see.act("Rates staging", "Delete");
  await see.confirm("Rates staging", "Delete");
  assert.equal(await row("Rates staging").count(), 0);
  await see.total("Total", 4);
  await release();
  await row("Rates EU").waitFor();

  await see.go(world.laptop, `/arxes/${tracking.id}`);
  await see.button("Create API key").waitFor();
  release = await hold(`/v1/arxes/${tracking.id}`);
  await see.more("Disable");
  await see.confirm("Tracking", "Disable");
  await page.locator("main li").filter({ hasText: "Courier app iOS" }).locator('.badge[data-status="stopped"]').waitFor();
  await see.more("Enable");
  await page.locator("main li").filter({ hasText: "Courier app iOS" }).locator('.badge[data-status="active"]').waitFor();
  await release();
});

test("a deleted management key is gone when the dialog is", async () => {
  await see.go(world.laptop, "/access");
  await see.total("Total", 4);
  const release = await hold("/v1/management-keys");
  await see.act("terraform", "Delete");
  await see.confirm("terraform", "Delete");
  assert.equal(await row("terraform").count(), 0);
  await see.total("Total", 3);
  await page.getByText("of 3").waitFor();
  await release();
  await see.total("Total", 3);
});

/** Answers the key's usage with these totals by hour ago; the rest of the answer is the real one. */
async function used(id, totals, codes = {}) {
  await page.route((url) => url.pathname === `/v1/keys/${id}/usage`, async (route) => {
    const answer = await route.fetch();
    const usage = await answer.json();
    for (const [back, n] of Object.entries(totals)) {
      const bucket = usage.buckets[usage.buckets.length - 1 - back];
      if (bucket) Object.assign(bucket, { total: n, codes: { VALID: n, ...codes } });
    }
    usage.totals = { total: usage.buckets.reduce((sum, b) => sum + b.total, 0), codes: {} };
    for (const b of usage.buckets) for (const [code, n] of Object.entries(b.codes)) usage.totals.codes[code] = (usage.totals.codes[code] ?? 0) + n;
    usage.last_used_at = usage.to;
    await route.fulfill({ response: answer, json: usage });
  });
}

test("a key that was never used shows how to use it, instead of an empty grid", async () => {
  const { key } = await world.call("POST", "/v1/keys", { name: "unused so far", application_id: settled.applications["Partner portal"].id, arx_id: settled.arxes["Rates EU"].id });
  await see.go(world.laptop, `/keys/${key.id}`);
  await main(/Never used so far/, {}).waitFor();
  await main(/curl .*\/v1\/whoami/, {}).waitFor();
  await main(/Origin: https:\/\/partners\.northbeam\.example/, {}).waitFor(); // a client application's keys need one
  assert.equal(await page.locator(".chart").count(), 0);
  await see.accessible("a key that was never used");
});

test("the chart's labels stand under their bars, the axis fits, and bars tell their figures", async () => {
  const { id } = settled.keys["Checkout production"];
  await used(id, { 0: 9800, 1: 4000, 25: 120, 49: 80 }, {});
  await see.go(world.laptop, `/keys/${id}`);
  const centre = (box) => box.x + box.width / 2;
  for (const [period, bars, every] of [["24 h", 24, 3], ["7 d", 7, 1], ["30 d", 30, 5]]) {
    await see.button(period).click();
    await page.locator(`.chart-cols[data-n="${bars}"]`).waitFor();
    const columns = page.locator(".chart-col"), labels = page.locator(".chart-x > span");
    assert.deepEqual([await columns.count(), await labels.count()], [bars, bars]);
    const named = [];
    for (let i = 0; i < bars; i++) {
      const text = (await labels.nth(i).textContent()).trim();
      if (!text) continue;
      named.push(bars - 1 - i);
      const [label, column] = [await labels.nth(i).boundingBox(), await columns.nth(i).boundingBox()];
      assert.ok(Math.abs(centre(label) - centre(column)) < 1.5, `${period}: ${text} stands under its bar`);
    }
    assert.deepEqual(named, Array.from({ length: Math.ceil(bars / every) }, (_, i) => i * every).reverse(), `${period}: at regular intervals`);
  }
  const axis = () => page.locator(".chart-y > span").allTextContents();
  await see.button("24 h").click();
  await page.locator('.chart-cols[data-n="24"]').waitFor();
  assert.deepEqual(await axis(), ["10k", "7.5k", "5k", "2.5k", "0"]);

  const tip = page.locator(".tip");
  assert.equal(await tip.count(), 0);
  await page.locator(".chart-col").last().hover();
  await tip.getByText("9,800", { exact: true }).waitFor();
  await see.accessible("a bar under the pointer");
  await see.heading("Settings", 2).hover();
  await tip.waitFor({ state: "detached" });

  const slider = see.role("slider", { name: "Hour" });
  await slider.focus();
  await tip.getByText("9,800", { exact: true }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await tip.getByText("4,000", { exact: true }).waitFor();
  assert.match(await slider.getAttribute("aria-valuetext"), /Valid 4,000, Refused: over a limit 0/);
  assert.equal(await slider.getAttribute("aria-valuenow"), "23");
  await page.keyboard.press("Home");
  await slider.and(page.locator('[aria-valuenow="1"]')).waitFor();
  await see.accessible("a bar of the keyboard");
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "detached" });

  await page.setViewportSize({ width: 360, height: 800 });
  await see.inside("the chart on a phone");
  await page.locator(".chart-col").last().dispatchEvent("pointerover", { pointerType: "touch", bubbles: true });
  await page.locator(".chart-cols").dispatchEvent("pointerleave", { pointerType: "touch" });
  await tip.getByText("9,800", { exact: true }).waitFor(); // the finger has left, the figures stay
  await see.inside("the figures of a bar on a phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the chart's days are those of the reader", async () => {
  const other = await world.visit({ timezoneId: "Pacific/Auckland" });
  await other.go(world.laptop, `/keys/${settled.keys["Checkout staging"].id}`);
  const { id } = settled.keys["Checkout staging"];
  await other.page.route((url) => url.pathname === `/v1/keys/${id}/usage`, async (route) => {
    const answer = await route.fetch();
    const usage = await answer.json();
    Object.assign(usage, { last_used_at: usage.to, totals: { total: 1, codes: { VALID: 1 } } });
    await route.fulfill({ response: answer, json: usage });
  });
  await other.page.reload();
  await other.button("7 d").click();
  await other.page.locator('.chart-cols[data-n="7"]').waitFor();
  const want = await other.page.evaluate(() => [6, 5, 4, 3, 2, 1, 0].map((back) => { const d = new Date(); d.setDate(d.getDate() - back); return `${d.getDate()} ${d.toLocaleDateString("en-US", { month: "short" })}`; }));
  assert.deepEqual(await other.page.locator(".chart-x > span").allTextContents(), want);
  assert.deepEqual(other.failures, []);
  await other.context.close();
});

test("times are in the viewer's zone, named once a page, with the exact UTC on hover and focus", async () => {
  const other = await world.visit({ timezoneId: "Asia/Kolkata" });
  const zone = await other.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone); // browsers differ in the name
  const beyond = () => other.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const { key } = await world.call("POST", "/v1/keys", { name: "timed", application_id: settled.applications["Checkout API"].id, arx_id: settled.arxes["Rates EU"].id, expires_at: new Date(Date.now() + 3 * 86_400_000).toISOString() });
  await world.call("POST", `/v1/keys/${key.id}/rotate`, { overlap_seconds: 3600 });
  await world.call("PATCH", `/v1/keys/${key.id}`, { expires_at: "2031-06-01T20:00:00Z" });
  const read = { "/": "section .timeline time", "/keys": "tbody time", "/applications": "tbody time", "/arxes": "tbody time", "/activity": "tbody time", "/access": "tbody time", [`/keys/${key.id}`]: ".banner time", [`/applications/${settled.applications["Checkout API"].id}`]: "main li time", [`/arxes/${settled.arxes.Tracking.id}`]: ".timeline time" };
  for (const [address, first] of Object.entries(read)) {
    await other.go(world.laptop, address);
    await other.page.locator(first).first().waitFor();
    await other.page.waitForLoadState("networkidle");
    assert.equal(await other.page.getByText(`Times are in your time zone, ${zone}`, { exact: false }).count(), 1, `${address} names the zone once`);
    assert.doesNotMatch((await other.page.locator("main").innerText()).replace(/for UTC\./, ""), /\bUTC\b|\d\dT\d\d:\d\d/, `${address} shows no time of another zone`);
    const times = other.page.locator("main time");
    const shown = await times.evaluateAll((all) => all.map((t) => [t.dateTime, t.dataset.utc, t.tabIndex]));
    assert.ok(shown.length > 0, address);
    for (const [exact, utc, tab] of shown) assert.deepEqual([utc, tab], [`${exact.replace("T", " ").replace("Z", "")} UTC`, 0], address);
    const tip = (t) => t.evaluate((e) => getComputedStyle(e, "::after").content);
    assert.equal(await tip(times.first()), "none");
    await times.first().focus();
    await other.page.keyboard.press("Shift"); // the focus is one of the keyboard
    assert.match(await tip(times.first()), / UTC/);
    await times.last().hover();
    assert.match(await tip(times.last()), / UTC/);
    assert.equal(await beyond(), 0, `${address} with an exact time`);
  }
  await other.go(world.laptop, `/keys/${key.id}`);
  const expected = await other.page.evaluate((z) => new Intl.DateTimeFormat("en-GB", { timeZone: z, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date("2031-06-01T20:00:00Z")), zone);
  assert.equal(expected, "2 Jun 2031, 01:30");
  await other.page.locator("#settings").getByText(expected, { exact: true }).waitFor();
  await other.accessible("a page with exact times");
  await other.page.setViewportSize({ width: 360, height: 800 });
  for (const address of [`/keys/${key.id}`, "/activity"]) {
    await other.go(world.laptop, address);
    const last = other.page.locator("main time").filter({ visible: true });
    await last.first().waitFor();
    for (let i = 0; i < Math.min(6, await last.count()); i++) {
      await last.nth(i).hover();
      assert.equal(await beyond(), 0, `${address} with an exact time on a phone`);
    }
  }
  /** Looks whether the exact time can be seen: nothing cuts it off. */
  const seen = (t) => t.evaluate((e) => {
    for (let box = e; box !== document.body; box = box.parentElement) if (getComputedStyle(box).overflow !== "visible" && box.scrollHeight > box.clientHeight) return box.className;
    return "";
  });
  const first = other.page.locator("tbody time").first();
  await first.scrollIntoViewIfNeeded();
  await first.hover();
  assert.match(await first.evaluate((e) => getComputedStyle(e, "::after").content), / UTC/);
  assert.equal(await seen(first), "", "the exact time on a card of the activity");
  await other.page.setViewportSize({ width: 1440, height: 900 });
  await other.go(world.laptop, `/keys/${key.id}/edit`); // no option can have an exact time, so it stands below
  await other.page.locator("#expiry-hint time", { hasText: expected }).hover();
  assert.match(await other.page.locator("#expiry-hint time").first().evaluate((e) => getComputedStyle(e, "::after").content), /2031-06-01 20:00:00 UTC/);
  await other.page.locator("#account").click();
  await other.page.locator("#account-facts time").hover();
  assert.match(await other.page.locator("#account-facts time").evaluate((e) => getComputedStyle(e, "::after").content), / UTC/);
  assert.equal(await beyond(), 0, "the account menu with an exact time");
  await other.page.keyboard.press("Escape");
  await other.role("combobox", { name: "Expires" }).selectOption({ label: "Never" });
  await other.page.locator("#expiry-hint time", { hasText: expected }).waitFor({ state: "detached" });
  assert.deepEqual(other.failures, []);
  await other.context.close();
});

test("an expiry shows itself, without a reload and offline", async () => {
  const other = await world.visit();
  await other.page.clock.install(); // it runs normally until the test moves it
  const visible = (text) => other.page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();
  const line = other.page.locator("table tbody tr").filter({ hasText: "short" });
  for (const [where, before, after] of [
    ["list", () => line.locator('.badge[data-status="active"]').waitFor(), async ({ totals, stopped }) => {
      await line.locator('.badge[data-status="expired"]').waitFor();
      await other.total("Expired", totals.expired + 1);
      await other.total("Active", totals.active - stopped - 1);
    }],
    ["page", () => visible("Settings"), () => visible("This key has expired.")],
    ["application", () => other.page.locator("main li").filter({ hasText: "short" }).locator('.badge[data-status="active"]').waitFor(),
      () => other.page.locator("main li").filter({ hasText: "short" }).locator('.badge[data-status="expired"]').waitFor()],
  ]) {
    const application = settled.applications["Courier mobile"].id;
    const now = await other.page.evaluate(() => Date.now()); // the tests before have moved the page's clock, not the server's
    const { key } = await world.call("POST", "/v1/keys", { name: "short", application_id: application, arx_id: settled.arxes["Rates EU"].id, expires_at: new Date(now + 300_000).toISOString() });
    await other.go(world.laptop, { list: "/keys?q=short", page: `/keys/${key.id}`, application: `/applications/${application}` }[where]);
    await before();
    await other.page.waitForLoadState("networkidle");
    const { totals } = await world.call("GET", "/v1/keys?limit=1"), stopped = (await world.call("GET", "/v1/keys?status=stopped")).items.length;
    await other.context.setOffline(true);
    await other.page.route((url) => url.pathname.startsWith("/v1/"), (route) => route.abort());
    await other.page.clock.fastForward(305_000);
    await after({ totals, stopped });
    await other.page.unrouteAll({ behavior: "wait" });
    await other.context.setOffline(false);
    await world.call("DELETE", `/v1/keys/${key.id}`);
  }
  await other.context.close();
});

test("every icon of a sort exists", async () => {
  await see.go(world.laptop, "/keys?sort=name");
  const arrow = see.role("columnheader", { name: "API key" }).locator("use");
  assert.equal(await arrow.getAttribute("href"), "/web/icons.svg#chevron-up");
  await page.waitForFunction(() => document.querySelector("th[aria-sort] [data-c=icon]").getBBox().width > 0); // a missing symbol has no size
});

test("ids that are pasted with spaces are found", async () => {
  const { id } = settled.keys["Checkout production"];
  await see.go(world.laptop, "/keys");
  await see.role("searchbox", { name: "Search" }).fill(`  ${id} `);
  await row("Checkout production").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("table tbody tr").length === 1);
  assert.match(page.url(), new RegExp(`q=${id}$`));
  const application = settled.applications["Checkout API"];
  for (const address of [`/applications/${application.id}%20`, `/applications/%20${application.id}/edit`, `/keys?application=%20${application.id}`, `/keys/new?from=${id}%20`]) {
    await see.go(world.laptop, address);
    await main("Checkout API", {}).waitFor();
  }
  await page.locator("main").getByText("Everything but the access key is copied.").waitFor();
  await see.button("Cancel").click();
  // The palette also leads to what is deleted or archived, whose page exists.
  const arx = await world.call("POST", "/v1/arxes", { name: "Gone", regions: ["eu-central-1"] });
  await world.call("DELETE", `/v1/arxes/${arx.id}`);
  for (const [of, found] of [[settled.keys["Planner spike"], "deleted"], [settled.applications["Legacy kiosk"], "archived"], [arx, "deleted"]]) {
    await page.keyboard.press("Control+k");
    await see.role("combobox", { name: "Search or jump to" }).fill(` ${of.id} `);
    await page.locator("#palette-list").getByText(found).waitFor();
    await page.keyboard.press("Escape");
  }
});

test("Review leads to the keys that the overview has counted", async () => {
  for (const days of [1, 2, 3]) {
    await world.call("POST", "/v1/keys", { name: `short-lived ${days}`, application_id: settled.applications["Checkout API"].id, arx_id: settled.arxes["Rates EU"].id, expires_at: new Date(Date.now() + days * 86_400_000).toISOString() });
  }
  await see.go(world.laptop, "/");
  const review = page.getByRole("link", { name: /^Review: \d+ keys expire within 7 days$/ });
  const [, counted] = (await review.getAttribute("aria-label")).match(/(\d+) keys/);
  await review.click();
  await row("short-lived 1").waitFor();
  assert.equal(await page.locator("table tbody tr").count(), Number(counted));
  assert.equal(Number(counted), 4);
  await see.go(world.laptop, "/");
  await page.locator("main").getByRole("link", { name: /^\d+ stopped$/ }).click(); // figures lead to what they count
  await page.waitForURL(/\/keys\?status=stopped/);
});

test("a scope that grants more than it seems to says so", async () => {
  await see.go(world.laptop, `/keys/${settled.keys["Checkout production"].id}/edit`);
  const scopes = see.role("textbox", { name: "Scopes" });
  await scopes.fill("orders:* ");
  assert.equal(await page.locator("#scopes-warning").count(), 0);
  await scopes.fill("read* ");
  await page.locator("#scopes-warning").getByText("readwrite", { exact: true }).waitFor();
  await see.accessible("a scope that warns");
  await see.button("Save").click();
  await page.locator("#settings").getByText("readwrite", { exact: true }).waitFor();
});

test("a taken name is told as the other spells it", async () => {
  await see.go(world.laptop, "/applications/new");
  await see.role("textbox", { name: "Name" }).fill("checkout  api");
  await see.role("radio", { name: /^Server/ }).check();
  await see.button("Create").click();
  await page.getByText("Another application is called Checkout API. Choose another name.").waitFor();
  see.failures.length = 0; // the browser logs the refusal
  await see.button("Cancel").click();
});

test("a toast promises API keys only where there is an Arx, and its link chooses what it speaks of", async () => {
  const empty = await begin();
  const there = await empty.visit();
  const create = async (name) => {
    await there.go(empty.laptop, "/applications/new");
    await there.page.waitForLoadState("networkidle");
    await there.role("textbox", { name: "Name" }).fill(name);
    await there.role("radio", { name: /^Server/ }).check();
    await there.button("Create").click();
    await there.heading(name, 1).waitFor();
  };
  await create("Alone");
  await there.page.locator(".toast").getByText("An API key for it also needs an active Arx.").waitFor();
  const arx = await empty.call("POST", "/v1/arxes", { name: "EU", regions: ["eu-central-1"] });
  await empty.call("POST", "/v1/arxes", { name: "US", regions: ["us-east-1"] });
  await create("With an Arx");
  await there.page.locator(".toast", { hasText: "With an Arx is registered." }).getByText("API keys can be made for it now.").waitFor();
  await there.page.locator(".toast", { hasText: "With an Arx is registered." }).getByRole("link", { name: "Create API key" }).click();
  await there.role("radio", { name: "With an Arx" }).and(there.page.locator(":checked")).waitFor();
  await there.go(empty.laptop, `/keys?arx=${arx.id}`);
  await there.page.waitForLoadState("networkidle");
  await there.page.locator(".page-head").getByRole("button", { name: "Create API key" }).click();
  await there.button("Next").click();
  await there.role("radio", { name: "EU" }).and(there.page.locator(":checked")).waitFor();
  assert.deepEqual(there.failures, []);
  await empty.close();
});

/** Reloads the page and confirms the browser's warning, if there is one. */
async function reloadAnyway(page) {
  const accept = (dialog) => dialog.accept();
  page.on("dialog", accept);
  await page.reload();
  page.off("dialog", accept);
}

/** Creates a key by the wizard, up to its access key. */
async function createKey({ page, button, role, heading }) {
  await button("Create API key").first().click();
  await role("radio", { name: "Checkout API" }).check();
  await button("Next").click();
  await role("radio", { name: "Rates EU" }).check();
  for (let i = 0; i < 2; i++) await button("Next").click();
  await button("Create").click();
  await heading("Access key", 2).waitFor();
  return (await page.locator("aside .copyid code").first().textContent()).trim();
}

test("reloading the access-key screen says which key was made, and offers to rotate it", async () => {
  await see.go(world.laptop, "/keys");
  const id = await createKey(see);
  assert.match(id, /^key_/);
  await reloadAnyway(page);
  await page.getByText(`${id} was created, and its access key was not stored.`).waitFor();
  await see.accessible("an access key that a reload has lost");
  await reloadAnyway(page); // nothing is guarded now; it still says so
  await page.getByText(`${id} was created, and its access key was not stored.`).waitFor();
  await see.button("Rotate for a new access key").click();
  await see.role("dialog", { name: "Rotate API key" }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/keys/${id}`);
  await see.role("radio", { name: "1 hour" }).check();
  await see.role("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  await see.heading("Access key", 2).waitFor();
  await reloadAnyway(page); // the same for a rotation
  await page.getByText(`${id} was rotated, and its new access key was not stored.`).waitFor();
  await see.button("Rotate for a new access key").click();
  await see.role("dialog", { name: "Replace the newest access key" }).getByRole("button", { name: "Rotate", exact: true }).click();
  await see.role("checkbox", { name: "I have stored this access key" }).check();
  await see.button("Done").click();
  await main(/The previous access key works until/, {}).waitFor();
  assert.equal(await page.getByText("was not stored").count(), 0);
  await see.link("API keys").first().click();
  await see.button("Create API key").first().click();
  await see.heading("Application", 2).waitFor(); // the wizard begins anew
  await see.button("Cancel").click();

  await see.go(world.laptop, "/access/new");
  await see.role("textbox", { name: "Name" }).fill("lost-bot");
  await see.button("Create").click();
  await see.heading("Management key", 2).waitFor();
  await reloadAnyway(page);
  await page.getByText(/^mgk_\w+ was created, and was not stored\.$/).waitFor();
  await see.button("Show it in the list").click();
  await row("lost-bot").waitFor();
});

test("several steps back at once ask too, and lead there when confirmed", async () => {
  await see.go(world.laptop, "/applications");
  await row("Checkout API").waitFor();
  await see.link("Arxes").click();
  await row("Delivery rates, Europe").waitFor();
  await see.link("API keys").click();
  await row("Checkout production").waitFor();
  await createKey(see);
  const ours = see.role("dialog", { name: "Leave without the access key?" });
  await page.evaluate(() => history.go(-6)); // past the guard, the wizard and the list
  await ours.waitFor();
  await see.heading("Access key", 2).waitFor();
  assert.equal(new URL(page.url()).pathname, "/keys/new");
  await see.button("Stay").click();
  await see.button("Reveal access key").click(); // it is still there
  await page.getByText(/arxk_prd_\w{65}/).first().waitFor();
  await page.evaluate(() => history.back());
  await ours.waitFor();
  await see.button("Leave").click();
  await page.waitForURL(/\/(arxes|applications)$/);
  await see.heading(new URL(page.url()).pathname === "/arxes" ? "Arxes" : "Applications", 1).waitFor();
  await see.link("API keys").click();
  await see.button("Create API key").first().click();
  await see.heading("Application", 2).waitFor(); // leaving was confirmed: nothing is told of the key
  assert.deepEqual(see.failures, []);
});
