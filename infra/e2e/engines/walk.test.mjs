// The same walk through the console in every engine: sign-in, list, wizard, copy, guard, delete by typing, offline.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { caller } from "../browser/fixture.mjs";
import { startLaptop } from "../browser/laptop.mjs";
import { settle } from "../browser/northbeam.mjs";
import { engines, start } from "./engines.mjs";

const button = (name) => `//button[normalize-space()="${name}" or @aria-label="${name}"]`;
const link = (name) => `//a[starts-with(normalize-space(), "${name}")]`;
const heading = (level, name) => `//h${level}[normalize-space()="${name}"]`;
const text = (name) => `//*[normalize-space(text())="${name}"]`;
const choice = (name) => `//label[.//input[@type="radio"] and contains(., "${name}")]`;
const inDialog = (xpath) => `//*[@role="dialog" or self::dialog]${xpath}`;
const field = `//input[not(@type="radio" or @type="checkbox")]`;

for (const engine of (process.env.ENGINES ?? engines.join(" ")).split(" ")) {
  describe(engine, () => {
    let laptop, browser, call, id;

    before(async () => {
      laptop = await startLaptop();
      call = caller(laptop);
      await settle(call);
      browser = await start(engine);
    });
    after(async () => {
      await browser?.close();
      await laptop?.stop();
    });

    test("sign in", async () => {
      await browser.open(laptop.url);
      await browser.click(button("Sign in"));
      await browser.click(`//button[contains(., "owner@example.com")]`);
      await browser.find(`//nav[@aria-label="Main"]`);
      await browser.find(heading(1, "Overview"));
    });

    test("the list shows keys and their totals", async () => {
      await browser.click(link("API keys"));
      await browser.find(heading(1, "API keys"));
      for (const name of ["Checkout production", "Carrier quotes"]) await browser.find(link(name));
      await browser.holds(`return /Deleted\\s*1/.test(document.querySelector("[aria-label=Totals]").textContent);`);
    });

    test("the wizard leads from an application and an Arx to an access key", async () => {
      await browser.click(button("Create API key"));
      await browser.find(heading(2, "Application"));
      await browser.click(choice("Invoice worker"));
      await browser.click(button("Next"));
      await browser.find(heading(2, "Arx"));
      await browser.click(choice("Rates US"));
      await browser.click(button("Next"));
      await browser.find(heading(2, "Options"));
      await browser.type(`//input[@id="name"]`, "Made in an engine");
      await browser.click(button("Next"));
      await browser.find(heading(2, "Summary"));
      for (const name of ["Invoice worker", "Rates US", "Made in an engine"]) await browser.find(text(name));
      await browser.click(button("Create"));
      await browser.find(heading(2, "Access key"));
    });

    test("leaving the access key asks first", async () => {
      await browser.click(link("Arxes"));
      await browser.click(inDialog(button("Stay")));
      await browser.find(heading(2, "Access key"));
      await browser.run(`history.back();`);
      await browser.click(inDialog(button("Stay")));
      await browser.find(heading(2, "Access key"));
    });

    test("the copied access key verifies", async () => {
      await browser.click(button("Copy access key"));
      await browser.holds(`return document.body.textContent.includes("Access key copied.");`);
      await browser.click(`//label[normalize-space()="I have stored this access key"]`);
      await browser.click(button("Done"));
      await browser.find(heading(1, "API keys"));
      await browser.find(link("Made in an engine"));
      await browser.paste(`//input[@type="search"]`);
      await browser.holds(`return /^arxk_prd_[0-9A-Za-z]{65}$/.test(document.querySelector("input[type=search]").value);`);
      const accessKey = await browser.run(`return document.querySelector("input[type=search]").value;`);
      const verdict = await call("POST", "/v1/keys/verify", { key: accessKey });
      assert.equal(verdict.code, "VALID");
      id = verdict.key.id;
    });

    test("it is deleted by typing the API key, and the dashboard is right at once", async () => {
      await browser.open(`${laptop.url}/keys`);
      await browser.click(button("Actions for Made in an engine"));
      await browser.click(`//*[@role="menuitem"][starts-with(normalize-space(), "Delete")]`);
      await browser.type(inDialog(field), id.slice(0, -1));
      assert.equal(await browser.run(`return [...document.querySelectorAll("[role=dialog] button, dialog button")].find((b) => b.textContent.trim() === "Delete").disabled;`), true);
      await browser.type(inDialog(field), id.slice(-1));
      await browser.click(inDialog(button("Delete")));
      await browser.gone(link("Made in an engine"));
      await browser.holds(`return /Deleted\\s*2/.test(document.querySelector("[aria-label=Totals]").textContent);`);
      assert.equal((await call("GET", `/v1/keys/${id}`)).status, "deleted");
    });

    test("with the server gone it opens what was read, and changes nothing", async () => {
      await browser.run(`await navigator.serviceWorker.ready;`);
      await browser.open(`${laptop.url}/arxes`);
      await browser.find(link("Rates EU"));
      await laptop.pause();
      await browser.open(`${laptop.url}/arxes`);
      await browser.find(text("Arxkeys can’t be reached."));
      await browser.find(link("Rates EU"));
      assert.equal(await browser.run(`return [...document.querySelectorAll("button")].find((b) => b.textContent.trim() === "Create Arx").disabled;`), true);
      await laptop.resume();
      await browser.find(button("Create Arx"));
    });
  });
}
