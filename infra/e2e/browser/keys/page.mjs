// A key's page: settings, rotation, states, deletion.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

export const page = (desk) => describe("a key's page", () => {
  let see, tab, made;

  before(async () => {
    made = await desk.key("batch job", { scopes: ["rates:read"] });
    see = await desk.open({ at: `/keys/${made.key.id}` });
    tab = see.page;
    await see.heading("batch job", 1).waitFor();
  });

  test("it shows what the key joins, its settings and its history", async () => {
    for (const text of ["https://rates.example", "rates:read", "From anywhere", "Only its hash is stored"]) await tab.getByText(text).first().waitFor();
    await see.heading("Use over time", 2).waitFor();
    await tab.getByText("Created", { exact: true }).first().waitFor();
    await see.accessible("a key's page");
    assert.doesNotMatch(await tab.content(), new RegExp(made.access_key.slice(30, 60)));
  });

  test("its settings are changed, with every limit", async () => {
    const { role, button, heading } = see;
    await button("Edit").click();
    await heading("Edit API key", 1).waitFor();
    await role("textbox", { name: "Name", exact: true }).fill("batch job 2");
    await role("textbox", { name: "Rate limit" }).fill("1,200");
    await role("textbox", { name: "Remaining uses" }).fill("many");
    await role("textbox", { name: "Allowed IPs" }).fill("203.0.113.7 2001:db8::/32 ");
    await tab.getByText("203.0.113.7/32", { exact: true }).waitFor();
    await button("Save").click();
    await tab.getByText(/from 0 to 1000000000/i).waitFor();
    await see.focused("#uses"); // the invalid field
    await see.accessible("edit, refused");
    await role("textbox", { name: "Remaining uses" }).fill("5000");
    await tab.reload(); // the draft survives it
    await heading("Edit API key", 1).waitFor();
    assert.equal(await role("textbox", { name: "Remaining uses" }).inputValue(), "5000");
    await button("Save").click();
    await heading("batch job 2", 1).waitFor();
    for (const text of ["1,200 per minute", "5,000", "203.0.113.7/32", "2001:db8::/32"]) await tab.getByText(text, { exact: true }).first().waitFor();
    const now = await desk.call("GET", `/v1/keys/${made.key.id}`);
    assert.deepEqual([now.name, now.rate_limit, now.remaining_uses, now.allowed_ips], ["batch job 2", { limit: 1200, window_seconds: 60 }, 5000, ["203.0.113.7/32", "2001:db8::/32"]]);
    await desk.call("PATCH", `/v1/keys/${made.key.id}`, { rate_limit: null, remaining_uses: null, allowed_ips: null });
  });

  test("of two who change it at once, the second sees what the first has done, and loses nothing", async () => {
    const { role, button, heading } = see;
    await see.go(desk.laptop, `/keys/${made.key.id}/edit`);
    await role("textbox", { name: "Name", exact: true }).fill("mine");
    await desk.call("PATCH", `/v1/keys/${made.key.id}`, { name: "theirs", scopes: ["theirs:read"] });
    await button("Save").click();
    await tab.getByText("Somebody else has changed this key meanwhile.").first().waitFor();
    await tab.getByText("theirs:read", { exact: true }).waitFor();
    assert.equal(await role("textbox", { name: "Name", exact: true }).inputValue(), "mine");
    assert.equal((await desk.call("GET", `/v1/keys/${made.key.id}`)).name, "theirs", "nothing was written over");
    await see.accessible("edit, changed meanwhile");
    await button("Save").click();
    await heading("mine", 1).waitFor();
    const now = await desk.call("GET", `/v1/keys/${made.key.id}`);
    assert.deepEqual([now.name, now.scopes], ["mine", ["theirs:read"]]);
  });

  test("a rotation with an overlap: two access keys, and then one", async () => {
    const { role, button, heading } = see;
    await see.go(desk.laptop, `/keys/${made.key.id}`);
    await button("Rotate").click();
    const dialog = role("dialog", { name: "Rotate API key" });
    await dialog.waitFor();
    await see.accessible("rotate");
    await dialog.getByRole("radio", { name: "1 hour" }).check();
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await heading("Access key", 2).waitFor();
    assert.equal(await button("Done").isEnabled(), false);
    await see.accessible("a rotated access key");
    await button("Copy access key").click();
    const rotated = await tab.evaluate(() => navigator.clipboard.readText());
    assert.notEqual(rotated, made.access_key);
    await tab.evaluate(() => history.back()); // the guard is the same as the wizard's
    await role("dialog", { name: "Leave without the access key?" }).waitFor();
    await button("Stay").click();
    await role("checkbox", { name: "I have stored this access key" }).check();
    await button("Done").click();
    await heading("mine", 1).waitFor();
    await tab.getByText(/The previous access key works until/).waitFor();
    assert.deepEqual([await desk.code(made.access_key), await desk.code(rotated)], ["VALID", "VALID"]);

    await button("Rotate").click(); // the newest was lost
    await role("dialog", { name: "Replace the newest access key" }).getByRole("button", { name: "Rotate" }).click();
    await heading("Access key", 2).waitFor();
    await button("Copy access key").click();
    const replaced = await tab.evaluate(() => navigator.clipboard.readText());
    await role("checkbox", { name: "I have stored this access key" }).check();
    await button("Done").click();
    await heading("mine", 1).waitFor();
    assert.deepEqual([await desk.code(made.access_key), await desk.code(rotated), await desk.code(replaced)], ["VALID", "NOT_FOUND", "VALID"]);

    await button("End it now").click();
    await see.accessible("end overlap");
    await role("dialog", { name: "End overlap" }).getByRole("button", { name: "End overlap" }).click();
    await tab.getByText(/The previous access key works until/).waitFor({ state: "hidden" });
    assert.deepEqual([await desk.code(made.access_key), await desk.code(replaced)], ["NOT_FOUND", "VALID"]);
    made.access_key = replaced;
  });

  test("it is disabled and enabled", async () => {
    const { role, button } = see;
    await button("Disable").click();
    const dialog = role("dialog", { name: "Disable API key" });
    await dialog.getByRole("button", { name: "Disable" }).waitFor();
    await see.focused("dialog button:text-is('Cancel')"); // not the destructive button
    await see.accessible("disable");
    await dialog.getByRole("button", { name: "Disable" }).click();
    await button("Enable").waitFor();
    assert.equal(await desk.code(made.access_key), "DISABLED");
    await button("Enable").click();
    await button("Disable").waitFor();
    assert.equal(await desk.code(made.access_key), "VALID");
  });

  test("what has refused to be disabled is shown as it is", async () => {
    const { key } = await desk.key("gone meanwhile");
    const { button, role, page, context } = await desk.visit({ at: `/keys/${key.id}` }); // the browser tells of the refusal
    await button("Disable").click();
    await desk.call("DELETE", `/v1/keys/${key.id}`);
    await role("dialog").getByRole("button", { name: "Disable", exact: true }).click();
    await role("dialog").getByText("It was not disabled.").waitFor();
    await button("Cancel").click();
    await page.getByText("This key is deleted.").waitFor();
    await context.close();
  });

  test("its use is told as a chart and as a table", async () => {
    for (let i = 0; i < 600; i++) { // a busy verifier writes its counts every ten seconds
      if ((await desk.call("GET", `/v1/keys/${made.key.id}/usage`)).totals.total > 0) break;
      await desk.code(made.access_key);
      await tab.waitForTimeout(100);
    }
    await see.go(desk.laptop, `/keys/${made.key.id}`);
    await tab.getByRole("img", { name: /^Verifications in the last 24 hours by outcome: / }).waitFor();
    await see.button("7 d").click();
    await tab.getByRole("img", { name: /^Verifications in the last 7 days by outcome: / }).waitFor();
    await see.button("Show as a table").click();
    const table = see.role("table", { name: "Use in the last 7 days" });
    await table.waitFor();
    assert.equal(await table.getByRole("row").count(), 8, "a head and seven days");
    await tab.getByText(/Figures may lag/).waitFor();
    await see.accessible("use as a table");
  });

  test("on a phone nothing lies beyond the edge", async () => {
    await tab.setViewportSize({ width: 360, height: 800 });
    for (const address of [`/keys/${made.key.id}`, `/keys/${made.key.id}/edit`]) {
      await see.go(desk.laptop, address);
      await tab.waitForLoadState("networkidle");
      await see.inside(address);
      await see.accessible(`${address} on a phone`);
    }
    await tab.setViewportSize({ width: 1440, height: 900 });
  });

  test("it is deleted from its page, and the totals are right", async () => {
    const before = (await desk.call("GET", "/v1/keys?limit=1")).totals;
    await see.go(desk.laptop, `/keys/${made.key.id}`);
    await see.more("Delete");
    await see.confirm(made.key.id, "Delete");
    await see.heading("API keys", 1).waitFor();
    await see.total("Active", before.active - 1);
    await see.total("Deleted", before.deleted + 1);
    await tab.getByText("mine is deleted.").first().waitFor();
    assert.equal(await desk.code(made.access_key), "NOT_FOUND");
    await see.go(desk.laptop, `/keys/${made.key.id}`);
    await tab.getByText("This key is deleted.").waitFor();
    await see.accessible("a deleted key");
    await see.go(desk.laptop, "/keys/key_0000000000000000");
    await see.heading("There is no such API key", 1).waitFor();
    await see.accessible("no such key");
    desk.failures.splice(desk.failures.indexOf(see.failures), 1, see.failures.filter((f) => !/status of (404|412)/.test(f))); // the browser tells of refusals too
  });
});
