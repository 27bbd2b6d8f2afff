// Ten thousand keys: they are listed, searched, sorted and paged in few reads, none of which holds more than a page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { multiply } from "./many.mjs";

const many = 10_000;
let world, see, page;
const reads = []; // of the list, since the last step

before(async () => {
  world = await begin();
  const application = await world.call("POST", "/v1/applications", { name: "Billing", technology: "server" });
  const arx = await world.call("POST", "/v1/arxes", { name: "EU", regions: ["eu-central-1"] });
  await world.call("POST", "/v1/keys", { name: "the newest", application_id: application.id, arx_id: arx.id });
  await multiply(world.laptop, many);
  see = await world.visit();
  page = see.page;
  page.on("response", (answer) => { if (new URL(answer.url()).pathname === "/v1/keys") reads.push(answer); });
});
after(() => world?.close());

const names = () => page.locator("table .t-main").allTextContents();
/** Does what leads to the rows, of which the first one is named, and returns them. It may read the list so often. */
async function leads(t, atMost, first, does) {
  reads.length = 0;
  const began = performance.now();
  await does();
  await page.locator("table tbody tr").first().getByText(first, { exact: true }).waitFor();
  t.diagnostic(`${Math.round(performance.now() - began)} ms, ${reads.length} reads`);
  await page.waitForLoadState("networkidle");
  assert.ok(reads.length >= 1 && reads.length <= atMost, `${reads.length} reads: ${reads.map((r) => r.url())}`);
  for (const read of reads) assert.ok((await read.json()).items.length <= 25, "a read holds a page");
  return names();
}

test("the first page comes with the totals of all", async (t) => {
  const rows = await leads(t, 1, "the newest", () => see.link("API keys").click());
  assert.equal(rows.length, 25);
  await see.total("Total", "10,000");
  await see.total("Active", "9,001");
  await see.total("Disabled", "999");
  await see.accessible("the list of ten thousand");
});

test("a page further is one read", async (t) => {
  const second = await leads(t, 1, "copy 00025", () => see.button("Next page").click());
  assert.equal(second.at(-1), "copy 00049");
  await leads(t, 1, "copy 00050", () => see.button("Next page").click());
  await leads(t, 1, "copy 00025", () => see.button("Previous page").click());
});

test("a search as one types finds one of all, by its name and by its id", async (t) => {
  const search = see.role("searchbox", { name: "Search" });
  // While somebody types, not every letter is a read.
  assert.deepEqual(await leads(t, 4, "copy 04321", () => search.pressSequentially("copy 04321", { delay: 40 })), ["copy 04321"]);
  const id = `key_A${String(many - 7777).padStart(15, "0")}`;
  assert.deepEqual(await leads(t, 1, "copy 07777", () => search.fill(id)), ["copy 07777"]);
  const last = await leads(t, 1, "copy 09000", () => search.fill("copy 090"));
  assert.equal(last.length, 25);
  await leads(t, 1, "copy 09025", () => see.button("Next page").click());
});

test("they sort by name and are filtered by status, and pages go on from there", async (t) => {
  await see.go(world.laptop, "/keys");
  await page.getByText("the newest").waitFor();
  await leads(t, 1, "copy 00001", () => see.button("API key").click());
  await leads(t, 1, "the newest", () => see.button("API key").click());
  const disabled = await leads(t, 1, "copy 09990", () => see.role("combobox", { name: "Status" }).selectOption("disabled"));
  assert.deepEqual(disabled.slice(0, 3), ["copy 09990", "copy 09980", "copy 09970"]);
  assert.equal((await leads(t, 1, "copy 09740", () => see.button("Next page").click())).length, 25);
});

test("one of them is deleted, and the totals are right at once", async () => {
  await see.go(world.laptop, "/keys?q=copy+05555");
  await see.shown("copy 05555");
  await see.act("copy 05555", "Delete");
  await see.confirm(`key_A${String(many - 5555).padStart(15, "0")}`, "Delete");
  await see.total("Total", "9,999");
  await see.total("Active", "9,000");
  await see.role("switch", { name: "Show deleted", exact: true }).click();
  await see.shown("copy 05555");
  assert.deepEqual(see.failures, []);
});
