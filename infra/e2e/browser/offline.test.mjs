// Offline: what was read before can be read again, and nothing can be changed. Also tests updates of the console.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { root } from "./laptop.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page;
const worker = join(root, "build/local/console/sw.js");
let published;

before(async () => {
  world = await begin();
  await settle(world.call);
  published = await readFile(worker, "utf8");
  see = await world.visit();
  page = see.page;
});
after(async () => {
  if (published) await writeFile(worker, published);
  await world?.close();
});

const out = () => page.getByText("Arxkeys can’t be reached.", { exact: true });
/** Returns the kept answers. Signing out navigates to the provider, so it retries if the page changes meanwhile. */
const kept = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("kept-")))
  .catch((error) => { if (/context was destroyed/.test(error.message)) return kept(); throw error; });

test("with the server gone, any address that was seen opens, read-only, and says so", async () => {
  await see.installed(); // it keeps what it sees from then on
  for (const address of ["/", "/keys", "/applications", "/arxes"]) {
    await see.go(world.laptop, address);
    await page.waitForLoadState("networkidle");
  }
  await page.getByRole("link", { name: /^Rates EU/ }).click();
  await see.heading("Rates EU", 1).waitFor();
  await page.getByText("Carrier quotes").waitFor();
  const address = new URL(page.url()).pathname;

  await see.outage(world.laptop);
  await page.goto(world.laptop.url + address);
  await see.heading("Rates EU", 1).waitFor();
  await page.getByText("Carrier quotes").waitFor();
  await out().waitFor();
  await page.getByText(/The data was loaded at \d\d:\d\d/).waitFor();
  await see.role("button", { name: "More actions for Rates EU", exact: true }).click();
  assert.equal(await see.role("menuitem", { name: /^Disable/ }).getAttribute("aria-disabled"), "true", "nothing can be changed");
  await see.shown(/Changes wait until/);
  await page.keyboard.press("Escape");
  await see.accessible("offline");
  await see.link("API keys").first().click();
  await see.heading("API keys", 1).waitFor();
  await see.shown("Checkout production");
  await see.go(world.laptop, "/activity"); // not read before
  await page.getByText("The list could not be loaded").waitFor();
  await see.accessible("offline, never seen");
});

test("when the server is back, the page reads itself anew, and may change things again", async () => {
  await page.goto(`${world.laptop.url}/arxes`);
  await out().waitFor();
  await world.laptop.resume();
  await see.button("Try now").click().catch(() => {}); // it may have retried already
  await out().waitFor({ state: "hidden" });
  await page.getByRole("link", { name: /^Rates EU/ }).waitFor();
  await see.button("Create Arx").and(page.locator(":enabled")).waitFor();
});

test("what is on the screen stays when the server goes, and a form keeps what is entered", async () => {
  await see.go(world.laptop, "/applications");
  await page.getByRole("link", { name: "Checkout API" }).waitFor();
  await see.outage(world.laptop);
  await see.role("combobox", { name: "Status" }).selectOption("active");
  await out().waitFor();
  await page.getByRole("link", { name: "Checkout API" }).waitFor(); // still there
  await page.getByText("The list may be out of date.").waitFor();
  assert.equal(await page.locator("[role=alert]:visible").count(), 1, "one banner tells of the outage");
  await see.accessible("what could not be read again");
  await see.link("Arxes").first().click();
  await see.heading("Arxes", 1).waitFor();
  await page.getByRole("link", { name: /^Rates EU/ }).waitFor(); // as it was read before
  await page.evaluate(() => history.back());
  await world.laptop.resume();
  await out().waitFor({ state: "hidden" });
  await see.go(world.laptop, "/applications/new");
  await see.role("textbox", { name: "Name" }).fill("Entered before");
  await see.role("radio", { name: /^Server/ }).check();
  await see.outage(world.laptop);
  await see.button("Create").click();
  await see.shown(/The application was not registered\.|It is not known/);
  assert.equal(await see.role("textbox", { name: "Name" }).inputValue(), "Entered before");
  await world.laptop.resume();
  await out().waitFor({ state: "hidden" });
  assert.equal(await see.role("textbox", { name: "Name" }).inputValue(), "Entered before", "the end of the outage leaves the form alone");
  await see.button("Create").click();
  await see.heading("Entered before", 1).waitFor();
});

/** Publishes another version of the console: the same files under another name. */
async function publish(version) {
  await writeFile(worker, published.replace(/"version":"[0-9a-f]+"/, `"version":"${version}"`));
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => null));
}

test("a new version waits until somebody reloads, and takes nothing that is being entered", async () => {
  await see.go(world.laptop, "/arxes/new");
  await see.role("textbox", { name: "Name" }).fill("Half an Arx");
  await see.button("Next").click();
  await see.heading("Place and protection", 2).waitFor();
  await publish("00000000000000aa");
  await see.button("Reload to update").waitFor();
  await see.accessible("an update waits");
  await see.heading("Place and protection", 2).waitFor();
  await see.button("Reload to update").click();
  await page.waitForFunction(async () => (await caches.keys()).includes("arxkeys-00000000000000aa") && !(await caches.keys()).some((name) => name.startsWith("arxkeys-") && name !== "arxkeys-00000000000000aa"));
  await see.button("Reload to update").waitFor({ state: "hidden" }); // the page has reloaded
  await see.heading("Place and protection", 2).waitFor();
  await see.shown("Half an Arx"); // the draft
});

test("a new version is not offered while an access key is on the screen, and the key is kept nowhere", async () => {
  await see.go(world.laptop, "/access/new");
  await see.role("textbox", { name: "Name" }).fill("ci-nightly");
  await see.button("Create").click();
  await see.heading("Management key", 2).waitFor();
  await see.accessible("a management key");
  await publish("00000000000000bb");
  await page.waitForFunction(() => navigator.serviceWorker.getRegistration().then((r) => Boolean(r.waiting)));
  assert.equal(await see.button("Reload to update").isVisible(), false, "it waits for the access key to be stored");
  page.once("dialog", (dialog) => dialog.dismiss());
  await see.link("Arxes").first().click();
  await see.role("dialog", { name: "Leave without the management key?" }).waitFor();
  await see.button("Stay").click();
  await see.button("Copy management key").click();
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(secret, /^arxm_[0-9A-Za-z]{65}$/);
  const stored = await page.evaluate(async () => {
    const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) if (request.url.includes("/v1/")) found.push(await (await cache.match(request)).text());
    }
    return found.join("\n");
  });
  assert.ok(stored.includes("ci-deploy") || stored.includes("Rates EU"), "what was read is kept");
  assert.ok(!stored.includes(secret.slice(21, 60)), "nothing in the browser keeps the management key");
  await see.role("checkbox", { name: "I have stored this management key" }).check();
  await see.button("Done").click();
  await see.heading("Access", 1).waitFor();
  await see.button("Reload to update").waitFor();
});

test("a program that breaks says so, and offers a reload", async () => {
  await see.go(world.laptop, "/applications");
  await page.evaluate(() => { Event.prototype.preventDefault = () => { throw new Error("broken on purpose"); }; });
  await page.keyboard.press("/");
  await page.getByText("The console has stopped.").waitFor();
  await see.accessible("stopped");
  await see.button("Reload").click();
  await see.heading("Applications", 1).waitFor();
});

test("nothing that was read outlives the sign-out", async () => {
  await see.go(world.laptop, "/keys");
  await see.shown("Checkout production");
  assert.equal((await kept()).length, 1);
  await see.role("button", { name: /account/ }).click();
  await see.role("menuitem", { name: "Sign out" }).click();
  await see.button("Sign in").waitFor();
  assert.deepEqual(await kept(), []);
  await see.outage(world.laptop);
  await page.goto(`${world.laptop.url}/keys`);
  await see.heading("Arxkeys can’t be reached", 1).waitFor();
  assert.equal(await page.getByText("Checkout production").count(), 0);
  await world.laptop.resume();
});
