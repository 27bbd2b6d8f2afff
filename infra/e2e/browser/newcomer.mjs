// A new user's path through the console: sign-in, application, Arx, wizard, access key, deletion.
// Screenshots of each step are kept in infra/e2e/artefacts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { artefacts, begin } from "./fixture.mjs";

/**
 * Registers the tests of a new user's path. The options are those of begin; the prefix is for the names of screenshots.
 * Returns a function that returns the world and the views of the page, for further tests.
 */
export function newcomer(options = {}, prefix = "") {
  let world, laptop, see, context, page;

  before(async () => {
    world = await begin(options);
    laptop = world.laptop;
    see = await world.visit({ person: null });
    ({ context, page } = see);
  });

  after(async () => {
    await page?.screenshot({ path: join(artefacts, `${prefix}last.png`), fullPage: true }).catch(() => {});
    await world?.close();
  });

  const role = (...of) => see.role(...of);
  const button = (name) => see.button(name);
  const heading = (name, level) => see.heading(name, level);

  let shots = 0;
  async function shot(name) {
    await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < Infinity).map((a) => a.finished.catch(() => {}))));
    await page.screenshot({ path: join(artefacts, `${prefix}${String(++shots).padStart(2, "0")}-${name}.png`), fullPage: true });
  }

  let accessKey, keyID;

  test("sign in, and out of nothing come an application and an Arx", async () => {
    await shot("sign-in");
    await see.accessible("sign-in");
    await button("Sign in").click();
    await role("button", { name: /owner@example\.com/ }).click();
    await heading("Overview", 1).or(role("heading", { level: 1, name: /Welcome/ })).waitFor();
    await shot("overview");
    await see.accessible("overview");

    await role("link", { name: "Applications", exact: true }).first().click();
    await heading("Applications", 1).waitFor();
    await shot("applications-empty");
    await button("Create application").first().click();
    await heading("Create application", 1).waitFor();
    await button("Create").click(); // empty: the fields show errors, and nothing is sent
    await see.shown(/give it a name/i);
    await shot("application-refused");
    await role("textbox", { name: "Name" }).fill("Checkout API");
    await role("radio", { name: /^Server/ }).check();
    await button("Create").click();
    await heading("Checkout API", 1).waitFor();
    await shot("application");
    await see.accessible("application");
    await role("link", { name: "Applications", exact: true }).first().click();
    await heading("Applications", 1).waitFor();
    await see.shown("Checkout API");
    await shot("applications");
    await see.accessible("applications");

    await role("link", { name: "Arxes", exact: true }).first().click();
    await heading("Arxes", 1).waitFor();
    await button("Create Arx").first().click();
    await heading("Create Arx", 1).waitFor();
    await role("textbox", { name: "Name" }).fill("Rates EU");
    await role("textbox", { name: /^Endpoint/ }).fill("https://rates.example");
    await role("radio", { name: /^Production/ }).check();
    await see.accessible("create Arx");
    for (const step of ["Place and protection", "Summary"]) {
      await button("Next").click();
      await heading(step, 2).waitFor();
    }
    await button("Create").click();
    await heading("Rates EU", 1).waitFor();
    await shot("arx");
  });

  test("the wizard leads from the application to the access key", async () => {
    await role("link", { name: "API keys", exact: true }).first().click();
    await heading("API keys", 1).waitFor();
    await shot("keys-empty");
    await see.accessible("keys, empty");
    await button("Create API key").first().click();

    await heading("Application", 2).waitFor();
    await role("radio", { name: /^Checkout API/ }).check();
    await shot("wizard-application");
    await button("Next").click();

    await heading("Arx", 2).waitFor();
    assert.equal(await role("radio", { name: /^Rates EU/ }).isChecked(), true, "the default Arx is chosen already");
    await shot("wizard-arx");
    await button("Next").click();

    await heading("Options", 2).waitFor();
    await role("textbox", { name: /^Name/ }).fill("Checkout batch");
    await role("textbox", { name: /^Scopes/ }).fill("Quotes:Write");
    await button("Next").click();
    await see.shown(/lower case|characters of a-z/i);
    await shot("wizard-options-refused");
    await role("textbox", { name: /^Scopes/ }).fill("quotes:write");
    await see.accessible("options");
    await button("Back").click();
    await heading("Arx", 2).waitFor();
    await button("Next").click();
    assert.equal(await role("textbox", { name: /^Name/ }).inputValue(), "Checkout batch", "Back keeps what was entered");
    await page.reload();
    await heading("Options", 2).waitFor();
    assert.equal(await role("textbox", { name: /^Name/ }).inputValue(), "Checkout batch", "a reload keeps the draft");
    await button("Next").click();

    await heading("Summary", 2).waitFor();
    for (const text of ["Checkout API", "Rates EU", "Checkout batch", "quotes:write"]) await see.shown(text);
    await shot("wizard-summary");
    await see.accessible("summary");
    await button("Create").click();

    await heading("Access key", 2).waitFor();
    const masked = await page.content();
    assert.doesNotMatch(masked, /arxk_prd_[0-9A-Za-z]{65}/, "masked: the middle is not in the page");
    await shot("wizard-access-key");
    await see.accessible("access key");
    assert.equal(await button("Done").isEnabled(), false, "Done waits for the box");
    await button("Reveal access key").click();
    await shot("wizard-access-key-revealed");
    await button("Copy access key").click();
    accessKey = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(accessKey, /^arxk_prd_[0-9A-Za-z]{65}$/);
    keyID = `key_${accessKey.slice(9, 25)}`;

    const download = async (name) => {
      const [file] = await Promise.all([page.waitForEvent("download"), button(name).click()]);
      return readFile(await file.path(), "utf8");
    };
    const env = await download("Download .env");
    assert.ok(env.includes(accessKey) && env.includes("https://rates.example"), "the .env holds the access key and the endpoint");
    assert.equal(Object.values(JSON.parse(await download("Download .json"))).flat().some((v) => v === accessKey), true, "the .json holds the access key");
  });

  test("the access key is not left behind by mistake", async () => {
    const asked = [];
    const refuse = async (dialog) => { asked.push(dialog.type()); await dialog.dismiss(); };
    page.on("dialog", refuse);
    await page.evaluate(() => setTimeout(() => location.reload(), 0));
    await page.waitForTimeout(500);
    assert.deepEqual(asked, ["beforeunload"], "a reload asks first");
    page.off("dialog", refuse);
    await heading("Access key", 2).waitFor();

    for (const leave of [() => role("link", { name: "Arxes", exact: true }).first().click(), () => page.evaluate(() => history.back())]) {
      await leave();
      await role("dialog").getByRole("button", { name: "Stay", exact: true }).click();
      await heading("Access key", 2).waitFor();
    }
    await see.shown(accessKey.slice(30, 50)); // still there, still revealed
  });

  test("the key verifies, and is in the list with its totals", async () => {
    await role("checkbox", { name: "I have stored this access key", exact: true }).check();
    await button("Done").click();
    await heading("API keys", 1).waitFor();
    await see.shown(keyID);
    await see.total("Active", 1);
    await shot("keys");
    await see.accessible("keys");
    assert.doesNotMatch(await page.content(), new RegExp(accessKey.slice(30, 50)), "gone from the page");
    const stored = await page.evaluate(async () => {
      const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) if (request.url.includes("/v1/")) found.push(await (await cache.match(request)).text());
      }
      return found.join("\n");
    });
    assert.ok(!stored.includes(accessKey.slice(30, 50)), "nothing in the browser keeps the access key");

    assert.equal(await verify(), "VALID");
  });

  /** Verifies as a script does, with the laptop's management key, and returns the code. */
  async function verify() {
    const management = await managementKey();
    const answer = await fetch(`${laptop.url}/v1/keys/verify`, {
      method: "POST", headers: { Authorization: `Bearer ${management}`, "Content-Type": "application/json" }, body: JSON.stringify({ key: accessKey }),
    });
    return (await answer.json()).code;
  }

  const managementKey = async () => (await readFile(join(laptop.data, "management-key"), "utf8")).trim();

  test("after a restart everything is as it was, and nobody is signed out", async () => {
    await laptop.restart();
    await page.reload();
    await heading("API keys", 1).waitFor();
    await see.shown(keyID);
    assert.equal(await verify(), "VALID");
  });

  test("it is deleted by typing the exact API key, and the dashboard is right at once", async () => {
    await role("button", { name: /^Actions for/ }).click();
    await role("menuitem", { name: "Delete" }).click();
    const dialog = role("dialog");
    await dialog.waitFor();
    const field = dialog.getByRole("textbox", { name: /^Type .* to confirm$/ });
    const confirm = dialog.getByRole("button", { name: "Delete" });
    const sent = [];
    page.on("request", (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`));

    assert.equal(await confirm.isEnabled(), false);
    await field.fill(keyID.slice(0, -1));
    assert.equal(await confirm.isEnabled(), false, "almost is not enough");
    await field.fill(accessKey.slice(0, -1) + (accessKey.endsWith("0") ? "1" : "0"));
    assert.equal(await confirm.isEnabled(), false, "a mistyped access key is told by its checksum");
    await shot("delete-mistyped");
    await see.accessible("delete");
    await field.fill(accessKey); // the access key itself works too
    await dialog.getByRole("button", { name: "Delete" }).and(page.locator(":enabled")).waitFor();
    await field.fill(keyID);
    await shot("delete");
    await confirm.click();

    await dialog.waitFor({ state: "hidden" });
    await page.getByText(keyID).filter({ visible: true }).waitFor({ state: "hidden" });
    await see.total("Active", 0);
    await see.total("Deleted", 1);
    await shot("keys-after-delete");
    assert.ok(!sent.some((line) => line.includes(accessKey.slice(30, 50))), "the pasted access key was not sent");
    assert.equal(await verify(), "NOT_FOUND");

    await role("switch", { name: "Show deleted", exact: true }).click();
    await see.shown(keyID);
    await shot("keys-deleted-shown");
  });

  test("the console complained of nothing", () => {
    assert.deepEqual(see.failures, []);
    assert.ok(!laptop.log.includes(accessKey.slice(30, 50)), "the access key is not in the log");
  });

  return () => ({ world, see, keyID });
}
