// Searching while responses are slow: at most one request is under way, and only the answer to the latest text is shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";

let world, see, page;

before(async () => {
  world = await begin();
  const arx = await world.call("POST", "/v1/arxes", { name: "EU", regions: ["eu-central-1"] });
  let application;
  for (let i = 0; i < 101; i++) { // more than a picker lists at once
    application = await world.call("POST", "/v1/applications", { name: `app ${String(i).padStart(3, "0")}`, technology: "server" });
  }
  for (const name of ["billing export", "billing import", "bill of lading", "checkout"]) {
    await world.call("POST", "/v1/keys", { name, application_id: application.id, arx_id: arx.id });
  }
  see = await world.visit();
  page = see.page;
});
after(() => world?.close());

/**
 * Holds back the responses to searches of the list. Returns the texts that were searched for, the maximum number of
 * requests under way, until, which waits for the n-th request, and release, which lets the oldest response through.
 */
async function hold(path) {
  const held = { asked: [], waiting: [], most: 0 };
  await page.route((url) => url.pathname === path && url.searchParams.has("q"), async (route) => {
    held.asked.push(new URL(route.request().url()).searchParams.get("q"));
    const answer = await route.fetch();
    held.waiting.push(() => route.fulfill({ response: answer }));
    held.most = Math.max(held.most, held.waiting.length);
  });
  held.until = async (n) => { while (held.asked.length < n || held.waiting.length === 0) await page.waitForTimeout(20); };
  held.release = () => held.waiting.shift()();
  return held;
}

/** Searches for the texts, one after the other. */
async function type(search, ...texts) {
  for (const text of texts) {
    await search.fill(text);
    await search.press("Enter");
  }
}

test("a list asks for the latest text when the one under way is answered, whose answer it drops", async () => {
  await see.go(world.laptop, "/keys");
  await see.shown("checkout");
  const held = await hold("/v1/keys");
  const search = see.role("searchbox", { name: "Search" });
  await type(search, "b", "bi", "bill", "billing");
  await held.until(1);
  await page.waitForURL(/q=billing$/);
  assert.deepEqual(held.asked, ["b"]);
  await held.release();
  await held.until(2);
  // The answer to "b" has arrived and was dropped.
  assert.deepEqual(held.asked, ["b", "billing"]);
  assert.ok((await page.locator("table .t-main").allTextContents()).includes("checkout"), "the rows of before stay");
  await held.release();
  await page.getByText("bill of lading").waitFor({ state: "detached" });
  assert.deepEqual(await page.locator("table .t-main").allTextContents(), ["billing export", "billing import"]);
  assert.equal(held.most, 1);

  await type(search, "c", "ch", "");
  await held.until(3);
  await held.release();
  await see.shown("bill of lading");
  assert.deepEqual(held.asked, ["b", "billing", "c"]);
  await page.unrouteAll();
});

test("a search comes by relevance until a sort is chosen", async () => {
  await see.go(world.laptop, "/keys?sort=name");
  await see.shown("checkout");
  const sorted = () => page.locator("th[aria-sort]").allTextContents();
  assert.deepEqual(await sorted(), ["API key"]);
  await see.role("searchbox", { name: "Search" }).fill("bill");
  await page.waitForURL(/\?q=bill$/);
  await page.getByText("checkout").waitFor({ state: "detached" });
  assert.deepEqual(await sorted(), []);
  await page.setViewportSize({ width: 360, height: 900 });
  const sort = see.role("combobox", { name: "Sort" });
  assert.equal(await sort.evaluate((s) => s.selectedOptions[0].text), "Best match first");
  await sort.selectOption("Newest first");
  await page.waitForURL(/q=bill&sort=-created_at$/);
  await page.setViewportSize({ width: 1440, height: 900 });
  assert.deepEqual(await sorted(), ["Created"]);
});

test("a picker asks for one text at a time too, and shows more than its first page", async () => {
  await see.go(world.laptop, "/keys/new");
  await see.shown("There are more applications.");
  const cards = see.role("radio");
  assert.equal(await cards.count(), 100);
  await see.button("Show more").click();
  await see.role("radio", { name: /app 000/ }).waitFor();
  assert.equal(await cards.count(), 101);
  const held = await hold("/v1/applications");
  await type(see.role("searchbox", { name: "Search applications" }), "a", "app 0", "app 00", "app 007");
  await held.until(1);
  await held.release();
  await held.until(2);
  assert.deepEqual(held.asked, ["a", "app 007"]);
  await held.release();
  await see.role("radio", { name: /app 008/ }).waitFor({ state: "detached" });
  assert.equal(await cards.count(), 1);
  assert.equal(held.most, 1);
  assert.deepEqual(see.failures, []);
});
