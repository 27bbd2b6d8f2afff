// Seeing and doing: traffic, why a key was refused, totals and cells that lead on, work on many keys, history in words, and
// the keyboard. One tenant for all tests.
import assert from "node:assert/strict";
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
  assert.deepEqual(await page.locator("#list .t-main").allTextContents(), ["Planner load test"]);
  await totals.getByRole("link", { name: "Deleted 1" }).click();
  await page.locator("#list").getByRole("link", { name: "Planner spike" }).waitFor();
  await totals.getByRole("link", { name: /^Total / }).click();
  await page.waitForURL((url) => url.search === "");
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
