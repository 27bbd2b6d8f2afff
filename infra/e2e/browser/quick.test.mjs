// The quick way to a verified key: creation in place, lone choices, and what the access key's screen offers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, test } from "node:test";
import { artefacts, begin } from "./fixture.mjs";

let world;
const failures = [];

before(async () => { world = await begin(); });
after(() => world?.close());

const open = async (options) => {
  const see = await world.visit(options);
  failures.push(see.failures);
  return see;
};
const shot = async (page, name) => {
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
  await page.screenshot({ path: join(artefacts, `quick-${name}.png`), fullPage: true });
};
/** Takes a picture and looks for violations and overflows, on a desk and on a phone. */
const look = async (see, name) => {
  await shot(see.page, name);
  await see.accessible(name);
  await see.page.setViewportSize({ width: 360, height: 1800 }); // axe takes what the sticky foot leaves of a target for the target
  await see.page.emulateMedia({ colorScheme: "dark" });
  await see.inside(name);
  await shot(see.page, `${name}-360-dark`);
  await see.page.emulateMedia({ colorScheme: null });
  await see.page.setViewportSize({ width: 1440, height: 900 });
};

test("from an empty tenant to a verified key in at most 10 clicks", async () => {
  const see = await open({ at: "/" });
  const { page, role, button, heading } = see;
  let clicks = 0;
  const click = async (what) => { await what.click(); clicks++; };
  /** Types into the field that has the focus, so that no click is needed. */
  const type = async (id, text) => {
    await see.focused(id);
    await page.keyboard.type(text);
  };

  await click(button("Create API key").first());
  await heading("Application", 2).waitFor();
  await type("#name", "Checkout API");
  await look(see, "first-application");
  await click(button("Next"));
  await heading("Arx", 2).waitFor();
  await see.shown("Application Checkout API is created.");
  await type("#name", "Rates EU");
  await look(see, "first-arx");
  await click(button("Next"));
  await heading("Options", 2).waitFor();
  await click(button("Next"));
  await heading("Summary", 2).waitFor();
  await click(button("Create"));
  await heading("Access key", 2).waitFor();
  await click(button("Copy access key"));
  await page.getByText("Copied", { exact: false }).first().waitFor({ state: "attached" });
  const accessKey = await page.evaluate(() => navigator.clipboard.readText());
  await click(role("checkbox", { name: "I have stored this access key" }));
  await click(button("Done"));
  await heading("API keys", 1).waitFor();
  assert.equal((await world.call("POST", "/v1/keys/verify", { key: accessKey })).code, "VALID");
  assert.ok(clicks <= 10, `${clicks} clicks`);
  await see.context.close();
});

test("a lone application and a lone Arx are chosen already, and say why", async () => {
  const see = await open({ at: "/keys/new" });
  await see.role("radio", { name: "Checkout API" }).and(see.page.locator(":checked")).waitFor();
  await see.shown("The only active application, so it is chosen already.");
  await see.button("Next").click();
  await see.heading("Arx", 2).waitFor();
  await see.role("radio", { name: "Rates EU" }).and(see.page.locator(":checked")).waitFor();
  await see.shown("The only active Arx, so it is chosen already.");
  await look(see, "lone-arx");
  await see.button("Cancel").click();
  await see.context.close();
});

test("a missing application is created in place: what is refused stays, Back shows it chosen, a reload keeps it", async () => {
  const see = await open({ at: "/keys/new" });
  const { page, role, button, heading } = see;
  const name = role("textbox", { name: "Name", exact: true });
  await button("Create application").click();
  await see.focused("#name");
  await name.fill("checkout api");
  await page.keyboard.press("Enter"); // is Next
  await see.shown(/taken|called/);
  await see.focused("#name");
  await look(see, "name-taken");
  await name.fill("Shop");
  await role("radio", { name: "Client" }).check();
  await button("Next").click();
  await see.shown(/at least one origin/);
  await role("textbox", { name: "Allowed origins" }).fill("https://shop.example ");
  await page.locator("summary", { hasText: "Description and owner" }).click();
  await role("textbox", { name: "Description" }).fill("Sells parcels");
  await page.reload();
  await heading("New application", 3).waitFor();
  assert.equal(await name.inputValue(), "Shop", "a reload keeps what was entered");
  await see.shown("https://shop.example", { exact: true });
  await button("Choose an existing one").click();
  await role("radio", { name: "Checkout API" }).waitFor();
  await see.focused("#step-title");
  await button("Create application").click();
  assert.equal(await name.inputValue(), "", "what was given up is forgotten");
  await name.fill("Shop");
  // The answer is lost: Next again creates no second application.
  let lost = 0;
  await page.route("**/v1/applications", async (route) => {
    if (route.request().method() !== "POST" || lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await button("Next").click();
  await see.shown("It is unknown whether the application was created.");
  await button("Next").click();
  await heading("Arx", 2).waitFor();
  await page.waitForURL(/step=2$/);
  assert.deepEqual((await world.call("GET", "/v1/applications")).items.map((a) => a.name).sort(), ["Checkout API", "Shop"]);
  await page.goBack();
  await role("radio", { name: "Shop" }).and(page.locator(":checked")).waitFor();
  assert.equal(await role("list", { name: "Steps" }).locator("[aria-current=step]").innerText().then((t) => t.trim()), "Application");
  await page.goForward();
  await heading("Arx", 2).waitFor();
  await see.focused("#step-title");
  await button("Create Arx").click();
  await see.focused("#name");
  await name.fill("Lab");
  await role("radio", { name: /^Testing/ }).check();
  await page.locator("summary", { hasText: "Place and protection" }).click();
  await role("radio", { name: "Google Cloud" }).check();
  await button("Next").click();
  await heading("Options", 2).waitFor();
  await see.shown("Arx Lab is created.");
  const [lab] = (await world.call("GET", "/v1/arxes?q=Lab")).items;
  assert.deepEqual([lab.purpose, lab.provider, lab.regions], ["testing", "gcp", ["europe-west3"]]);
  await button("Back").click();
  await role("radio", { name: "Lab" }).and(page.locator(":checked")).waitFor();
  await button("Cancel").click();
  await heading("API keys", 1).waitFor();
  see.failures.length = 0; // the browser tells of refusals and of the lost answer
  await see.context.close();
});

/** Creates a key of the application at the Arx in the wizard, and returns its access key. */
const create = async (see, application, arx, options = async () => {}) => {
  const { page, role, button, heading } = see;
  await role("radio", { name: application }).check();
  await button("Next").click();
  await heading("Arx", 2).waitFor();
  await role("radio", { name: arx }).check();
  await button("Next").click();
  await heading("Options", 2).waitFor();
  await options();
  await button("Next").click();
  await heading("Summary", 2).waitFor();
  await button("Create").click();
  await heading("Access key", 2).waitFor();
  await button("Copy access key").click();
  await page.getByText("Access key copied.").waitFor({ state: "attached" });
  return page.evaluate(() => navigator.clipboard.readText());
};
const leave = async ({ role, button, heading }) => {
  await role("checkbox", { name: "I have stored this access key" }).check();
  await button("Done").click();
  await heading("API keys", 1).waitFor();
};

test("the access key's screen says first to stay, and turns green by itself after its own commands", async () => {
  const see = await open({ at: "/keys/new" });
  const { page, role, button } = see;
  const sent = [];
  page.on("request", (r) => sent.push(`${r.method()} ${r.url()} ${r.postData() ?? ""}`));
  const accessKey = await create(see, "Checkout API", "Rates EU");
  const id = `key_${accessKey.slice(9, 25)}`;
  const first = (await page.locator("section.card .card-body").first().innerText()).trim();
  assert.ok(first.startsWith("Do not close this window before you have stored the access key."), first);
  await see.shown("Waiting for the first verification…");
  await look(see, "waiting");
  // The tabs by the keyboard.
  await role("tab", { name: "curl" }).focus();
  for (const name of ["Go", "TypeScript", "Python", "Lambda authorizer", "Load .env"]) {
    await page.keyboard.press("ArrowRight");
    await role("tab", { name, selected: true }).and(page.locator(":focus")).waitFor();
    const code = await role("tabpanel").innerText();
    assert.ok(!code.includes(accessKey.slice(30, 60)), `the access key is in ${name}`);
    const client = { Go: "github.com/arxkeys/arxkeys/shared/client", TypeScript: "@arxkeys/client", Python: "from arxkeys import Client" }[name];
    if (client) assert.ok(code.includes(client) && code.includes(world.laptop.url) && !code.includes("example"), code); // our client, and this deployment
    if (name === "TypeScript") await look(see, "snippet");
  }
  await page.keyboard.press("Home");
  await role("tab", { name: "curl", selected: true }).waitFor();
  await button("Copy the code").click();
  await page.getByText("curl code copied.").waitFor({ state: "attached" });
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const load = await page.locator(".where code").innerText();
  const folder = await mkdtemp(join(tmpdir(), "arxkeys-quick-"));
  try {
    const [file] = await Promise.all([page.waitForEvent("download"), button("Download .env").click()]);
    assert.equal(file.suggestedFilename(), `${id}.env`);
    await file.saveAs(join(folder, file.suggestedFilename()));
    const { stdout } = await promisify(execFile)("bash", ["-c", `${load}\n${command}`], { cwd: folder });
    assert.equal(JSON.parse(stdout).key.id, id);
  } finally {
    await rm(folder, { recursive: true });
  }
  await page.locator(".live[data-state=ok]").waitFor({ timeout: 60_000 });
  await see.shown("Verified.");
  await page.locator(".live time[data-utc$=UTC]").waitFor();
  await look(see, "verified");
  const asked = sent.filter((line) => line.includes(`/v1/keys/${id}/usage`)).length;
  assert.ok(asked >= 1, "it has asked");
  assert.ok(!sent.some((line) => line.includes(accessKey.slice(30, 60))), "the access key was sent");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
  assert.ok(!kept.includes(accessKey.slice(30, 60)), "the access key is stored");
  await leave(see);

  await see.go(world.laptop, `/keys/${id}`);
  await see.heading("Use it", 2).waitFor();
  assert.ok((await role("tabpanel").innerText()).includes("/v1/whoami"));
  await look(see, "key-page");
  await see.context.close();
});

test("a first verification that is refused says why, and what to do", async () => {
  const see = await open({ at: "/keys/new" });
  const accessKey = await create(see, "Checkout API", "Rates EU", () => see.role("textbox", { name: "Scopes" }).fill("invoices:read "));
  assert.equal((await world.call("POST", "/v1/keys/verify", { key: accessKey, scopes: ["invoices:write"] })).code, "INSUFFICIENT_SCOPE");
  await see.page.locator(".live[data-state=bad]", { hasText: "INSUFFICIENT_SCOPE" }).waitFor({ timeout: 60_000 });
  await look(see, "refused");
  await leave(see);
  await see.context.close();
});

test("a key is duplicated, everything but the access key", async () => {
  const { items: [application] } = await world.call("GET", "/v1/applications?q=Checkout");
  const { items: [arx] } = await world.call("GET", "/v1/arxes?q=Rates");
  const settings = {
    scopes: ["quotes:read", "rates:read"], rate_limit: { limit: 1200, window_seconds: 60 }, remaining_uses: 500, allowed_ips: ["10.20.0.0/16"], metadata: { team: "payments" },
    expires_at: new Date(Date.now() + 40 * 86_400_000).toISOString().replace(/\.\d+/, ""),
  };
  const made = await world.call("POST", "/v1/keys", { name: "Checkout production", application_id: application.id, arx_id: arx.id, ...settings });
  const see = await open({ at: "/keys?q=Checkout+production" });
  const { page, role, button, heading } = see;
  await see.act("Checkout production", "Duplicate");
  await heading("Duplicate API key", 1).waitFor();
  await heading("Options", 2).waitFor();
  const name = role("textbox", { name: "Name", exact: true });
  assert.equal(await name.inputValue(), "Checkout production 2");
  await see.shown("Everything but the access key is copied.");
  await look(see, "duplicate");
  await name.fill("Checkout spare");
  await page.reload();
  await heading("Duplicate API key", 1).waitFor();
  await heading("Options", 2).waitFor();
  assert.equal(await name.inputValue(), "Checkout spare", "a reload keeps what was changed");
  await button("Back").click();
  await heading("Arx", 2).waitFor();
  await page.goBack();
  await heading("Options", 2).waitFor();
  await page.goBack();
  await heading("API keys", 1).waitFor();
  await see.link("Checkout production").click();
  await heading("Checkout production", 1).waitFor();
  await see.more("Duplicate");
  await heading("Options", 2).waitFor(); // the draft of this duplicate
  assert.equal(await name.inputValue(), "Checkout spare");
  await button("Next").click();
  await heading("Summary", 2).waitFor();
  await page.locator("main time[data-utc$=UTC]").first().waitFor(); // when it expires
  await button("Create").click();
  await heading("Access key", 2).waitFor();
  const copy = (await world.call("GET", "/v1/keys?q=Checkout+spare")).items[0];
  const key = await world.call("GET", `/v1/keys/${copy.id}`);
  for (const field of ["scopes", "rate_limit", "remaining_uses", "allowed_ips", "metadata"]) assert.deepEqual(key[field], settings[field], field);
  assert.equal(new Date(key.expires_at).getTime(), new Date(settings.expires_at).getTime());
  assert.deepEqual([key.application.id, key.arx.id], [application.id, arx.id]);
  assert.notEqual(key.hint, made.key.hint);
  await leave(see);
  await see.go(world.laptop, "/keys/new");
  await heading("Create API key", 1).waitFor();
  await heading("Application", 2).waitFor(); // a duplicate is no draft of another key
  await see.context.close();
});

test("scopes of other keys are suggested", async () => {
  const see = await open({ at: "/keys/new" });
  const { page, role, button } = see;
  await role("radio", { name: "Checkout API" }).check();
  await button("Next").click();
  await role("radio", { name: "Rates EU" }).check();
  await button("Next").click();
  await button("Add quotes:read").click();
  await see.focused("#scopes");
  await button("Remove quotes:read").waitFor();
  assert.equal(await button("Add quotes:read").count(), 0);
  await button("Add rates:read").waitFor();
  await look(see, "suggested");
  await button("Remove quotes:read").click();
  await button("Add quotes:read").waitFor();
  await button("Cancel").click();
  await see.heading("API keys", 1).waitFor();
  await see.context.close();
});

test("the pages of an application and of an Arx lead to a key of theirs", async () => {
  const { items: [application] } = await world.call("GET", "/v1/applications?q=Shop");
  const { items: [arx] } = await world.call("GET", "/v1/arxes?q=Lab");
  const see = await open({ at: `/applications/${application.id}` });
  const { page, role, button, heading } = see;
  await button("Create API key").click();
  await heading("Application", 2).waitFor();
  await role("radio", { name: "Shop" }).and(page.locator(":checked")).waitFor();
  await button("Cancel").click();
  await heading("API keys", 1).waitFor();
  await see.go(world.laptop, `/arxes/${arx.id}`);
  await heading("Lab", 1).waitFor();
  await look(see, "arx-page");
  await button("Create API key").click();
  await heading("Application", 2).waitFor();
  await role("radio", { name: "Checkout API" }).check();
  await button("Next").click();
  await role("radio", { name: "Lab" }).and(page.locator(":checked")).waitFor();
  await button("Cancel").click();
  await heading("API keys", 1).waitFor();
  await world.call("POST", `/v1/arxes/${arx.id}/disable`);
  await see.go(world.laptop, `/arxes/${arx.id}`);
  await role("button", { name: "More actions for Lab", exact: true }).click();
  await role("menuitem", { name: /^Create API key\s*Enable the Arx first\.$/ }).and(page.locator("[aria-disabled=true]")).waitFor();
  await world.call("POST", `/v1/arxes/${arx.id}/enable`);
  await see.context.close();
});

test("the console complained of nothing", () => {
  assert.deepEqual(failures.flat(), []);
});
