// The first screen: the sign-in and the frame are HTML, and work before the program runs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";

const program = "**/*.wasm";
const sections = [["/", "Overview"], ["/keys", "API keys"], ["/applications", "Applications"], ["/arxes", "Arxes"], ["/activity", "Activity"], ["/access", "Access"]];

let world;
before(async () => {
  world = await begin();
  const application = await world.call("POST", "/v1/applications", { name: "Billing", technology: "server" });
  const arx = await world.call("POST", "/v1/arxes", { name: "EU", regions: ["eu-central-1"] });
  for (const name of ["Invoices", "Dunning"]) await world.call("POST", "/v1/keys", { name, application_id: application.id, arx_id: arx.id });
});
after(() => world?.close());

/** Holds every request for the program back until release is called. */
async function hold(page) {
  let release;
  const held = new Promise((done) => { release = done; });
  await page.route(program, async (route) => { await held; await route.continue().catch(() => {}); });
  return async () => { release(); await page.unrouteAll({ behavior: "ignoreErrors" }); };
}

/** Opens a page without a service worker, so that every request can be held back. */
async function open(options) {
  const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block", ...options });
  return context.newPage();
}

async function signIn(page, person = /owner@example\.com/) {
  await page.goto(world.laptop.url);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: person }).click();
  await page.locator("#main h1").waitFor(); // of the program: to leave before would lose the sign-in
}

test("the sign-in needs no program: it leaves with a code challenge and brings the person back", async () => {
  const page = await open();
  const release = await hold(page);
  const departures = [];
  page.on("request", (request) => { if (request.url().includes("/oidc/authorize?")) departures.push(new URL(request.url()).searchParams); });
  const stored = [];
  for (let i = 0; i < 2; i++) {
    await page.goto(`${world.laptop.url}/keys?status=active`);
    assert.equal(await page.title(), "Sign in · Arxkeys");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: /owner@example\.com/ }).waitFor();
    stored.push(JSON.parse(await page.evaluate(() => sessionStorage.getItem("arxkeys.departure"))));
  }
  for (const [i, q] of departures.entries()) {
    assert.deepEqual(Object.fromEntries(["response_type", "client_id", "redirect_uri", "code_challenge_method"].map((name) => [name, q.get(name)])),
      { response_type: "code", client_id: "arxkeys-console", redirect_uri: `${world.laptop.url}/callback`, code_challenge_method: "S256" });
    assert.match(q.get("scope"), /\bopenid\b/);
    assert.equal(q.get("state"), stored[i].state);
    assert.equal(q.get("nonce"), stored[i].nonce);
    assert.equal(q.get("code_challenge"), createHash("sha256").update(stored[i].verifier).digest("base64url"));
    assert.equal(stored[i].back, "/keys?status=active");
    for (const [name, bits] of [["state", 128], ["nonce", 128], ["verifier", 256]]) assert.ok(stored[i][name].length * 6 >= bits, `${name} can be guessed`);
  }
  for (const name of ["state", "nonce", "verifier"]) assert.notEqual(stored[0][name], stored[1][name], name);
  assert.equal(departures.length, 2);
  await page.getByRole("button", { name: /owner@example\.com/ }).click();
  await page.locator("progress[aria-label=Loading]").waitFor();
  await release();
  await page.getByRole("link", { name: "Invoices" }).first().waitFor();
  assert.equal(new URL(page.url()).search, "?status=active");
  await page.context().close();
});

test("who only looks at the sign-in has the program loaded, and not run", async () => {
  const page = await open();
  await page.addInitScript(() => {
    const compile = WebAssembly.compileStreaming;
    WebAssembly.compileStreaming = async (...given) => { const module = await compile.apply(WebAssembly, given); window.compiled = true; return module; };
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = (...given) => { window.instantiated = true; return instantiate.apply(WebAssembly, given); };
  });
  const config = page.waitForResponse("**/config.json");
  await page.goto(world.laptop.url);
  await page.waitForFunction(() => window.compiled);
  await (await config).finished();
  await page.evaluate(() => new Promise((done) => { setTimeout(done); }));
  assert.equal(await page.evaluate(() => window.instantiated), undefined);
  await page.context().close();
});

test("without a connection the sign-in says so, and then can be used again", async () => {
  const page = await open();
  const release = await hold(page);
  await page.goto(world.laptop.url);
  await page.route("**/config.json", (route) => route.abort());
  const button = page.getByRole("button", { name: "Sign in", exact: true });
  await button.click();
  await page.getByRole("alert").filter({ hasText: "Arxkeys can’t be reached. Check the connection and try again." }).waitFor();
  await page.unroute("**/config.json");
  await page.route("**/config.json", (route) => route.fulfill({ status: 200, contentType: "application/json", body: "{}" }));
  await button.click();
  await page.getByRole("alert").filter({ hasText: "/config.json lacks an endpoint or the client id." }).waitFor();
  await page.unroute("**/config.json");
  await button.click();
  await page.getByRole("button", { name: /owner@example\.com/ }).waitFor();
  await release();
  await page.context().close();
});

test("a browser that stores nothing is told what the sign-in needs", async () => {
  const page = await open();
  await page.addInitScript(() => {
    const refuse = { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } };
    for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(window, name, refuse);
  });
  await page.goto(world.laptop.url);
  await page.getByRole("alert").filter({ hasText: "This browser stores nothing for this site, which the sign-in needs. Allow it, then reload." }).waitFor();
  await page.context().close();
});

test("a sign-in that this tab has not started says so over the button", async () => {
  const page = await open();
  await page.goto(`${world.laptop.url}/callback?code=x&state=y`);
  await page.getByRole("alert").filter({ hasText: "This tab did not start this sign-in. Sign in again." }).waitFor();
  assert.equal(await page.title(), "Sign in · Arxkeys");
  assert.equal(new URL(page.url()).pathname, "/");
  await signIn(page);
  await page.context().close();
});

for (const width of [360, 768, 1101, 1440]) {
  test(`the program takes over from the frame and nothing moves at ${width} px`, async () => {
    const page = await open({ viewport: { width, height: 900 } });
    await signIn(page);
    await page.addInitScript(() => addEventListener("DOMContentLoaded", () => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
      new MutationObserver((_, observer) => {
        if (!document.getElementById("main")) return;
        window.taken = performance.now();
        observer.disconnect();
      }).observe(document.body, { childList: true, subtree: true });
    }));
    for (const [path, name] of sections) {
      const release = await hold(page);
      await page.goto(world.laptop.url + path);
      await page.locator("progress[aria-label=Loading]").waitFor();
      await page.evaluate(() => document.fonts.ready);
      const before = await frame(page);
      assert.equal(before.title, `${name} · Arxkeys`, path);
      await release();
      await page.locator("main#main h1").waitFor();
      await page.getByText("Account", { exact: true }).waitFor({ state: "detached" });
      assert.deepEqual(await frame(page), before, path);
      const shift = await page.evaluate(() => new Promise((done) => { // two frames later, all shifts of the first are reported
        requestAnimationFrame(() => requestAnimationFrame(() => done(window.shifts.filter((s) => s.startTime < window.taken + 16).reduce((sum, s) => sum + s.value, 0))));
      }));
      assert.ok(shift < 0.02, `${path}: a layout shift of ${shift} until the program has drawn`);
    }
    await page.context().close();
  });
}

/** Returns what the frame shows and where. */
const frame = (page) => page.evaluate(() => {
  const place = (element) => {
    const { x, y, height } = element.getBoundingClientRect();
    return [element.textContent.trim(), ...[x, y, height].map(Math.round)].join(" ");
  };
  const all = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).map(place);
  return {
    title: document.title,
    current: document.querySelector(".nav [aria-current]")?.getAttribute("href"),
    side: all(".brand, .jump, .nav a, .theme"),
    page: all(".page-head h1, .page-head .lead"),
    lists: location.pathname === "/" ? [] : [".sk-totals, [aria-label=Totals]", ".sk-rows p, #list tbody tr"].map((selector) => {
      const first = [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
      return first && [first.getBoundingClientRect().y, first.offsetHeight].map(Math.round).join(" ");
    }),
  };
});

test("the frame offers what opens to the person who is signed in, as soon as that is known", async () => {
  const page = await open();
  await signIn(page, /developer@example\.com/);
  const links = () => page.locator(".nav ul:first-child a").filter({ visible: true }).allTextContents();
  const opens = ["Overview", "API keys", "Applications", "Arxes", "Access"];
  for (const [path, name] of sections) {
    const release = await hold(page);
    await page.goto(world.laptop.url + path);
    await page.locator("progress[aria-label=Loading]").waitFor();
    await page.evaluate(() => document.fonts.ready);
    assert.deepEqual(await links(), opens, path);
    const before = await frame(page);
    await release();
    await page.locator("main#main h1").filter({ hasText: name }).waitFor();
    assert.deepEqual(await links(), opens, path);
    if (path === "/activity" || path === "/access") continue; // these say something else to a developer
    assert.deepEqual(await frame(page), before, path);
    const create = page.locator("#main .page-head .actions .btn-primary");
    assert.equal(await create.isEnabled(), path === "/" || path === "/keys", path);
  }
  assert.equal(await page.evaluate(() => sessionStorage.getItem("arxkeys.permissions")), "catalog.read keys.manage keys.verify self.read");
  await page.getByRole("button", { name: /, account$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.context().close();
});

test("the frame's links and theme work before the program runs", async () => {
  const page = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page);
  const release = await hold(page);
  await page.goto(world.laptop.url);
  await page.getByRole("link", { name: "Arxes", exact: true }).click();
  await page.waitForURL("**/arxes");
  await page.getByRole("button", { name: "Dark" }).click();
  const theme = () => page.evaluate(() => [document.documentElement.dataset.theme, document.querySelector(".theme [aria-pressed=true]").value]);
  assert.deepEqual(await theme(), ["dark", "dark"]);
  const bar = () => page.evaluate(() => [...document.querySelectorAll("meta[name=theme-color]")].filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content));
  assert.deepEqual(await bar(), ["#080c0f"], "the browser's own bar is dark, too");
  await release();
  await page.getByRole("cell", { name: /EU/ }).or(page.getByRole("rowheader", { name: /EU/ })).first().waitFor();
  assert.deepEqual(await theme(), ["dark", "dark"]);
  await page.getByRole("button", { name: "As the system" }).click();
  assert.deepEqual(await theme(), [undefined, "auto"]);
  assert.deepEqual(await bar(), ["#eff3f5"]);
  await page.context().close();
});

test("a link of the frame does not lose the sign-in that the person comes back from: it says where to go afterwards", async () => {
  const page = await open();
  await page.goto(`${world.laptop.url}/keys?status=active`);
  const release = await hold(page);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: /owner@example\.com/ }).click();
  await page.getByRole("heading", { name: "API keys" }).waitFor(); // where they came from
  await page.getByRole("link", { name: "Arxes", exact: true }).click();
  await page.getByRole("heading", { name: "Arxes" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/callback");
  await release();
  await page.locator("#main h1").filter({ hasText: "Arxes" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/arxes");
  await page.context().close();
});

test("a link of the frame does not interrupt a refresh, which would end the session", async () => {
  const page = await open();
  await signIn(page);
  let refreshes = 0, release;
  const held = new Promise((done) => { release = done; });
  const token = /\/oidc\/token$/;
  await page.route(token, async (route) => { refreshes++; await held; await route.continue(); });
  const asked = page.waitForRequest(token);
  await page.goto(`${world.laptop.url}/keys`);
  await asked;
  await page.getByRole("link", { name: "Arxes", exact: true }).click();
  release();
  await page.locator("#main h1").filter({ hasText: "Arxes" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/arxes");
  assert.equal(refreshes, 1);
  await page.context().close();
});

test("the typeface is our own, and small", async () => {
  const page = await open();
  const font = page.waitForResponse(/\.woff2$/);
  await page.goto(world.laptop.url);
  const body = await (await font).body();
  assert.ok(body.length <= 60_000, `${body.length} bytes`);
  await page.evaluate(() => document.fonts.ready);
  assert.ok(await page.evaluate(() => document.fonts.check("600 16px 'Arxkeys Sans'") && getComputedStyle(document.body).fontFamily.startsWith('"Arxkeys Sans"')));
  await page.context().close();
});
