// Applications and Arxes, from creation to archiving and deletion, and the effect on their keys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";

let world, see, page;

before(async () => {
  world = await begin();
  see = await world.visit();
  page = see.page;
});
after(() => world?.close());

const verify = async (key) => (await world.call("POST", "/v1/keys/verify", { key })).code;
/** Verifies until the answer is the expected one: a change of an application or Arx takes effect within seconds. */
async function until(key, code) {
  for (let i = 0; i < 100 && (await verify(key)) !== code; i++) await page.waitForTimeout(100);
  assert.equal(await verify(key), code);
}

test("an Arx comes out of its wizard, which keeps what was entered", async () => {
  const { role, button, heading } = see;
  await see.go(world.laptop, "/arxes");
  await button("Create the first Arx").click();
  await heading("Create Arx", 1).waitFor();
  await button("Next").click();
  await see.shown(/give it a name/i);
  await see.focused("#name"); // the invalid field
  await see.accessible("Arx wizard, refused");
  await role("textbox", { name: "Name" }).fill("Rates EU");
  await role("textbox", { name: /^Endpoint/ }).fill("https://rates.example");
  await role("radio", { name: /^Production/ }).check();
  await button("Next").click();
  await heading("Place and protection", 2).waitFor();
  const region = role("checkbox", { name: /eu-central-1/ });
  assert.equal(await region.isChecked(), true, "a region is chosen already");
  await region.uncheck();
  await button("Next").click();
  await see.shown(/name 1 to 5 regions/i);
  await region.check();
  await see.accessible("Arx wizard, regions");
  await page.reload();
  await heading("Place and protection", 2).waitFor();
  assert.equal(await region.isChecked(), true, "a reload keeps what was entered");
  await page.goBack();
  await heading("Basics", 2).waitFor();
  await see.focused("#step-title");
  await page.goForward();
  await heading("Place and protection", 2).waitFor();
  await page.waitForURL(/\/arxes\/new\?step=2$/);
  await button("Back").click();
  await heading("Basics", 2).waitFor();
  assert.equal(await role("radio", { name: /^Production/ }).isChecked(), true, "Back keeps what was entered");
  await button("Next").click();
  await button("Next").click();
  await heading("Summary", 2).waitFor();
  for (const text of ["Rates EU", "https://rates.example", "Production", "eu-central-1", "AES-GCM, 256 bit"]) await role("definition").filter({ hasText: text }).first().waitFor();
  await see.accessible("Arx wizard, summary");
  await button("Create").click();
  await heading("Rates EU", 1).waitFor();
  await see.shown("Default", { exact: true });
  await page.goBack();
  await heading("Create Arx", 1).waitFor();
  await heading("Basics", 2).waitFor(); // of another one
  assert.equal(await role("textbox", { name: "Name" }).inputValue(), "");
});

test("what is entered of an application stays in the tab until it is given up", async () => {
  const { role, button, heading } = see;
  const name = role("textbox", { name: "Name" });
  await see.go(world.laptop, "/applications/new");
  await name.fill("Shop");
  await role("radio", { name: /^Client/ }).check();
  await role("textbox", { name: "Allowed origins" }).fill("https://shop.example ");
  await see.link("Arxes").first().click();
  await heading("Arxes", 1).waitFor();
  await page.goBack();
  await heading("Create application", 1).waitFor();
  assert.equal(await name.inputValue(), "Shop");
  await page.reload();
  await heading("Create application", 1).waitFor();
  await see.shown("https://shop.example", { exact: true });
  assert.equal(await name.inputValue(), "Shop");
  assert.equal(await role("radio", { name: /^Client/ }).isChecked(), true);
  await button("Cancel").click();
  await heading("Applications", 1).waitFor();
  await page.goBack();
  await heading("Create application", 1).waitFor();
  assert.equal(await name.inputValue(), "");
});

test("an application is edited, and nobody writes over what somebody else has changed", async () => {
  const { role, button, heading } = see;
  await see.go(world.laptop, "/applications/new");
  await role("textbox", { name: "Name" }).fill("Checkout");
  await role("radio", { name: /^Server/ }).check();
  await button("Create").click();
  await heading("Checkout", 1).waitFor();
  await button("Edit").click();
  await heading("Edit application", 1).waitFor();
  const id = page.url().match(/app_\w+/)[0];
  await role("textbox", { name: "Name" }).fill("Checkout API");
  await world.call("PATCH", `/v1/applications/${id}`, { description: "Changed by somebody else" });
  await button("Save").click();
  await page.getByText("Somebody else has changed it.").waitFor();
  await see.accessible("edit, changed meanwhile");
  await button("Reload").click();
  await page.waitForFunction(() => document.getElementById("description").value === "Changed by somebody else");
  await role("textbox", { name: "Name" }).fill("Checkout API");
  await button("Save").click();
  await heading("Checkout API", 1).waitFor();
  await see.shown("Changed by somebody else");
});

let secret;

test("disable, archive and unarchive an application: its keys stop, and come back", async () => {
  const { role, button, heading, act, confirm, total } = see;
  const [application] = (await world.call("GET", "/v1/applications")).items;
  const [arx] = (await world.call("GET", "/v1/arxes")).items;
  secret = (await world.call("POST", "/v1/keys", { name: "batch", application_id: application.id, arx_id: arx.id })).access_key;
  assert.equal(await verify(secret), "VALID");
  await see.go(world.laptop, "/applications");
  await role("button", { name: "Actions for Checkout API" }).click();
  await page.getByText("Disable the application first.").waitFor();
  await page.keyboard.press("Escape");
  await act("Checkout API", "Disable");
  const dialog = role("dialog");
  await dialog.getByText("1 active key stops.").waitFor();
  await see.accessible("disable an application");
  await dialog.getByRole("textbox", { name: /^Type .* to confirm$/ }).fill("checkout api");
  await dialog.getByText(/Upper and lower case differ/).waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Disable", exact: true }).isEnabled(), false, "another case is another name");
  await confirm("Checkout API", "Disable");
  await total("Disabled", 1);
  await until(secret, "APPLICATION_INACTIVE");

  await act("Checkout API", "Archive");
  await confirm("Checkout API", "Archive");
  await total("Archived", 1);
  await page.getByText(/All applications have been archived/).waitFor();
  await role("switch", { name: "Show archived", exact: true }).click();
  await page.getByRole("link", { name: "Checkout API" }).waitFor();
  await see.accessible("archived applications");
  await act("Checkout API", "Unarchive");
  await total("Disabled", 1);
  await page.getByRole("link", { name: "Checkout API" }).click();
  await heading("Checkout API", 1).waitFor();
  await see.more("Enable");
  await see.shown("Active", { exact: true });
  await until(secret, "VALID");
  await page.getByText("Unarchived", { exact: true }).waitFor(); // in its history
  await see.accessible("an application");
});

test("another Arx becomes the default; the first is disabled, and deleted with its keys", async () => {
  const { role, button, heading, act, confirm, total } = see;
  await world.call("POST", "/v1/arxes", { name: "Rates US", regions: ["us-east-1"] });
  await see.go(world.laptop, "/arxes");
  await role("button", { name: "Actions for Rates EU" }).click();
  await page.getByText("It is the default. Make another Arx the default first.").waitFor();
  await page.keyboard.press("Escape");
  await act("Rates US", "Make default");
  await page.getByRole("link", { name: /^Rates US\s*Default/ }).waitFor();
  await act("Rates EU", "Disable");
  await confirm("Rates EU", "Disable");
  await total("Disabled", 1);
  await until(secret, "ARX_INACTIVE");
  await page.getByRole("link", { name: /^Rates EU/ }).click();
  await heading("Rates EU", 1).waitFor();
  await see.more("Delete");
  await see.accessible("delete an Arx");
  await confirm("Rates EU", "Delete");
  await page.getByText("It is deleted, and its keys with it.").waitFor();
  await until(secret, "NOT_FOUND");
  await see.accessible("a deleted Arx");
  await see.go(world.laptop, "/keys?deleted=1");
  await see.shown("Deleted", { exact: true });
});

test("a developer sees what is there, and why nothing of it is theirs to change", async () => {
  const developer = await world.visit({ person: "developer@example.com", at: "/arxes" });
  await developer.heading("Arxes", 1).waitFor();
  await developer.role("link", { name: /^Rates US/ }).waitFor();
  assert.equal(await developer.button("Create Arx").isEnabled(), false);
  await developer.role("button", { name: "Actions for Rates US" }).click();
  assert.equal(await developer.role("menuitem", { name: /^Disable/ }).getAttribute("aria-disabled"), "true");
  await developer.page.keyboard.press("Escape");
  await developer.accessible("Arxes of a developer");
  for (const [address, text] of [["/activity", "Your role does not allow this"], ["/access", "Only owners manage management keys."], ["/access/new", "Your role does not allow this"],
    ["/applications/new", "Only owners and admins create applications."], ["/arxes/new", "Only owners and admins create Arxes."]]) {
    await developer.go(world.laptop, address);
    await developer.shown(text);
    await developer.accessible(`${address} of a developer`);
  }
  await developer.go(world.laptop, "/applications");
  await developer.role("link", { name: "Checkout API" }).click();
  await developer.heading("Checkout API", 1).waitFor();
  await developer.role("button", { name: "More actions for Checkout API", exact: true }).click();
  for (const refused of ["Edit", "Disable", "Archive"]) {
    await developer.role("menuitem", { name: `${refused} Only owners and admins`, exact: false }).and(developer.page.locator("[aria-disabled=true]")).waitFor();
  }
  await developer.page.keyboard.press("Escape");
  await developer.page.getByText("Unarchived", { exact: true }).waitFor(); // a resource's own history is theirs to read
  assert.deepEqual(developer.failures, []);
  await developer.context.close();
});

test("what is not there says so", async () => {
  for (const [address, title] of [["/applications/app_0000000000000000", "No such application"], ["/arxes/arx_0000000000000000", "No such Arx"], ["/nowhere", "There is no such page"]]) {
    await see.go(world.laptop, address);
    await see.heading(title, 1).waitFor();
    await see.accessible(address);
  }
});

test("the console complained of nothing", () => {
  assert.deepEqual(see.failures.filter((line) => !/status of 4(04|12|09)/.test(line)), []); // these refusals are expected
});

test("no choice is lost while the page draws itself", async () => {
  await see.go(world.laptop, "/arxes/new");
  await see.role("radio", { name: /^Production/ }).waitFor();
  const lost = await page.evaluate(async () => {
    const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
    const name = document.getElementById("name"), radios = [...document.querySelectorAll("input[name=purpose]")];
    const lost = [];
    for (let i = 0; i < 120; i++) { // at another moment of the drawing each time
      name.value = `drawn ${i}`;
      name.dispatchEvent(new Event("input", { bubbles: true }));
      await wait(i % 25);
      radios[i % radios.length].click();
      await wait(60);
      if (!radios[i % radios.length].checked) lost.push(i);
    }
    return lost;
  });
  assert.deepEqual(lost, []);
});
