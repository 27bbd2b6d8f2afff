// Pages, dialogs and states that no other test covers: they are accessible, light and dark, and nothing overflows on a
// phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { settle } from "./northbeam.mjs";

let world, see, page, applications, arxes, keys;

before(async () => {
  world = await begin();
  ({ applications, arxes, keys } = await settle(world.call));
  await world.call("POST", `/v1/keys/${keys["Checkout production"].id}/rotate`, { overlap_seconds: 3600 });
  see = await world.visit();
  page = see.page;
});
after(() => world?.close());

/** Opens the address, brings the page into the state, and checks it. */
async function look(name, address, leads) {
  await see.go(world.laptop, address);
  await page.waitForLoadState("networkidle");
  await leads?.();
  await see.accessible(name);
  await page.setViewportSize({ width: 360, height: 800 });
  await see.inside(name);
  await page.setViewportSize({ width: 1440, height: 900 });
}
const dialog = (row, does, name) => async () => {
  await see.act(row, does);
  await see.role("dialog", { name, exact: true }).waitFor();
};
const shown = (text) => () => see.shown(text);

test("pages with much on them", async () => {
  await look("the overview", "/", shown("Needs attention"));
  await look("Arxes", "/arxes", shown("Label testing"));
  await look("an Arx", `/arxes/${arxes["Rates EU"].id}`, shown("Carrier quotes"));
  await look("a key that rotates", `/keys/${keys["Checkout production"].id}`, shown(/The previous access key works until/));
  await look("a key whose Arx is disabled", `/keys/${keys["Printer bench"].id}`, shown("This key is stopped: its Arx, Label testing, is disabled."));
  await look("stopped keys", "/keys?status=stopped", async () => {
    await see.shown("application archived");
    await see.shown("Arx disabled");
  });
  await look("a search by relevance", "/keys?q=ch", shown("Checkout staging"));
  await look("an archived application", `/applications/${applications["Legacy kiosk"].id}`, shown("Archived"));
  await look("the account", "/keys", () => see.role("button", { name: /, account$/ }).click());
});

test("forms and the steps of wizards", async () => {
  const { role, button, heading } = see;
  await look("create an application, refused", "/applications/new", async () => {
    await role("radio", { name: /^Client/ }).check();
    await button("Create").click();
    await see.shown(/give it a name/i);
  });
  await look("edit an application", `/applications/${applications["Courier mobile"].id}/edit`, () => role("textbox", { name: "Name", exact: true }).waitFor());
  await look("edit an Arx", `/arxes/${arxes["Rates EU"].id}/edit`, () => role("textbox", { name: "Name", exact: true }).waitFor());
  await look("a key's application", "/keys/new", shown("Enable the application first."));
  await look("a key's Arx", "/keys/new", async () => {
    await role("radio", { name: /^Checkout API/ }).check();
    await button("Next").click();
    await heading("Arx", 2).waitFor();
  });
  await see.go(world.laptop, "/arxes/new");
  await role("textbox", { name: "Name" }).fill("Spare");
  for (const step of ["Place and protection", "Summary"]) {
    await button("Next").click();
    await heading(step, 2).waitFor();
    await see.accessible(`an Arx's ${step}`);
  }
});

test("dialogs", async () => {
  await look("archive an application", "/applications", dialog("Data export", "Archive", "Archive application"));
  await look("disable an Arx", "/arxes", dialog("Rates EU", "Disable", "Disable Arx"));
  await look("replace a lost access key", `/keys/${keys["Checkout production"].id}`, async () => {
    await see.button("Rotate").click();
    await see.role("dialog", { name: "Replace the newest access key" }).waitFor();
  });
});

test("what is being loaded, and what could not be", async () => {
  const read = /\/v1\/(keys|overview|arxes)\b/, held = [];
  let fails = false;
  await page.route(read, async (route) => {
    if (!fails) return void held.push(route);
    await route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal","detail":"Something of ours is broken.","status":500,"title":"Internal"}' });
  });
  for (const address of ["/keys", "/", `/arxes/${arxes.Tracking.id}`]) {
    fails = false;
    await page.goto(world.laptop.url + address);
    await page.locator(".sk").first().waitFor();
    await see.accessible(`${address}, being loaded`);
    fails = true;
    await page.goto(world.laptop.url + address);
    await see.button("Try again").first().waitFor();
    await see.accessible(`${address}, not loaded`);
  }
  await Promise.all(held.map((route) => route.abort().catch(() => {})));
  await page.unroute(read);
  see.failures.length = 0; // the browser logs the errors that this test has simulated
});

test("a developer's overview, and a page that is not theirs", async () => {
  const owner = see;
  see = await world.visit({ person: "developer@example.com" });
  page = see.page;
  await look("the overview of a developer", "/", shown("Needs attention"));
  await look("create an Arx, of a developer", "/arxes/new", () => page.locator("h2").first().waitFor());
  assert.deepEqual(see.failures, []);
  await see.context.close();
  see = owner;
  page = see.page;
});

test("signed out, with the server gone", async () => {
  await see.go(world.laptop, "/");
  await see.role("button", { name: /, account$/ }).click();
  await see.role("menuitem", { name: "Sign out" }).click();
  await see.button("Sign in").waitFor();
  assert.deepEqual(see.failures, []);
  await see.accessible("signed out");
  await world.laptop.pause();
  await page.goto(world.laptop.url);
  await see.heading("Arxkeys can’t be reached", 1).waitFor();
  await see.accessible("nothing answers");
  await world.laptop.resume();
});
