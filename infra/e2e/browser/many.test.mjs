// Ten thousand keys: the console lists, searches, sorts and pages them in few requests, none of which returns more than a page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { needle } from "./laptop.mjs";

const many = 10_000;
let world, see, page, totals;
const reads = []; // responses of the list since the last step

before(async () => {
  world = await begin({ keys: many });
  ({ totals } = await world.call("GET", "/v1/keys?limit=1"));
  see = await world.visit();
  page = see.page;
  page.on("response", (answer) => {
    const { pathname, searchParams } = new URL(answer.url());
    if (pathname === "/v1/keys" && searchParams.get("limit") !== "100") reads.push(answer); // that of 100 counts stopped keys for the totals, once
  });
});
after(() => world?.close());

const ids = () => page.locator("table .copyid code").allTextContents();
const figure = (n) => n.toLocaleString("en");

/** Returns the ids on the first pages of the list that the API returns for the query. */
async function listed(query, pages = 1) {
  const found = [];
  for (let cursor = ""; found.length < pages;) {
    const list = await world.call("GET", `/v1/keys?${query}${cursor && `&cursor=${cursor}`}`);
    found.push(list.items.map((k) => k.id));
    cursor = list.next_cursor;
  }
  return found;
}

/** Does what leads to the page with these ids, in at most so many requests. */
async function leads(t, atMost, want, does) {
  reads.length = 0;
  const began = performance.now();
  await does();
  for (let i = 0; i < 400 && (await ids()).join() !== want.join(); i++) await page.waitForTimeout(50);
  t.diagnostic(`${Math.round(performance.now() - began)} ms, ${reads.length} requests`);
  assert.deepEqual(await ids(), want);
  await page.waitForLoadState("networkidle");
  assert.ok(reads.length >= 1 && reads.length <= atMost, `${reads.length} requests: ${reads.map((r) => r.url())}`);
  for (const read of reads) assert.ok((await read.json()).items.length <= 25, "a response has at most a page");
}

test("the first page comes with the totals of all, and each further one takes one request", async (t) => {
  const [first, second, third] = await listed("limit=25", 3);
  await leads(t, 1, first, () => see.link("API keys").click());
  assert.equal(totals.total + totals.deleted, many);
  await see.total("Total", figure(totals.total));
  await see.total("Active or stopped", figure(totals.active)); // too many are stopped to count them
  await see.total("Disabled", figure(totals.disabled));
  await see.accessible("the list of ten thousand");
  await leads(t, 1, second, () => see.button("Next page").click());
  await leads(t, 1, third, () => see.button("Next page").click());
  await leads(t, 1, second, () => see.button("Previous page").click());
});

test("a search while typing finds one of all by a word of its name and by its id", async (t) => {
  const [word] = needle.split(" "), search = see.role("searchbox", { name: "Search" });
  const [found] = await listed(`q=${word}`);
  assert.equal(found.length, 1);
  await leads(t, 4, found, () => search.pressSequentially(word, { delay: 40 }));
  await leads(t, 1, (await listed("limit=25"))[0], () => search.fill(""));
  await leads(t, 1, found, () => search.fill(found[0]));
});

test("a search within words looks at a thousand keys at a time, and says so", async () => {
  const part = needle.split(" ")[0].slice(1);
  await see.go(world.laptop, `/keys?q=${part}`);
  let further = 0;
  for (; ; further++) {
    await see.button("Search further").or(page.getByText(needle)).first().waitFor();
    if (await page.getByText(needle).first().isVisible()) break;
    await see.shown("No API key matches so far");
    await see.shown("1,000 API keys were looked at, and there are more.");
    if (further === 0) await see.accessible("a search that goes on");
    const before = page.url();
    await see.button("Search further").click();
    await page.waitForURL((url) => url.href !== before);
    await page.locator("#list:not([aria-busy=true])").waitFor();
  }
  assert.ok(further >= 3 && further <= 6, `it was found after ${further} further thousands`);
  await see.button("Previous page").click();
  await see.shown("No API key matches so far");
  await page.setViewportSize({ width: 360, height: 900 });
  await see.inside("a search that goes on, on a phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("they sort by name and filter by status, and pages go on from there", async (t) => {
  await see.go(world.laptop, "/keys");
  await page.locator("table .t-main").first().waitFor();
  await leads(t, 1, (await listed("sort=name"))[0], () => see.button("API key").click());
  await leads(t, 1, (await listed("sort=-name"))[0], () => see.button("API key").click());
  const status = see.role("combobox", { name: "Status" });
  const [first, second] = await listed("sort=-name&status=disabled", 2);
  await leads(t, 1, first, () => status.selectOption("disabled"));
  await leads(t, 1, second, () => see.button("Next page").click());
  for (const filter of ["expired", "expiring", "unused", "stopped"]) {
    const [want] = await listed(`sort=-name&status=${filter}`);
    assert.ok(want.length > 0, `none is ${filter}`);
    await leads(t, 1, want, () => status.selectOption(filter));
  }
});

test("of all that match, the first 500 can be selected together", async () => {
  await see.go(world.laptop, "/keys?status=working");
  await page.locator("#list .pick input").first().check();
  const bar = see.role("region", { name: "Selected API keys" });
  await bar.getByRole("button", { name: "Select all that match" }).click();
  await see.shown("The first 500 are selected.");
  await bar.getByText("500 selected").waitFor();
  assert.equal(await bar.getByRole("button", { name: /^Select all/ }).count(), 0);
  await bar.getByRole("button", { name: "Clear the selection" }).click();
});

test("the overview leads to the lists that it counts", async () => {
  await see.link("Overview").click();
  for (const [name, filter, heading] of [[/^Review: .*stopped$/, "stopped", "Stopped"], [/^Review: .*within 7 days$/, "expiring", "Expiring within 7 days"]]) {
    await see.role("link", { name }).click();
    await page.waitForURL((url) => url.searchParams.get("status") === filter);
    await page.locator("#list tbody tr").first().waitFor();
    assert.equal(await see.role("combobox", { name: "Status" }).evaluate((s) => s.selectedOptions[0].text), heading);
    await see.link("Overview").click();
  }
});

test("one of them is deleted, and the totals are right at once", async () => {
  await see.go(world.laptop, `/keys?q=${needle.split(" ")[0]}`);
  await see.shown(needle);
  const [id] = await ids();
  await see.act(needle, "Delete");
  await see.confirm(id, "Delete");
  await see.total("Total", figure(totals.total - 1));
  await see.total("Deleted", figure(totals.deleted + 1));
  await see.role("switch", { name: "Show deleted", exact: true }).click();
  assert.deepEqual(see.failures, []);
});
