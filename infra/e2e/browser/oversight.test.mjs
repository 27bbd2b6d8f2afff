// The pages Activity and Access.
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

const rows = () => page.locator("table tbody tr:has(time)");
const column = async (n) => (await rows().locator(`td:nth-child(${n}), th:nth-child(${n})`).allInnerTexts()).map((text) => text.split("\n")[0].trim());
/** Waits until the page shows so many rows, all with the text in the column. */
async function all(n, many, want) {
  for (let i = 0; i < 100; i++) {
    const found = await column(n);
    if (found.length === many && found.every((text) => want.test(text))) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`not ${many} of ${want}: ${await column(n)}`);
}

test("the activity is filtered by person, action, resource and time, which stand in the address", async () => {
  const { role } = see;
  const choose = (name, option) => role("combobox", { name, exact: true }).selectOption(option);
  await see.link("Activity").click();
  await see.heading("Activity", 1).waitFor();
  await rows().first().waitFor();
  await see.accessible("the activity");

  await choose("Action", { label: "Disabled: application" });
  await all(3, 2, /^Disabled$/);
  assert.match(page.url(), /action=applications\.disable/);
  await choose("Resource", { label: "Data export · Application" });
  await all(4, 1, /^Data export$/);
  assert.match(page.url(), new RegExp(`resource=${settled.applications["Data export"].id}`));
  await page.goBack();
  await all(4, 2, /^(Data export|Legacy kiosk)$/);
  await page.reload();
  await all(4, 2, /^(Data export|Legacy kiosk)$/);
  assert.equal(await role("combobox", { name: "Action" }).inputValue(), "applications.disable");

  await choose("Person", { label: "owner@example.com" });
  await page.getByText("You filtered by owner@example.com and Disabled: application.").waitFor(); // a machine disabled them
  await see.accessible("the activity without hits");
  await see.button("Clear filters").click();
  await all(2, 25, /./);
  assert.equal(new URL(page.url()).search, "");
  await choose("Period", { label: "Last 24 hours" });
  await page.waitForURL(/period=1d/);
  await all(3, 25, /./);
  await see.button("Next page").click();
  const { items } = await world.call("GET", "/v1/audit?limit=100");
  await page.getByText(`26–${items.length}`, { exact: true }).waitFor();
  await all(3, items.length - 25, /./);
});

test("an event tells what was before and after", async () => {
  await see.go(world.laptop, `/activity?resource=${settled.applications["Route planner"].id}`);
  await all(4, 2, /^Route planner$/);
  const show = see.role("button", { name: /Edited Route planner/ });
  assert.equal(await show.getAttribute("aria-expanded"), "false");
  await show.click();
  await page.getByText("Plans tours for the depots and the couriers").waitFor();
  await page.locator("del", { hasText: "Plans tours for the depots" }).waitFor();
  await page.getByText("hash", { exact: true }).waitFor();
  await see.accessible("an event, opened");
  await page.setViewportSize({ width: 360, height: 800 });
  await see.inside("the activity on a phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

let secret;
const me = async () => (await fetch(`${world.laptop.url}/v1/me`, { headers: { Authorization: `Bearer ${secret}` } })).status;

test("a management key is created, and shown once", async () => {
  const { role, button, heading, link } = see;
  await link("Access").click();
  await see.total("Total", 4); // including the one for scripts, which the laptop creates
  await see.accessible("the management keys");
  await button("Create management key").click();
  await heading("Create management key", 1).waitFor();
  await button("Create").click();
  await see.shown(/give it a name/i);
  await see.accessible("a management key without a name");
  await role("textbox", { name: "Name" }).fill("release-bot");
  await role("radio", { name: /^Verifier/ }).check();
  await role("radio", { name: "On a date" }).check();
  await button("Create").click();
  await see.shown(/choose a day/i);
  await role("radio", { name: "30 days" }).check();
  await button("Create").click();
  await heading("Management key", 2).waitFor();
  await see.accessible("a new management key");

  assert.doesNotMatch(await page.locator("main").innerText(), /arxm_[0-9A-Za-z]{40}/, "it is masked");
  await button("Reveal management key").click();
  await page.waitForFunction(() => /arxm_[0-9A-Za-z]{40}/.test(document.querySelector("main").innerText));
  [secret] = (await page.locator("main").innerText()).match(/arxm_[0-9A-Za-z]+/);
  await button("Copy management key").click();
  await page.waitForFunction((want) => navigator.clipboard.readText().then((text) => text === want), secret);
  assert.equal(await me(), 200);

  assert.equal(await button("Done").isEnabled(), false);
  await link("Overview").click();
  await role("dialog", { name: "Leave without the management key?" }).waitFor();
  await see.accessible("whoever leaves without the management key is asked");
  await button("Stay").click();
  await role("checkbox", { name: "I have stored this management key" }).check();
  await button("Done").click();
  await heading("Access", 1).waitFor();
  await see.total("Total", 5);
  assert.ok(!(await page.content()).includes(secret), "it is not shown again");
});

test("management keys are searched, and one is deleted by its name", async () => {
  const { role, button } = see;
  await role("searchbox", { name: "Search" }).fill("release");
  await page.waitForURL(/q=release/);
  await all(1, 1, /^release-bot$/);
  await see.act("release-bot", "Delete");
  const dialog = role("dialog");
  const typed = dialog.getByRole("textbox", { name: "Type release-bot to confirm" });
  await typed.fill("Release-bot");
  await dialog.getByText(/capital|case/i).first().waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Delete", exact: true }).isEnabled(), false);
  await see.accessible("the deletion of a management key");
  assert.equal(await me(), 200);
  await see.confirm("release-bot", "Delete");
  await page.getByText("release-bot is deleted.", { exact: true }).waitFor();
  await see.total("Total", 4);
  await see.focused("h1");
  for (let i = 0; i < 100 && await me() !== 401; i++) await page.waitForTimeout(100);
  assert.equal(await me(), 401);

  await button("Clear search").click();
  await rows().first().waitFor();
  await see.link("Activity").click();
  await see.shown("release-bot");
  assert.deepEqual(see.failures, []);
});

test("a keyboard alone filters, sorts, opens a row's menu and deletes by its dialog", async () => {
  const { keyboard } = page;
  const focused = (want) => page.waitForFunction((text) => document.activeElement?.textContent.includes(text) || document.activeElement?.getAttribute("aria-label")?.includes(text), want);
  /** Presses Tab until the element with the name has the focus. */
  const tabTo = async (name) => {
    for (let i = 0; i < 60; i++) {
      await keyboard.press("Tab");
      if (await page.evaluate((text) => [document.activeElement.getAttribute("aria-label"), document.activeElement.textContent.trim()].includes(text), name)) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  await see.go(world.laptop, "/keys");
  await rows().first().waitFor();
  await tabTo("API key"); // the head of the column
  await keyboard.press("Enter");
  await page.waitForURL(/sort=name/);
  await see.role("combobox", { name: "Status" }).focus();
  await keyboard.type("Dis");
  await page.waitForURL(/status=disabled/);
  await all(1, 1, /^Planner load test$/);

  await see.go(world.laptop, "/access");
  await rows().first().waitFor();
  await tabTo("Actions for terraform");
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "menuitem");
  await keyboard.press("End");
  await focused("Delete");
  await keyboard.press("Enter");
  await see.role("dialog").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await keyboard.press("Escape");
  await see.role("dialog").waitFor({ state: "hidden" });
  await focused("Actions for terraform"); // where it came from
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "menuitem");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await keyboard.type("terraform");
  await see.role("dialog").getByRole("button", { name: "Delete", exact: true }).and(page.locator(":enabled")).waitFor();
  await tabTo("Delete");
  await keyboard.press("Enter");
  await page.getByText("terraform is deleted.", { exact: true }).waitFor();
  await see.total("Total", 3);
});

test("on a phone both lie within the edge", async () => {
  await page.setViewportSize({ width: 360, height: 800 });
  for (const address of ["/activity", "/access", "/access/new"]) {
    await see.go(world.laptop, address);
    await page.waitForLoadState("networkidle");
    await see.inside(address);
    await see.accessible(`${address} on a phone`);
  }
});
