// Which texts confirm the deletion of a key, and which do not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

export const confirmation = (desk) => describe("the typed confirmation", () => {
  test("only the id or the key's own access key confirms, and no access key is sent", async () => {
    const made = await desk.key("to be deleted"), other = await desk.key("another");
    const see = await desk.open({ at: "/keys?q=to+be+deleted" });
    const { page, role } = see;
    const sent = [];
    page.on("request", (r) => sent.push(`${r.method()} ${r.url()} ${r.postData() ?? ""}`));
    await see.act("to be deleted", "Delete");
    const dialog = role("dialog", { name: "Delete API key" });
    const field = dialog.getByRole("textbox", { name: `Type ${made.key.id} to confirm` });
    const remove = dialog.getByRole("button", { name: "Delete", exact: true });
    await field.waitFor();
    await see.focused("#confirm-input");
    await see.accessible("delete");
    for (const [typed, told] of [
      [made.key.id.slice(0, -1), null],
      ["something else", /not this API key/],
      [made.key.id.toUpperCase(), /Upper and lower case/],
      [other.key.id, /another API key/],
      [other.access_key, new RegExp(`access key of another API key, ${other.key.id}`)],
      [made.access_key.slice(0, 40), /these are 40/],
      [made.access_key.slice(0, -1) + (made.access_key.endsWith("0") ? "1" : "0"), /checksum/],
    ]) {
      await field.fill(typed);
      if (told) await dialog.getByText(told).waitFor();
      assert.equal(await remove.isEnabled(), false, typed);
      await field.press("Enter");
    }
    await see.accessible("delete, refused");
    await field.fill(` ${made.key.id}\t`); // pasted with spaces
    await dialog.getByText("That is this key.").waitFor();
    await field.fill(` ${made.access_key} `);
    await dialog.getByText("That is the access key of this key.").waitFor();
    await remove.click();
    await dialog.waitFor({ state: "hidden" });
    const deletions = sent.filter((line) => line.startsWith("DELETE"));
    assert.deepEqual(deletions.map((line) => line.split(" ")[1]), [`${desk.laptop.url}/v1/keys/${made.key.id}`]);
    for (const secret of [made.access_key, other.access_key]) assert.ok(!sent.some((line) => line.includes(secret.slice(30, 60))), "an access key was sent");
    assert.equal(await desk.code(other.access_key), "VALID");
    assert.equal(await desk.code(made.access_key), "NOT_FOUND");
    await see.context.close();
  });

  test("whoever only wants to stop it for a while is led to disabling it", async () => {
    const made = await desk.key("to be paused");
    const see = await desk.open({ at: "/keys?q=to+be+paused" });
    await see.act("to be paused", "Delete");
    await see.button("disable it").click();
    const dialog = see.role("dialog", { name: "Disable API key" });
    await dialog.getByRole("button", { name: "Disable" }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await desk.code(made.access_key), "DISABLED");
    await see.page.locator("table .badge", { hasText: "Disabled" }).waitFor();
    await see.context.close();
  });
});
