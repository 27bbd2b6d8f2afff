// The list, whose filters and sort are in the address.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

export const list = (desk) => describe("the list", () => {
  let see, page;
  const names = () => page.locator("table .t-main").allTextContents();
  const shows = async (...want) => {
    const wanted = JSON.stringify(want);
    for (let i = 0; i < 100 && JSON.stringify(await names()) !== wanted; i++) await page.waitForTimeout(50);
    assert.deepEqual(await names(), want);
  };

  before(async () => {
    const gone = await desk.key("alpha gone");
    await desk.call("DELETE", `/v1/keys/${gone.key.id}`);
    await desk.key("alpha one");
    await desk.key("alpha two", { application_id: desk.shop.id, arx_id: desk.lab.id, expires_at: new Date(Date.now() + 3 * 86_400_000).toISOString().replace(/\.\d+/, "") });
    const paused = await desk.key("alpha three");
    await desk.call("POST", `/v1/keys/${paused.key.id}/disable`);
    see = await desk.open({ at: "/keys" });
    page = see.page;
    await page.locator("table .t-main").first().waitFor();
  });

  test("search, filters and sort stand in the address, and the back button undoes them", async () => {
    const { role } = see;
    await role("searchbox", { name: "Search" }).fill("alpha");
    await page.waitForURL(/q=alpha/); // the search waits for a pause in typing, and all keys match
    await shows("alpha one", "alpha three", "alpha two"); // by relevance: the words of names that begin with it, from A to Z
    await role("combobox", { name: "Status" }).selectOption("active");
    await shows("alpha one", "alpha two");
    await role("combobox", { name: "Application" }).selectOption({ label: "Billing" });
    await shows("alpha one");
    assert.match(page.url(), /q=alpha/);
    assert.match(page.url(), /status=active/);
    assert.match(page.url(), new RegExp(`application=${desk.billing.id}`));

    await page.reload();
    await shows("alpha one");
    assert.equal(await role("searchbox", { name: "Search" }).inputValue(), "alpha");
    await page.goBack();
    await shows("alpha one", "alpha two");
    await page.goBack();
    await shows("alpha one", "alpha three", "alpha two");
    await page.goForward();
    await shows("alpha one", "alpha two");
    await page.goBack();

    await see.button("API key").click();
    await shows("alpha one", "alpha three", "alpha two");
    assert.equal(await role("columnheader", { name: "API key" }).getAttribute("aria-sort"), "ascending");
    assert.equal(await page.locator("th[aria-sort]").count(), 1, "one head says that it sorts");
    await see.button("API key").click();
    await shows("alpha two", "alpha three", "alpha one");
    assert.match(page.url(), /sort=-name/);
    await see.accessible("the list, sorted");
  });

  test("a filter without hits says which, and clears", async () => {
    await see.go(desk.laptop, "/keys?q=nothing+like+it&status=expired");
    await page.getByText("You searched for “nothing like it” and filtered by Expired.").waitFor();
    await see.accessible("the list without hits");
    await see.button("Clear filters").click();
    await page.getByText("alpha one").waitFor();
    assert.equal(new URL(page.url()).search, "");
  });

  test("Show deleted adds what is gone, and a link to it brings it back", async () => {
    await see.go(desk.laptop, "/keys?q=alpha");
    await see.role("switch", { name: "Show deleted", exact: true }).click();
    await shows("alpha one", "alpha three", "alpha two", "alpha gone");
    assert.match(page.url(), /deleted=1/);
    await page.reload();
    await shows("alpha one", "alpha three", "alpha two", "alpha gone");
    await see.accessible("the list with deleted keys");
  });

  test("a row's menu shows what may not be done, and why", async () => {
    await see.go(desk.laptop, "/keys?q=alpha&deleted=1");
    await see.button("Actions for alpha gone").click();
    const remove = see.role("menuitem", { name: /^Delete/ });
    assert.equal(await remove.getAttribute("aria-disabled"), "true");
    assert.match(await remove.textContent(), /deleted/);
    await see.accessible("a row's menu");
    await page.keyboard.press("Escape");
    await see.focused("[aria-label='Actions for alpha gone']");
  });

  test("the id is copied by a button that waits for hover and focus", async () => {
    await see.go(desk.laptop, "/keys?q=alpha+one");
    const copy = see.button("Copy API key");
    assert.equal(await copy.evaluate((b) => getComputedStyle(b).opacity), "0");
    await copy.focus();
    assert.equal(await copy.evaluate((b) => getComputedStyle(b).opacity), "1");
    await page.keyboard.press("Enter");
    await page.getByText("Copied", { exact: true }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^key_[0-9A-Za-z]{16}$/);
  });

  test("pages lead forth and back, and one of a link leads to the first", async () => {
    for (let i = 0; i < 30; i++) await desk.key(`page ${String(i).padStart(2, "0")}`);
    await see.go(desk.laptop, "/keys?q=page&sort=name");
    await page.getByText("page 00").waitFor();
    await see.button("Next page").click();
    await page.getByText("page 29").waitFor();
    assert.equal((await names()).length, 5);
    await page.getByText("26–30").waitFor();
    await page.reload();
    await page.getByText("page 29").waitFor();
    await see.button("Previous page").click();
    await page.getByText("page 00").waitFor();
    await page.goBack();
    await page.getByText("page 29").waitFor();
  });

  test("on a phone rows are cards, a select sorts, and the menu is a sheet", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await see.go(desk.laptop, "/keys?q=alpha");
    await see.inside("the list on a phone");
    await see.role("combobox", { name: "Sort" }).selectOption({ label: "Name, A to Z" });
    await shows("alpha one", "alpha three", "alpha two");
    const lefts = await page.locator("table tbody tr").first().evaluate((row) => [".t-main", ".k-joins .phone-line", ".k-used .phone-line"].map((part) => row.querySelector(part).getBoundingClientRect().left));
    assert.equal(new Set(lefts).size, 1, `a card's parts stand below one another: ${lefts}`);
    await see.role("button", { name: /, account$/ }).click();
    await page.locator(".menu").getByText("owner@example.com").waitFor(); // the button has no space for it
    await see.accessible("the account on a phone");
    await page.keyboard.press("Escape");
    await see.button("Actions for alpha one").click();
    await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))));
    const sheet = await see.role("menu").boundingBox();
    assert.equal(Math.round(sheet.y + sheet.height), 800, "it stands on the lower edge");
    assert.equal(sheet.width, 360);
    await see.accessible("the list on a phone");
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("at every width the table keeps to its card, or is cards", async () => {
    await see.go(desk.laptop, "/keys");
    await page.locator("table .t-main").first().waitFor();
    for (const width of [721, 768, 800, 801, 900, 1100, 1101, 1200, 1280, 1281, 1345]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await page.evaluate(() => document.querySelector("table").offsetWidth <= document.getElementById("list").clientWidth), `at ${width}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("names of 150 letters, with and without blanks, keep to their room", async () => {
    const long = "Averylongname".repeat(12).slice(0, 150);
    const application = await desk.call("POST", "/v1/applications", { name: long, technology: "server", owner: long });
    const arx = await desk.call("POST", "/v1/arxes", { name: "a long name ".repeat(13).slice(0, 149), description: long, regions: ["eu-central-1"] });
    const { key } = await desk.key(long, { application_id: application.id, arx_id: arx.id });
    for (const width of [1440, 800, 360]) {
      await page.setViewportSize({ width, height: 900 });
      for (const address of [`/keys?q=${long}`, `/keys/${key.id}`, "/applications", `/applications/${application.id}`, "/arxes", `/arxes/${arx.id}`, "/keys/new"]) {
        await see.go(desk.laptop, address);
        await page.waitForLoadState("networkidle");
        await see.inside(`${address} at ${width}`);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await see.go(desk.laptop, "/keys");
    await page.locator("table .t-main", { hasText: long }).waitFor();
    const heights = await page.locator("table tbody tr").evaluateAll((rows) => rows.map((row) => row.offsetHeight));
    assert.ok(Math.max(...heights) < 2 * Math.min(...heights), `a row among others is as high as ${Math.max(...heights)} px`);
  });

  test("a keyboard alone finds a key and opens it", async () => {
    await see.go(desk.laptop, "/keys");
    await page.getByText("alpha one").or(page.locator("table .t-main").first()).first().waitFor();
    await page.keyboard.press("/");
    await see.focused("#search");
    await page.keyboard.type("alpha two");
    await shows("alpha two");
    await see.button("Actions for alpha two").focus();
    await page.keyboard.press("ArrowDown");
    const entry = page.locator("[role=menuitem]:focus-visible");
    await entry.waitFor();
    assert.equal(await entry.evaluate((e) => getComputedStyle(e).outlineStyle), "solid", "it shows that it has the focus");
    await page.keyboard.press("Enter"); // Open
    await see.heading("alpha two", 1).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  });

  test("a developer sees all keys, and why they create no application", async () => {
    const developer = await desk.open({ person: "developer@example.com", at: "/keys?q=alpha" });
    await developer.page.getByText("alpha one").waitFor();
    assert.equal(await developer.button("Create API key").first().isEnabled(), true);
    await developer.go(desk.laptop, "/applications");
    await developer.button("Create application").first().and(developer.page.locator(":disabled")).waitFor();
    await developer.page.locator(".lead").getByText(/owner|admin/i).waitFor();
    await developer.context.close();
  });
});
