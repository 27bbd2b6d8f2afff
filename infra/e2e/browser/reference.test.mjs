// The API reference, on a laptop and as CloudFront serves it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { artefacts, begin } from "./fixture.mjs";

for (const edge of [false, true]) {
  test(`the reference shows every operation with samples, and loads nothing from elsewhere, ${edge ? "at the edge" : "on a laptop"}`, async () => {
    const world = await begin({ edge });
    try {
      for (const colorScheme of ["light", "dark"]) {
        for (const width of [1440, 360]) {
          const context = await world.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
          const page = await context.newPage();
          page.setDefaultTimeout(60_000);
          const failures = [], foreign = [];
          page.on("pageerror", (error) => failures.push(error.message));
          page.on("console", (message) => { if (message.type() === "error") failures.push(message.text()); });
          page.on("request", (request) => { if (!request.url().startsWith(`${world.laptop.url}/reference/`) && !request.url().startsWith("data:")) foreign.push(request.url()); });
          await page.goto(`${world.laptop.url}/reference/#/api-keys/keysverify`);
          await page.getByText('curl "$api/keys/verify"').first().waitFor();
          assert.equal(await page.evaluate(() => origin), "null", "it shares an origin with the console");
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it scrolls sideways");
          assert.ok(await page.evaluate((scheme) => document.documentElement.classList.contains(scheme), colorScheme), `it is not ${colorScheme}`);
          await page.screenshot({ path: join(artefacts, `reference-${colorScheme}-${width}.png`) });
          assert.deepEqual(failures, []);
          assert.deepEqual(foreign, []);
          await context.close();
        }
      }
    } finally {
      await world.close();
    }
  });
}

test("the console's menu opens the reference in a tab that shares nothing with it, and the service worker leaves it alone", async () => {
  const world = await begin();
  try {
    const see = await world.visit();
    await see.installed();
    await see.page.reload();
    await see.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const account = see.role("button", { name: /, account$/ });
    await account.click();
    await see.page.waitForFunction(() => document.activeElement?.textContent.includes("API reference"));
    const [tab] = await Promise.all([see.context.waitForEvent("page"), see.page.keyboard.press("Enter")]);
    await tab.getByText("Arxkeys manages API keys.").first().waitFor();
    assert.equal(new URL(tab.url()).pathname, "/reference/");
    assert.deepEqual(await tab.evaluate(() => [origin, window.opener]), ["null", null]);
    assert.deepEqual(see.failures, []);
    // The documents for whoever protects an API are before the operations.
    await see.page.keyboard.press("Escape");
    const [documents] = await Promise.all([see.context.waitForEvent("page"), see.role("link", { name: /^Documents/ }).click()]);
    await documents.getByRole("heading", { name: "Connect a gateway" }).waitFor();
    await documents.waitForFunction(() => document.getElementById("section/protect-your-api")?.getBoundingClientRect().top < 200);
    assert.deepEqual(await documents.getByText("](", { exact: false }).allTextContents(), [], "a link that was not drawn");
    assert.ok((await documents.locator("a[href]").evaluateAll((all) => all.map((a) => a.getAttribute("href")))).every((href) => /^(#|https:|\/reference)/.test(href)), "a link into the repository");
    assert.deepEqual(see.failures, []);
    await see.context.close();
  } finally {
    await world.close();
  }
});
