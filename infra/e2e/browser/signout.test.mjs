// After signing out, no tab stores anything about anybody, however slow the processor is, and the browser's Back shows
// nothing from before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchKeepingPages } from "./chromium.mjs";
import { begin, drawn, views, visit } from "./fixture.mjs";
import { settle } from "./northbeam.mjs";

let world;
before(async () => {
  world = await begin();
  await settle(world.call);
});
after(() => world?.close());

/** Throttles the page's processor to the speed of a slow laptop. */
async function slow(page, rate) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
}

/** Returns what the browser stores for the page, except the console's files and the theme. */
const stored = (page) => steady(page, async () => {
  const found = [...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`)];
  for (const key of Object.keys(localStorage)) if (key !== "theme") found.push(`localStorage ${key}`);
  for (const name of await caches.keys()) {
    if (!name.startsWith("arxkeys-")) found.push(`cache ${name}`);
    else for (const request of await (await caches.open(name)).keys()) if (request.url.includes("/v1/")) found.push(`cache ${name} ${request.url}`);
  }
  for (const { name } of await indexedDB.databases()) found.push(`IndexedDB ${name}`);
  if (document.cookie) found.push(`cookie ${document.cookie}`);
  return found;
});

/** Opens a tab with a copy of sessionStorage, as duplicating a tab does. */
async function duplicate(see, path) {
  const kept = await see.page.evaluate(() => Object.entries(sessionStorage));
  const page = await see.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript((entries) => {
    if (window.name === "") for (const [key, value] of entries) sessionStorage.setItem(key, value);
    window.name = "duplicated";
  }, kept);
  await page.goto(world.laptop.url + path);
  await drawn(page);
  return { page, ...views(page) };
}

/** Records which answers are kept at the moment when the sign-in button appears. */
const watchEntrance = (page) => page.evaluate(() => {
  window.keptAtEntrance = null;
  new MutationObserver((_, observer) => {
    if (![...document.querySelectorAll("h1")].some((h1) => h1.textContent === "Sign in to Arxkeys")) return;
    observer.disconnect();
    window.keptAtEntrance = caches.keys().then((names) => names.filter((name) => name.startsWith("kept-")));
  }).observe(document, { subtree: true, childList: true, characterData: true });
});

/** Evaluates on a page that may be navigating. */
const steady = (page, ask) => page.evaluate(ask)
  .catch((error) => { if (/context was destroyed/.test(error.message)) return steady(page, ask); throw error; });

async function signOut(see) {
  await see.role("button", { name: /account/ }).click();
  await see.role("menuitem", { name: "Sign out" }).click();
}

for (const count of [2, 5]) {
  test(`in ${count} tabs of a slow browser nothing of anybody is stored once somebody has signed out`, async () => {
    const see = await world.visit({ at: "/" });
    see.page.setDefaultTimeout(60_000);
    for (const path of ["/keys", "/applications", "/arxes"]) {
      await see.go(world.laptop, path);
      await see.page.waitForLoadState("networkidle");
    }
    assert.match((await stored(see.page)).join("\n"), /sessionStorage arxkeys\.session[^]*localStorage arxkeys\.turn[^]*cache kept-/, "while somebody is signed in");
    const token = await see.page.evaluate(() => JSON.parse(sessionStorage.getItem("arxkeys.session")).refresh_token);
    const twins = [];
    for (const path of ["/applications/new", "/keys", "/arxes", "/"].slice(0, count - 1)) twins.push(await duplicate(see, path));
    await twins[0].role("textbox", { name: "Name" }).fill("Half an application");
    await twins[0].page.waitForFunction(() => Object.keys(sessionStorage).some((key) => key.startsWith("draft/")));
    for (const { page } of [see, ...twins]) await slow(page, 6);
    for (const { page } of twins) await watchEntrance(page);
    for (const twin of twins.slice(1)) twin.link("API keys").first().click().catch(() => {}); // so that requests are in progress
    await signOut(see);
    await see.button("Sign in").waitFor();
    for (const twin of twins) {
      await twin.button("Sign in").waitFor();
      await twin.shown("You signed out in another tab.");
      assert.deepEqual(await twin.page.evaluate(() => window.keptAtEntrance), [], "what is kept when a tab says that it is signed out");
    }
    for (const { page } of [see, ...twins]) assert.deepEqual(await stored(page), [], page.url());

    const refused = await fetch(`${world.laptop.url}/oidc/token`, {
      method: "POST", body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token, client_id: "arxkeys-console" }),
    });
    assert.equal(refused.status, 400, "the refresh token is good for nothing");
    const fresh = await see.context.newPage();
    await fresh.goto(`${world.laptop.url}/keys`);
    await views(fresh).button("Sign in").waitFor({ timeout: 60_000 });
    await views(fresh).outage(world.laptop);
    await fresh.goto(`${world.laptop.url}/keys`);
    await views(fresh).heading("Arxkeys can’t be reached", 1).waitFor({ timeout: 60_000 });
    assert.equal(await fresh.getByText("Checkout production").count(), 0);
    await world.laptop.resume();
    await see.context.close();
  });
}

test("a refresh that is answered after another tab has signed out stores nothing", async () => {
  const see = await world.visit({ at: "/keys" });
  const twin = await duplicate(see, "/keys");
  let answer;
  const asked = new Promise((resolve) => {
    twin.page.route("**/oidc/token", async (route) => {
      const response = await route.fetch();
      answer = () => route.fulfill({ response });
      resolve();
    });
  });
  let refused = false;
  await twin.page.route("**/v1/**", (route) => {
    if (refused) return route.continue();
    refused = true;
    return route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"unauthenticated","detail":"no","status":401,"title":"Unauthorized"}' });
  });
  await twin.link("Arxes").first().click();
  await asked;
  await signOut(see);
  await see.button("Sign in").waitFor();
  await twin.button("Sign in").waitFor();
  await answer();
  await twin.page.waitForLoadState("networkidle");
  for (const { page } of [see, twin]) assert.deepEqual(await stored(page), []);
  await see.context.close();
});

test("an answer to Try now that comes after the sign-out stores nothing", async () => {
  const see = await world.visit({ at: "/keys" });
  const twin = await duplicate(see, "/keys");
  let unreachable = true;
  let answer;
  const asked = new Promise((resolve) => {
    twin.page.route("**/v1/**", async (route) => {
      if (unreachable) return route.abort();
      if (!route.request().url().endsWith("/v1/me")) return route.continue();
      const response = await route.fetch();
      answer = () => route.fulfill({ response });
      resolve();
    });
  });
  await twin.link("Arxes").first().click();
  await twin.shown("Arxkeys can’t be reached.");
  unreachable = false;
  await twin.button("Try now").click();
  await asked;
  await signOut(see);
  await see.button("Sign in").waitFor();
  await twin.button("Sign in").waitFor();
  await answer();
  await twin.page.waitForLoadState("networkidle");
  for (const { page } of [see, twin]) assert.deepEqual(await stored(page), []);
  const fresh = await see.context.newPage();
  await fresh.goto(`${world.laptop.url}/keys`);
  await views(fresh).button("Sign in").waitFor({ timeout: 60_000 });
  await see.context.close();
});

test("a duplicated tab that was asleep during the sign-out is signed out when it wakes", async () => {
  const see = await world.visit({ at: "/keys" });
  const kept = await see.page.evaluate(() => Object.entries(sessionStorage));
  await signOut(see);
  await see.button("Sign in").waitFor();
  const page = await see.context.newPage();
  await page.addInitScript((entries) => {
    if (window.name === "") for (const [key, value] of entries) sessionStorage.setItem(key, value);
    window.name = "duplicated";
  }, kept);
  await page.goto(`${world.laptop.url}/keys`);
  await views(page).button("Sign in").waitFor();
  assert.deepEqual(await stored(page), []);
  await see.context.close();
});

for (const { secret, reveal } of [
  {
    secret: /arxm_[0-9A-Za-z]{65}/,
    reveal: async (see) => {
      await see.go(world.laptop, "/access/new");
      await see.role("textbox", { name: "Name" }).fill("to be left");
      await see.button("Create").click();
      await see.button("Reveal management key").click();
    },
  },
  {
    secret: /arxk_[a-z]+_[0-9A-Za-z]{65}/,
    reveal: async (see) => {
      const { items } = await world.call("GET", "/v1/keys?status=active&limit=1");
      await see.go(world.laptop, `/keys/${items[0].id}`);
      await see.button("Rotate").first().click();
      await see.role("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
      await see.button("Reveal access key").click();
    },
  },
]) {
  test(`the browser's Back after a sign-out shows no secret such as ${secret}`, async () => {
    const browser = await launchKeepingPages();
    try {
      const see = await visit(world.laptop, browser);
      const { page } = see;
      await reveal(see);
      await page.waitForFunction((pattern) => new RegExp(pattern).test(document.body.textContent), secret.source);
      await page.evaluate(() => addEventListener("pageshow", (event) => { if (event.persisted) sessionStorage.setItem("shown", document.documentElement.textContent); }));
      await signOut(see);
      await see.button("Sign in").waitFor();
      for (let i = 0; i < 4; i++) {
        await page.evaluate(() => { setTimeout(() => history.back()); });
        await page.waitForTimeout(500);
        await see.button("Sign in").or(page.getByText("owner@example.com")).first().waitFor(); // the console, or the provider
        const { text, nav, shown } = await steady(page, () => ({
          text: document.documentElement.textContent, nav: document.querySelectorAll("nav").length, shown: sessionStorage.getItem("shown") ?? "",
        }));
        assert.ok(!secret.test(text), "the secret is in the page");
        assert.equal(nav, 0, "no page of before");
        assert.ok(!secret.test(shown) && !shown.includes("Overview"), "what a page that comes back shows at first");
      }
    } finally {
      await browser.close();
    }
  });
}

test("a page that is left, and may come back, shows nothing, and starts again when it does", async () => {
  const see = await world.visit();
  const { page } = see;
  await see.go(world.laptop, "/access/new");
  await see.role("textbox", { name: "Name" }).fill("to be kept by the browser");
  await see.button("Create").click();
  await see.button("Reveal management key").click();
  await page.getByText(/arxm_[0-9A-Za-z]{65}/).first().waitFor();
  const left = await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    return document.documentElement.textContent;
  });
  assert.ok(!/arxm_[0-9A-Za-z]/.test(left), "the secret is in the page that is left");
  assert.ok(!left.includes("owner@example.com"), "whose it was is in the page that is left");
  page.on("dialog", (dialog) => assert.fail(`it asks: ${dialog.message()}`));
  await page.evaluate(() => { setTimeout(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))); });
  await see.heading("Create management key", 1).waitFor(); // again, as somebody is still signed in
  await page.getByText(/^mgk_\w+ was created, and was not stored\.$/).waitFor();
  await see.context.close();
});
