// Times in the reader's time zone, with the rules for their date, and keys that expire while a page is open.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";

let world, application, arx;
const zones = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Pacific/Apia"];
const year = new Date().getUTCFullYear() + 1;

before(async () => {
  world = await begin();
  application = await world.call("POST", "/v1/applications", { name: "Billing", technology: "server" });
  arx = await world.call("POST", "/v1/arxes", { name: "EU", regions: ["eu-central-1"] });
});
after(() => world?.close());

const create = async (name, expires) =>
  (await world.call("POST", "/v1/keys", { name, application_id: application.id, arx_id: arx.id, expires_at: expires.toISOString() })).key;

/** Returns the last second of the day in the zone, by the JavaScript engine's rules. */
function endOf(day, zone) {
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
  const noon = Date.parse(`${day}T12:00:00Z`);
  for (let at = noon + 30 * 3600_000; ; at -= 900_000) {
    if (local.format(at - 1000) === day) return new Date(at - 1000);
  }
}

for (const zone of zones) {
  test(`a day in ${zone} ends with that day, in summer and in winter`, async () => {
    const see = await world.visit({ timezoneId: zone });
    const { page } = see;
    for (const day of [`${year}-01-15`, `${year}-07-15`]) {
      const key = await create(`${zone} ${day}`, new Date(Date.now() + 86400_000));
      await see.go(world.laptop, `/keys/${key.id}/edit`);
      await see.role("combobox", { name: "Expires" }).selectOption("date");
      await page.getByLabel("Last day").fill(day);
      await see.button("Save").click();
      await see.heading(`${zone} ${day}`, 1).waitFor();
      const saved = await world.call("GET", `/v1/keys/${key.id}`);
      assert.equal(new Date(saved.expires_at).toISOString(), endOf(day, zone).toISOString(), day);
      await see.shown(new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "medium" }).format(new Date(saved.expires_at)).replace("Sept", "Sep"));
    }
    assert.deepEqual(see.failures, []);
    await see.context.close();
  });
}

test("a key that expires while its page, and the list, are open is told as expired, also offline", async () => {
  const see = await world.visit();
  const { page } = see;
  await see.installed();
  await page.clock.install(); // it runs normally until the test moves it
  const key = await create("about to end", new Date(Date.now() + 600_000));
  const status = (text) => page.locator("main").getByText(text, { exact: true }).filter({ visible: true }).first();
  const row = page.locator("table tbody tr").filter({ hasText: "about to end" });
  await see.go(world.laptop, `/keys/${key.id}`);
  await status("Active").waitFor();
  await see.go(world.laptop, "/keys");
  await row.getByText("Active", { exact: true }).waitFor();
  await see.outage(world.laptop);
  await page.clock.fastForward(605_000);
  await row.getByText("Expired", { exact: true }).waitFor(); // nothing can be read: only time has passed
  await page.goto(`${world.laptop.url}/keys/${key.id}`); // the kept answer says Active
  await see.heading("about to end", 1).waitFor();
  await status("Expired").waitFor();
  await see.context.close();
  await world.laptop.resume();
});
