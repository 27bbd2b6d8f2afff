// The wizard with all settings, and the guard of the access key.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";

export const wizard = (desk) => describe("the wizard", () => {
  const download = async (see, name) => {
    const [file] = await Promise.all([see.page.waitForEvent("download"), see.button(name).click()]);
    return readFile(await file.path(), "utf8");
  };

  test("all options lead to the key that has them, and the access key is taken away whole", async () => {
    const see = await desk.open({ at: "/keys/new" });
    const { page, role, button, heading } = see;
    const paused = await desk.call("POST", "/v1/applications", { name: "Paused one", technology: "server" });
    await desk.call("POST", `/v1/applications/${paused.id}/disable`);
    await page.reload();
    const off = role("radio", { name: "Paused one" });
    await off.waitFor();
    assert.equal(await off.isDisabled(), true);
    await page.getByText("Disabled. Enable the application first.").waitFor();
    await role("radio", { name: "Shop" }).check();
    await button("Next").click();
    assert.equal(await role("radio", { name: "Rates EU" }).isChecked(), true, "the default Arx is chosen");
    await button("Next").click();
    await heading("Options", 2).waitFor();
    await role("textbox", { name: "Name", exact: true }).fill("all options");
    await role("combobox", { name: "Expires" }).selectOption("90");
    await role("textbox", { name: "Scopes" }).fill("quotes:read, quotes:write ");
    await role("textbox", { name: "Rate limit" }).fill("10");
    await role("combobox", { name: "Per", exact: true }).selectOption({ label: "second" });
    await role("textbox", { name: "Uses" }).fill("1,000");
    await role("textbox", { name: "Allowed IPs" }).fill("10.20.1.9/16 ");
    await page.getByText("10.20.0.0/16", { exact: true }).waitFor();
    await role("textbox", { name: "Metadata" }).fill('{"team": "payments"}');
    await see.accessible("options");
    await page.reload();
    assert.equal(await role("textbox", { name: "Rate limit" }).inputValue(), "10", "a reload keeps the draft");
    await button("Next").click();
    await heading("Summary", 2).waitFor();
    for (const text of ["10 per second", "1,000", "10.20.0.0/16", "quotes:write", "team", "payments"]) await page.getByText(text, { exact: true }).first().waitFor();
    await see.accessible("summary");
    await button("Create").click();
    await heading("Access key", 2).waitFor();
    await button("Copy access key").click();
    const accessKey = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(accessKey, /^arxk_prd_[0-9A-Za-z]{65}$/);
    const id = `key_${accessKey.slice(9, 25)}`;
    assert.match(await download(see, "Download .env"), new RegExp(`^# ${id}: Shop calls Rates EU\nARXKEYS_ACCESS_KEY=${accessKey}\nARXKEYS_ENDPOINT=https://rates.example\n$`));
    const json = JSON.parse(await download(see, "Download .json"));
    assert.deepEqual([json.id, json.access_key, json.arx.endpoint], [id, accessKey, "https://rates.example"]);
    const key = await desk.call("GET", `/v1/keys/${id}`);
    assert.deepEqual([key.rate_limit, key.remaining_uses, key.allowed_ips, key.scopes, key.metadata],
      [{ limit: 10, window_seconds: 1 }, 1000, ["10.20.0.0/16"], ["quotes:read", "quotes:write"], { team: "payments" }]);
    await role("checkbox", { name: "I have stored this access key" }).check();
    await button("Done").click();
    await heading("API keys", 1).waitFor();
    await see.context.close();
  });

  /** Goes to the summary with only the required choices. */
  const toSummary = async (see) => {
    await see.role("radio", { name: "Billing" }).check();
    for (const step of ["Arx", "Options", "Summary"]) {
      await see.button("Next").click();
      await see.heading(step, 2).waitFor();
    }
  };

  test("whoever leaves without the access key is asked: by a reload, a link, the back button and by closing", async () => {
    const see = await desk.open({ at: "/keys" });
    const { page, role, button, heading } = see;
    await button("Create API key").first().click();
    await toSummary(see);
    await button("Create").click();
    await heading("Access key", 2).waitFor();
    const ours = role("dialog", { name: "Leave without the access key?" });
    await see.link("Arxes").first().click();
    await ours.waitFor();
    await see.accessible("the guard");
    await button("Stay").click();
    await page.evaluate(() => history.back());
    await ours.waitFor();
    await page.keyboard.press("Escape");
    await ours.waitFor({ state: "hidden" });
    await heading("Access key", 2).waitFor();
    await page.evaluate(() => history.go(-3)); // several entries at once, as the menu of the back button does
    await ours.waitFor();
    await button("Stay").click();
    await heading("Access key", 2).waitFor();
    assert.equal(new URL(page.url()).pathname, "/keys/new");
    for (const leave of [() => page.evaluate(() => setTimeout(() => location.reload(), 0)), () => page.close({ runBeforeUnload: true })]) {
      const [dialog] = await Promise.all([page.waitForEvent("dialog"), leave()]);
      assert.equal(dialog.type(), "beforeunload");
      await dialog.dismiss();
      await heading("Access key", 2).waitFor();
    }
    await page.evaluate(() => history.back());
    await ours.waitFor();
    await button("Leave").click();
    await heading("API keys", 1).waitFor();
    await see.context.close();
  });

  const step = (n) => (address) => address.pathname === "/keys/new" && address.search === `?step=${n}`;

  test("Back is one step back, Forward one on, and a reload stays", async () => {
    const see = await desk.open({ at: "/keys" });
    const { page, role, button, heading } = see;
    await button("Create API key").first().click();
    await heading("Application", 2).waitFor();
    await page.waitForURL(step(1));
    await toSummary(see);
    await page.waitForURL(step(4));
    for (const [n, name] of [[3, "Options"], [2, "Arx"]]) {
      await page.goBack();
      await heading(name, 2).waitFor();
      await page.waitForURL(step(n));
      await see.focused("#step-title");
    }
    await page.reload();
    await heading("Arx", 2).waitFor();
    await page.goForward();
    await heading("Options", 2).waitFor();
    await role("textbox", { name: "Scopes" }).fill("Quotes");
    await page.goForward();
    await see.shown(/lower case|characters of a-z/); // the summary has to wait: a scope is wrong
    await page.waitForURL(step(3));
    await role("textbox", { name: "Scopes" }).fill("quotes:read");
    await button("Next").click();
    await heading("Summary", 2).waitFor();
    await button("Back").click();
    await heading("Options", 2).waitFor();
    await page.goBack();
    await heading("Summary", 2).waitFor();
    assert.ok(!page.url().includes("quotes"), "nothing that is typed is in the address");
    await see.go(desk.laptop, "/keys/new");
    await heading("Summary", 2).waitFor(); // where the draft was left
    await button("Cancel").click();
    await heading("API keys", 1).waitFor();
    await see.go(desk.laptop, "/keys/new?step=3");
    await heading("Application", 2).waitFor(); // the first incomplete step
    await page.waitForURL(step(1));
    await see.context.close();
  });

  test("once there is a key, Back does not lead into its steps", async () => {
    const see = await desk.open({ at: "/arxes" });
    const { page, role, button, heading } = see;
    const create = async () => {
      await see.link("API keys").first().click();
      await button("Create API key").first().click();
      await toSummary(see);
      await button("Back").click();
      await heading("Options", 2).waitFor();
      await page.reload();
      await button("Next").click();
      await heading("Summary", 2).waitFor();
      await button("Create").click();
      await heading("Access key", 2).waitFor();
    };
    const left = role("dialog", { name: "Leave without the access key?" });

    await create();
    await role("checkbox", { name: "I have stored this access key" }).check();
    await button("Done").click();
    await heading("API keys", 1).waitFor();
    await page.goBack();
    await heading("Application", 2).waitFor(); // of another key
    assert.equal(await role("radio", { name: "Billing" }).isChecked(), false);
    await page.goBack();
    await heading("API keys", 1).waitFor();
    await page.goBack();
    await heading("Arxes", 1).waitFor();

    await create();
    await see.link("Arxes").first().click();
    await left.waitFor();
    await button("Leave").click();
    await heading("Arxes", 1).waitFor();
    await page.goBack();
    await heading("Application", 2).waitFor();
    await page.goBack();
    await heading("API keys", 1).waitFor();

    await create();
    await page.goBack();
    await left.waitFor();
    await button("Leave").click();
    await heading("API keys", 1).waitFor();
    await see.context.close();
  });

  test("what the server refuses is shown at its step", async () => {
    const see = await desk.open({ at: "/keys/new" });
    const { page, button, heading } = see;
    await toSummary(see);
    const refuse = (route) => (route.request().method() !== "POST" ? route.continue() : route.fulfill({
      status: 422, contentType: "application/problem+json",
      body: JSON.stringify({ status: 422, code: "invalid_field", title: "Unprocessable", detail: "name: it is refused here.", errors: [{ field: "name", code: "refused", detail: "it is refused here." }] }),
    }));
    await page.route("**/v1/keys", refuse);
    await button("Create").click();
    await heading("Options", 2).waitFor();
    await see.shown("It is refused here.");
    await page.waitForURL(step(3));
    await page.unroute("**/v1/keys", refuse);
    await page.goBack();
    await heading("Summary", 2).waitFor();
    await page.goBack();
    await heading("Options", 2).waitFor();
    see.failures.length = 0; // the browser tells of the refusal
    await see.context.close();
  });

  test("an answer that is lost makes no second key", async () => {
    const see = await desk.open({ at: "/keys/new" });
    const { page, button, heading } = see;
    await toSummary(see);
    const { totals: before } = await desk.call("GET", "/v1/keys?limit=1");
    let lost = 0;
    await page.route("**/v1/keys", async (route) => {
      if (route.request().method() !== "POST" || lost++ > 0) return route.continue();
      await route.fetch(); // the request arrives, but not its response
      await route.abort();
    });
    await button("Create").click();
    await page.getByText("It is unknown whether the key was created.").waitFor();
    await see.accessible("summary, outcome unknown");
    await button("Create").click();
    await heading("Access key", 2).waitFor();
    await page.getByText("The first answer was lost on its way.").waitFor();
    await see.accessible("access key, lost");
    const { totals: after } = await desk.call("GET", "/v1/keys?limit=1");
    assert.equal(after.total, before.total + 1);
    await button("Open the key").click();
    await heading("Use over time", 2).waitFor();
    see.failures.length = 0; // the browser logs the aborted request
    await see.context.close();
  });

  test("where there is nothing yet, there is one way on, and a phone shows the tab that is open", async () => {
    const see = await desk.open({ person: "owner@other.example", at: "/keys/new", width: 360 });
    await see.heading("Your first application", 3).waitFor();
    assert.equal(await see.button("Create application").count(), 0);
    assert.equal(await see.button("Next").count(), 1);
    await see.go(desk.laptop, "/access");
    await see.page.waitForFunction(() => {
      const tab = document.querySelector(".nav [aria-current]")?.getBoundingClientRect();
      return tab && tab.left >= 0 && tab.right <= innerWidth;
    });
    await see.context.close();
  });

  test("Enter in an option is Next", async () => {
    const { role, button, heading, page, context } = await desk.open({ at: "/keys/new" });
    await role("radio", { name: "Billing" }).check();
    await button("Next").click();
    await heading("Arx", 2).waitFor();
    await role("radio", { name: "Rates EU" }).check();
    await button("Next").click();
    await role("textbox", { name: "Name", exact: true }).fill("by the keyboard");
    await page.keyboard.press("Enter");
    await heading("Summary", 2).waitFor();
    await context.close();
  });

  test("a keyboard alone makes a key on a phone", async () => {
    const see = await desk.open({ at: "/keys/new", width: 360 });
    const { page, button, heading } = see;
    await see.role("radio", { name: "Billing" }).focus();
    await page.keyboard.press("Space");
    for (const step of ["Arx", "Options", "Summary", "Access key"]) {
      await button(step === "Access key" ? "Create" : "Next").focus();
      await page.keyboard.press("Enter");
      await heading(step, 2).waitFor();
      await page.waitForFunction(() => document.activeElement?.id === "step-title");
      await see.inside(step);
    }
    await see.accessible("access key on a phone");
    await see.role("checkbox", { name: "I have stored this access key" }).focus();
    await page.keyboard.press("Space");
    await page.locator("button:enabled", { hasText: "Done" }).focus(); // a disabled button can't have the focus
    await page.keyboard.press("Enter");
    await heading("API keys", 1).waitFor();
    await see.context.close();
  });
});
