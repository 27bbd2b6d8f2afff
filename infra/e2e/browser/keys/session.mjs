// The session: several tabs of one sign-in, and its end in the middle of a form.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

export const session = (desk) => describe("the session", () => {
  const keptKey = "arxkeys.session";

  test("tabs of one sign-in refresh in turn, and none is signed out", async () => {
    const see = await desk.open({ at: "/keys" });
    const kept = await see.page.evaluate((key) => sessionStorage.getItem(key), keptKey);
    const twin = await see.context.newPage(); // gets what a duplicated tab starts with
    await twin.addInitScript(([key, value]) => { if (!sessionStorage.getItem(key)) sessionStorage.setItem(key, value); }, [keptKey, kept]);
    await twin.goto(`${desk.laptop.url}/keys`);
    await twin.getByRole("heading", { name: "API keys", level: 1 }).waitFor();
    for (const tab of [see.page, twin, see.page, twin]) {
      await tab.reload();
      await tab.getByRole("heading", { name: "API keys", level: 1 }).waitFor();
    }
    for (let round = 0; round < 3; round++) {
      await Promise.all([see.page.reload(), twin.reload()]);
      for (const tab of [see.page, twin]) await tab.getByRole("heading", { name: "API keys", level: 1 }).waitFor();
    }
    await see.context.close();
  });

  test("a session that ends in the middle of a form leaves the form, also after signing in again", async () => {
    const made = await desk.key("long edit");
    const see = await desk.open({ at: `/keys/${made.key.id}/edit` });
    const { page, role, button, heading } = see;
    await role("textbox", { name: "Name", exact: true }).fill("long edit, renamed");
    let over = true;
    const refuse = (route) => (over ? route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"unauthenticated","detail":"no","status":401,"title":"Unauthorized"}' }) : route.continue());
    await page.route("**/v1/**", refuse);
    await page.route("**/oidc/token", (route) => (over ? route.fulfill({ status: 400, contentType: "application/json", body: '{"error":"invalid_grant"}' }) : route.continue()));
    await page.route("**/token", (route) => (over ? route.fulfill({ status: 400, contentType: "application/json", body: '{"error":"invalid_grant"}' }) : route.continue()));
    await button("Save").click();
    await page.getByText("You are signed out.").first().waitFor();
    assert.equal(await role("textbox", { name: "Name", exact: true }).inputValue(), "long edit, renamed");
    await see.accessible("a form whose session has ended");
    over = false;
    await button("Sign in").click();
    const person = page.getByRole("button", { name: /owner@example\.com/ });
    await heading("Edit API key", 1).or(person).first().waitFor();
    if (await person.isVisible()) await person.click();
    await heading("Edit API key", 1).waitFor();
    assert.equal(await role("textbox", { name: "Name", exact: true }).inputValue(), "long edit, renamed");
    await button("Save").click();
    await heading("long edit, renamed", 1).waitFor();
    see.failures.length = 0; // the browser logs the refusals that this test has simulated
    await see.context.close();
  });
});
