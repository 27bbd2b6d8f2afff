// The layout of every page: targets that a finger hits, cards that are short, tables that hold at every width, and
// nothing that moves by itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page, phone, pages;

before(async () => {
  world = await begin();
  const { applications, arxes, keys } = await settle(world.call);
  for (let i = 0; i < 14; i++) {
    await world.call("POST", "/v1/keys", { name: `Parcel job ${i}`, application_id: applications["Invoice worker"].id, arx_id: arxes["Rates EU"].id });
  }
  await world.call("POST", `/v1/keys/${keys["Checkout production"].id}/rotate`, { overlap_seconds: 3600 });
  pages = {
    "the overview": "/", keys: "/keys", applications: "/applications", Arxes: "/arxes", activity: "/activity", access: "/access",
    "a key": `/keys/${keys["Checkout production"].id}`, "a stopped key": `/keys/${keys["Printer bench"].id}`, "a key's form": `/keys/${keys["Checkout production"].id}/edit`,
    "an application": `/applications/${applications["Checkout API"].id}`, "an application's form": `/applications/${applications["Partner portal"].id}/edit`,
    "a disabled application": `/applications/${applications["Data export"].id}`,
    "an Arx": `/arxes/${arxes["Rates EU"].id}`, "an Arx's form": `/arxes/${arxes["Rates EU"].id}/edit`,
    "a new key": "/keys/new", "a new application": "/applications/new", "a new Arx": "/arxes/new", "a new management key": "/access/new",
    "a search without hits": "/keys?q=zyzzyva", "no page": "/nowhere",
  };
  see = await world.visit();
  ({ page } = see);
  phone = await world.visit({ width: 360, touch: true });
});
after(() => world?.close());

/** Opens a page whole. */
async function open(view, address) {
  await view.go(world.laptop, address);
  await view.page.waitForFunction(() => !document.querySelector("main :is(.sk, .sk-text, .pause, .pause-sm, [data-ghost], [aria-busy=true])"));
}

/**
 * Returns what a finger can miss: what takes touches, with its unseen margin, on less than 44 × 44 px. Links within a
 * sentence are as high as its lines.
 */
const small = (page) => page.evaluate(() => {
  const root = document.querySelector(".menu") ?? document.querySelector(":popover-open") ?? document.querySelector("dialog[open]") ?? document.body;
  const missed = [];
  for (const e of root.querySelectorAll("a[href], button, input, select, textarea, summary, [role=option], [role=slider]")) {
    const inSentence = getComputedStyle(e).display.startsWith("inline") && [...e.parentElement.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (e.matches(":disabled, .skip") || inSentence || !e.checkVisibility({ visibilityProperty: true })) continue;
    const shown = e.matches("[type=checkbox], [type=radio]") ? e.labels[0] : e;
    shown.scrollIntoView({ block: "center", inline: "center" });
    const box = shown.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    const own = (x, y) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (e.contains(hit) || hit.closest("label")?.control === e);
    };
    if ([[-21.5, 0], [21.5, 0], [0, -21.5], [0, 21.5]].every(([dx, dy]) => own(x + dx, y + dy))) continue;
    const reach = (dx, dy) => { // where the middle is not the middle of its margin
      let n = 0;
      while (n < 44 && own(x + dx * n, y + dy * n)) n++;
      return n;
    };
    const width = reach(1, 0) + reach(-1, 0), height = reach(0, 1) + reach(0, -1);
    if (width < 44 || height < 44) missed.push(`${width} × ${height}: ${e.getAttribute("aria-label") ?? e.textContent}, ${e.className}`);
  }
  scrollTo(0, 0);
  return missed;
});

test("on a phone, whatever takes a finger is 44 px high and wide", async () => {
  const { page, role, button, act } = phone;
  for (const [name, address] of Object.entries(pages)) {
    await open(phone, address);
    assert.deepEqual(await small(page), [], name);
  }
  const dialog = () => role("dialog").waitFor();
  for (const [name, address, does] of [
    ["the account", "/", () => role("button", { name: /, account$/ }).click()],
    ["the palette", "/", () => role("button", { name: /^Search or jump to/ }).click()],
    ["a row's menu", "/keys", () => button("Actions for Parcel job 3").click()],
    ["the filters", "/keys", () => button("Filters").click()],
    ["deleting a key", "/keys", () => act("Parcel job 3", "Delete").then(dialog)],
    ["archiving an application", "/applications", () => act("Data export", "Archive").then(dialog)],
    ["rotating a key", pages["a stopped key"], () => button("Rotate").click().then(dialog)],
    ["figures as a table", "/", () => button("Show as a table").click()],
    ["an event", "/activity", () => role("button", { name: /^Show what changed/ }).first().click()],
    ["a wizard's second step", "/keys/new", async () => {
      await role("radio", { name: /^Checkout API/ }).check();
      await button("Next").click();
      await phone.heading("Arx", 2).waitFor();
    }],
  ]) {
    await open(phone, address);
    await does();
    assert.deepEqual(await small(page), [], name);
    const aside = await page.locator(".menu .theme button").evaluateAll((all) => all.map((e) => { // the icons are in the middle
      const box = e.getBoundingClientRect(), icon = e.firstElementChild.getBoundingClientRect();
      return Math.round(icon.left + icon.right - box.left - box.right);
    }).filter((n) => n));
    assert.deepEqual(aside, [], name);
  }
});

test("on a phone, a key is a card of three lines, filters are a sheet, and a button shows the boxes", async () => {
  const { page, role, button, shown } = phone;
  await open(phone, "/keys");
  const height = (what) => page.locator(what).first().evaluate((e) => e.getBoundingClientRect().height);
  assert.equal(await page.locator("tbody tr").count(), 25);
  assert.ok(await height("table") <= 2150, `25 keys take ${await height("table")} px`);
  const card = (name) => page.locator("tbody tr").filter({ hasText: name });
  assert.match(await card("Printer bench").innerText(), /^Printer bench\s+Route planner → \s*tst\s*Label testing\s+Stopped\s+Never used · Arx disabled$/);
  assert.match(await card("Warehouse feed").innerText(), /Last used (just now|\d+ (s|min) ago) · application disabled$/);
  // What does not fit the last line is on another one.
  const soon = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  await page.route((url) => url.pathname === "/v1/keys", async (route) => {
    const response = await route.fetch(), json = await response.json();
    for (const key of json.items) Object.assign(key, { last_used_at: soon(-20), expires_at: soon(3), rotate_by: soon(-4), rotation_due: true });
    await route.fulfill({ response, json });
  });
  await page.reload();
  await card("Warehouse feed").locator(".p-last .phone-line").filter({ hasText: /^Last used \d+ \w+ \d{4} · expires in 3 days · rotation due · application disabled$/ }).waitFor();
  await phone.fits("a card with all that is near");
  await page.unrouteAll({ behavior: "wait" });
  await open(phone, "/keys");
  const status = role("combobox", { name: "Status" });
  assert.equal(await status.isVisible(), false);
  await button("Filters").click();
  await status.selectOption("disabled");
  await button("Done").click();
  await status.waitFor({ state: "hidden" });
  await card("Planner load test").waitFor();
  await button("Filters · 1").click();
  await page.keyboard.press("Escape");
  await status.waitFor({ state: "hidden" });
  await page.locator("[popovertarget=filters]:focus").waitFor();
  await role("combobox", { name: "Sort" }).selectOption("name");

  const box = role("checkbox", { name: "Select Planner load test" });
  assert.equal(await box.isVisible(), false);
  await button("Select").click();
  await box.check();
  await shown("1 selected");
  await button("Select").click();
  await box.waitFor({ state: "hidden" });
  await page.locator("tbody tr").first().tap(); // the whole card leads to the key
  await phone.heading("Planner load test", 1).waitFor();
});

test("on a phone, the rows of every list are cards of three lines, with copying in the menu", async () => {
  const { page, role } = phone;
  const said = async (name) => (await page.locator("tbody tr:not(.detail)").filter({ has: page.locator("td > :is(.t-main, .t-text)", { hasText: new RegExp(`^${name}`) }) }).innerText()).replace(/\s+/g, " ").trim();
  const first = { // the name of a row, what its card says, and the entry of its menu that copies
    "/applications?archived=1": ["Route planner", /^Route planner Server priya\.raman@northbeam\.example 3 keys 1 disabled Active$/, "Copy application id"],
    "/arxes": ["Rates EU", /^Rates EU Default prd Production AWS ?eu-central-1, eu-west-1 \d+ keys Active$/, "Copy Arx id"],
    "/access": ["ci-deploy", /^ci-deploy Developer Active Never used · expires \d+ \w+ \d{4}$/, "Copy management key id"],
    "/activity?action=arxes.disable": ["Label testing", /^\d\d:\d\d:\d\d ?(Today|Yesterday) local scripts ?Management key Disabled Label testing ?Arx 127\.0\.0\.1$/],
    "/activity": [],
  };
  for (const [address, [name, says, copies]] of Object.entries(first)) {
    await open(phone, address);
    const tall = await page.locator("#list tbody tr:not(.detail)").evaluateAll((rows) => rows.map((row) => row.offsetHeight).filter((height) => height > 86));
    assert.deepEqual(tall, [], address);
    const beyond = await page.locator("#list tbody td").evaluateAll((cells) => cells.filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth - 16).length);
    assert.equal(beyond, 0, address);
    if (says) assert.match(await said(name), says);
    if (!copies) continue;
    await role("button", { name: `Actions for ${name}`, exact: true }).click();
    await role("menuitem", { name: copies }).waitFor();
    await page.keyboard.press("Escape");
  }

  for (const address of ["/keys?status=expiring", "/access", "/activity?action=applications.update"]) {
    await open(phone, address);
    const times = await page.locator("tbody tr:not(.detail) time").filter({ visible: true }).all();
    assert.ok(times.length > 0, address);
    for (const time of times) {
      await time.scrollIntoViewIfNeeded();
      await time.focus();
      await page.keyboard.press("Shift"); // the focus is one of the keyboard
      const { exact, above, beyond } = await time.evaluate((e) => {
        const box = e.getBoundingClientRect(), exact = getComputedStyle(e, "::after");
        const left = (exact.left === "0px" && getComputedStyle(e).position === "static" ? e.closest("td") : e).getBoundingClientRect().left;
        return {
          exact: exact.content, above: e.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)),
          beyond: Math.max(-left, left + parseFloat(exact.width) - innerWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth),
        };
      });
      assert.match(exact, / UTC/);
      assert.ok(above, `${address}: a time is above the link of its card`);
      assert.ok(beyond <= 0, `${address}: an exact time is ${beyond} px beyond the window`);
    }
  }
  await role("button", { name: /^Show what changed: Edited Route planner/ }).click();
  await page.locator("tr.detail del", { hasText: "Plans tours for the depots" }).waitFor();
  await page.locator("tbody tr:not(.detail)").first().tap(); // the whole card leads to what was changed
  await phone.heading("Route planner", 1).waitFor();
  const owner = page.locator(".dl .one-line");
  assert.equal(await owner.getAttribute("title"), "priya.raman@northbeam.example");
  assert.equal(await owner.evaluate((e) => e.getClientRects().length), 1);
  assert.ok(await owner.evaluate((e) => e.scrollWidth <= e.clientWidth), "the address is whole on its page");

  for (const width of [801, 1101, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await open(phone, "/applications");
    assert.deepEqual(await page.locator("td .one-line").evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)), [], `${width} px`);
  }
  await page.setViewportSize({ width: 360, height: 900 });
});

test("no page scrolls sideways and no id breaks, at any width", async () => {
  for (const [name, address] of Object.entries({ ...pages, "deleted keys": "/keys?deleted=1", "archived applications": "/applications?archived=1" })) {
    await open(see, address);
    for (const width of [360, 720, 768, 801, 1101, 1280, 1440, 1920]) { // 720 is 1440, zoomed to 200 %
      await page.setViewportSize({ width, height: 900 });
      const { beyond, broken, cut, tall } = await page.evaluate(() => {
        const lines = (e) => {
          const range = document.createRange();
          range.selectNodeContents(e);
          const boxes = [...range.getClientRects()];
          return boxes.some((a) => boxes.some((b) => b.top >= a.bottom));
        };
        return {
          beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          broken: [...document.querySelectorAll(".copyid code, td code, .env, .badge, .one-line")].filter((e) => e.checkVisibility() && lines(e)).map((e) => e.textContent),
          cut: [...document.querySelectorAll(".k-state .t-sub, nav.nav")].filter((e) => e.checkVisibility() && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth)).map((e) => e.textContent),
          tall: Math.max(0, ...[...document.querySelectorAll("#list tbody tr:not(.detail)")].map((row) => row.offsetHeight)),
        };
      });
      assert.equal(beyond, 0, `${name} at ${width} px is wider than the window`);
      assert.deepEqual(broken, [], `${name} at ${width} px`);
      if (width > 800) assert.deepEqual(cut, [], `${name} at ${width} px: cut off`);
      if (width > 800) assert.ok(tall <= 57, `${name} at ${width} px: a row of ${tall} px`);
    }
  }
  const columns = async (width) => {
    await page.setViewportSize({ width, height: 900 });
    return (await page.locator("thead th").filter({ visible: true }).allTextContents()).map((head) => head.trim()).join();
  };
  await open(see, "/keys");
  assert.equal(await columns(801), "API key,Application,Status,Last used,Expires,Actions");
  assert.equal(await columns(1280), "API key,Application,Status,Last used,Expires,Rotate by,Actions");
  await page.locator(".k-joins .arx-ref").filter({ visible: true }).first().waitFor(); // the Arx stands under its application
  assert.equal(await columns(1440), "API key,Application,Arx,Status,Last used,Created,Expires,Rotate by,Actions");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("copying moves no column and no row", async () => {
  for (const [address, name] of [["/keys", "Copy API key"], ["/access", "Copy management key id"], [pages["a key"], "Copy API key"]]) {
    for (const width of [801, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await open(see, address);
      const boxes = () => page.evaluate(() => [...document.querySelectorAll("th, tbody tr, .page-head .row > *, .copy")].map((e) => Object.values(e.getBoundingClientRect().toJSON()).map(Math.round).join()));
      const was = await boxes();
      await page.locator(".copyid").first().hover();
      await see.role("button", { name, exact: true }).first().click();
      await page.locator(".copied").waitFor();
      assert.deepEqual(await boxes(), was, `${address} at ${width} px`);
    }
  }
});

test("what is seldom done, and why something can't be done, is in the menu More and nowhere else", async () => {
  const { role, button } = see;
  const entries = async (title) => {
    await role("button", { name: `More actions for ${title}`, exact: true }).click();
    await role("menu").waitFor();
    const found = await role("menuitem").allInnerTexts();
    await page.keyboard.press("Escape");
    await role("menu").waitFor({ state: "hidden" });
    return found.map((text) => text.replace(/\s+/g, " "));
  };
  const top = () => page.locator(".page-head .actions .btn").allInnerTexts();
  await open(see, pages["a key"]);
  assert.deepEqual(await top(), ["Rotate", "Disable", "More"]);
  assert.deepEqual(await entries("Checkout production"), ["Edit", "Duplicate", "Copy API key", "Delete"]);
  await open(see, pages["an application"]);
  assert.deepEqual(await top(), ["Create API key", "Edit", "More"]);
  assert.deepEqual(await entries("Checkout API"), ["Disable", "Copy application id", "Archive Disable the application first."]);
  await open(see, pages["an Arx"]);
  assert.deepEqual(await top(), ["Create API key", "Edit", "More"]);
  const [isDefault, disable, copy, remove] = await entries("Rates EU");
  assert.deepEqual([disable, copy], ["Disable", "Copy Arx id"]);
  for (const [refused, reason] of [["Make default", isDefault], ["Delete", remove]]) {
    assert.ok(reason.startsWith(`${refused} `), reason);
    assert.equal(await page.getByText(reason.slice(refused.length + 1)).count(), 0, "the reason stands nowhere else");
  }

  await open(see, pages["a disabled application"]);
  assert.deepEqual(await top(), ["Edit", "More"]);
  assert.equal((await entries("Data export"))[0], "Create API key Enable the application first.");
  await see.more("Enable");
  await button("Create API key").click();
  await see.heading("Create API key", 1).waitFor();
  await open(see, pages["a disabled application"]);
  await see.more("Disable");
  await see.confirm("Data export", "Disable");
});

test("a developer is offered only what opens", async () => {
  const developer = await world.visit({ person: "developer@example.com" });
  const { page, role, heading } = developer;
  const links = await page.locator(".nav ul:first-child a").allInnerTexts();
  assert.deepEqual(links, ["Overview", "API keys", "Applications", "Arxes", "Access"]);
  for (const name of links) {
    await developer.link(name).first().click();
    await heading(name, 1).waitFor();
    assert.equal(await page.getByText("Your role does not allow this").count(), 0, name);
  }
  await page.keyboard.press("g");
  await page.keyboard.press("v"); // Activity
  await page.keyboard.press("?");
  const sheet = role("dialog", { name: "Keyboard shortcuts" });
  await sheet.getByText("Arxes", { exact: true }).waitFor();
  assert.equal(await sheet.getByText("Activity").count(), 0);
  await page.keyboard.press("Escape");
  await heading("Access", 1).waitFor();
  await page.keyboard.press("Control+k");
  const palette = role("dialog", { name: "Search or jump to" });
  await palette.getByRole("combobox").fill("ac");
  await palette.getByRole("option", { name: /^Access/ }).waitFor();
  assert.equal(await palette.getByRole("option", { name: /^Activity/ }).count(), 0);
  for (const address of Object.values(pages)) {
    if (address === "/activity") continue;
    await open(developer, address);
    assert.equal(await page.locator('main a[href^="/activity"]').count(), 0, address);
  }
  await developer.context.close();
});

test("what is loading has the places of what comes, and nothing moves", async () => {
  const lists = ["/keys", "/keys?status=stopped", "/applications", "/arxes", "/activity", "/access"];
  const details = ["/", pages["a key"], pages["a stopped key"], pages["an application"], pages["an Arx"]];
  for (const [view, most] of [[see, 0.01], [phone, 0.015]]) {
    const { page } = view;
    await page.addInitScript(() => {
      window.moved = [];
      new PerformanceObserver((list) => window.moved.push(...list.getEntries().filter((e) => !e.hadRecentInput))).observe({ type: "layout-shift", buffered: true });
    });
    let come, coming, n = 0;
    await page.route(/\/v1\/(?!me$)/, async (route) => {
      await coming;
      await new Promise((done) => setTimeout(done, n++ % 3 * 150)); // one after the other
      await route.continue().catch(() => {});
    });
    const boxes = () => page.evaluate(() => [...document.querySelectorAll("#list thead th, #list tbody tr:first-child, #list .filters, [aria-label=Totals], .page-head")]
      .filter((e) => e.checkVisibility()).map((e) => `${e.className || e.tagName}: ${[e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight]}`));
    for (const address of [...lists, ...details]) {
      coming = new Promise((done) => { come = done; });
      await page.goto(world.laptop.url + address);
      await page.locator("#first-frame").waitFor({ state: "detached" });
      await page.locator("main :is(.sk, [data-ghost] svg [data-s=grid])").filter({ visible: true }).first().waitFor();
      const was = await boxes();
      come();
      await page.waitForFunction(() => !document.querySelector("main :is(.sk, .sk-text, .pause, [data-ghost], [aria-busy=true])"));
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      if (lists.includes(address)) assert.deepEqual(await boxes(), was, address);
      const moved = await page.evaluate(() => window.moved.reduce((sum, e) => sum + e.value, 0));
      assert.ok(moved <= most, `${address}: the layout shifts by ${moved}`);
    }
    await page.unroute(/\/v1\/(?!me$)/);
  }
});

test("what stands between others keeps the distance, and what is said is about something on the page", async () => {
  const { page } = see;
  const zone = page.locator(".zone");
  for (const width of [360, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of ["/nowhere", "/applications/new", "/arxes/new", "/keys?q=zyzzyva", ...(width === 360 ? ["/applications", "/arxes"] : [])]) {
      await open(see, address);
      assert.equal(await zone.isVisible(), false, `${address} at ${width} px shows no time`);
    }
    for (const address of ["/", "/keys", "/activity", pages["a key"], pages["an Arx"], ...(width === 360 ? [] : ["/access"]), ...(width === 1920 ? ["/applications"] : [])]) {
      await open(see, address);
      assert.equal(await zone.isVisible(), true, `${address} at ${width} px shows times`);
      const left = (selector) => page.locator(selector).evaluate((e) => Math.round(e.getBoundingClientRect().left));
      assert.equal(await left(".zone"), await left(".page"), `${address} at ${width} px`);
    }
  }
  for (const width of [1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    await open(see, "/keys");
    const broken = await page.locator("#list td .arx-ref .t-text").evaluateAll((all) => all.filter((e) => e.checkVisibility() && e.getClientRects()[0].height > 20).map((e) => e.textContent));
    assert.deepEqual(broken, [], `names of Arxes at ${width} px`);
  }
  for (const width of [1101, 1280, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.locator("#search").evaluate((field) => {
      const key = field.parentElement.querySelector("kbd"), style = getComputedStyle(field);
      if (!key.checkVisibility()) return 0;
      const pen = Object.assign(document.createElement("canvas").getContext("2d"), { font: style.font });
      return Math.max(0, field.getBoundingClientRect().left + parseFloat(style.paddingLeft) + pen.measureText(field.placeholder).width - key.getBoundingClientRect().left);
    });
    assert.equal(over, 0, `the key on the words of the search at ${width} px`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.route("**/v1/usage?**", async (route) => {
    const answer = await route.fetch();
    const usage = await answer.json();
    await route.fulfill({ response: answer, json: { ...usage, totals: { total: 0, codes: {} }, busiest: [] } });
  });
  await open(see, "/");
  const gaps = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll(".page > *")].filter((e) => e.getClientRects().length > 0).map((e) => e.getBoundingClientRect());
    return boxes.slice(1).map((box, i) => Math.round(box.top - boxes[i].bottom));
  });
  assert.deepEqual(gaps, gaps.map(() => 24), "between the cards of an overview without verifications");
  await page.unroute("**/v1/usage?**");
});

test("the console complained of nothing", () => {
  assert.deepEqual([...see.failures, ...phone.failures], []);
});
