// A page of another origin in the same browser attacks every port of the laptop: it can read nothing, change nothing,
// and block nobody.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { crc32 } from "node:zlib";
import { launch } from "./chromium.mjs";
import { caller, views } from "./fixture.mjs";
import { startLaptop } from "./laptop.mjs";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const attempt = (read) => { try { return read(); } catch { return null; } };

let laptop, call, browser, elsewhere, origin;

before(async () => {
  laptop = await startLaptop();
  call = caller(laptop);
  browser = await launch("--host-resolver-rules=MAP evil.example 127.0.0.1");
  elsewhere = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<!doctype html><title>Elsewhere</title>")).listen(0, "127.0.0.1");
  await new Promise((done) => elsewhere.once("listening", done));
  origin = `http://127.0.0.1:${elsewhere.address().port}`;
});
after(async () => {
  await browser?.close();
  elsewhere?.close();
  await laptop?.stop();
});

/** Returns the process and all its descendants. */
function family(pid) {
  const tasks = attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  const children = tasks.flatMap((task) => (attempt(() => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")) ?? "").split(" ").filter(Boolean));
  return [String(pid), ...children.flatMap(family)];
}

/** Returns the addresses on which the laptop listens, as host:port. */
function listeners() {
  const sockets = new Set(family(laptop.pid).flatMap((pid) => (attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [])
    .map((fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`))?.match(/^socket:\[(\d+)\]$/)?.[1])));
  return readFileSync("/proc/self/net/tcp", "utf8").split("\n").slice(1).map((line) => line.trim().split(/\s+/))
    .filter((f) => f[3] === "0A" && sockets.has(f[9]))
    .map((f) => {
      const [address, port] = f[1].split(":");
      return `${address.match(/../g).reverse().map((byte) => parseInt(byte, 16)).join(".")}:${parseInt(port, 16)}`;
    });
}

/** Returns a forged management key, and its item as the database would store it. */
function forged() {
  const id = randomBytes(8).toString("hex");
  const body = `arxm_${id}${randomBytes(22).toString("hex").slice(0, 43)}`;
  let sum = crc32(body), checksum = "";
  for (let i = 0; i < 6; i++, sum = Math.floor(sum / 62)) checksum = digits[sum % 62] + checksum;
  const key = body + checksum;
  return { key, item: {
    pk: { S: `mgk#mgk_${id}` }, sk: { S: "-" }, digest: { B: createHash("sha256").update(key).digest("base64") },
    tenant: { S: "example" }, name: { S: "forged" }, role: { S: "owner" }, expires_at: { S: "2099-01-01T00:00:00.000Z" },
  } };
}

/** Sends every kind of request that a page can send to an address, and returns what it could read. */
const attack = (page, address, item) => page.evaluate(async ({ address, item }) => {
  const paths = ["/", "/v1/me", "/config.json", "/oidc/authorize?client_id=arxkeys-console&response_type=code", "/2018-06-01/runtime/invocation/next"];
  const amazon = (action) => ({
    "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": `DynamoDB_20120810.${action}`, "X-Amz-Date": "20260101T000000Z",
    Authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
  });
  const put = JSON.stringify({ TableName: "arxkeys", Item: item });
  const read = [];
  const within = { signal: AbortSignal.timeout(3000) };
  const tries = [
    ["list", "/", { method: "POST", headers: amazon("ListTables"), body: "{}" }],
    ["put", "/", { method: "POST", headers: amazon("PutItem"), body: put }],
    ["put without preflight", "/", { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body: put }],
    ["answer an event", "/2018-06-01/runtime/invocation/x/response", { method: "POST", mode: "no-cors", body: "{}" }],
    ["fail to start", "/2018-06-01/runtime/init/error", { method: "POST", mode: "no-cors", body: "{}" }],
    ...paths.map((path) => ["read", path, {}]), ...paths.map((path) => ["send", path, { mode: "no-cors", credentials: "include" }]),
  ];
  await Promise.all(tries.map(async ([what, path, options]) => {
    const answer = await fetch(`http://${address}${path}`, { ...within, ...options }).catch(() => null);
    if (answer && answer.type !== "opaque") read.push(`${what} ${path}: ${answer.status}`);
  }));
  navigator.sendBeacon(`http://${address}/`, put);
  for (const path of paths) {
    new Image().src = `http://${address}${path}`;
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.name = `f${Math.random()}`;
    frame.src = `http://${address}${path}`;
    const form = document.body.appendChild(document.createElement("form"));
    Object.assign(form, { method: "post", action: `http://${address}${path}`, target: frame.name, enctype: "text/plain" });
    form.append(Object.assign(document.createElement("input"), { name: put, value: "" }));
    form.submit();
  }
  await new Promise((done) => setTimeout(done, 300));
  for (const frame of document.querySelectorAll("iframe")) {
    try { if (frame.contentDocument?.location.host === address) read.push(`frame ${frame.src}`); } catch { /* not readable, as it should be */ }
  }
  document.body.replaceChildren();
  return read;
}, { address, item });

test("a page of another origin reads nothing, changes nothing, and disturbs nobody", async () => {
  await call("GET", "/v1/me");
  const before = await call("GET", "/v1/management-keys");
  const all = listeners();
  assert.ok(all.length >= 3, `the console, the database's guard and a function listen: ${all}`);
  const { key, item } = forged();
  const page = await browser.newPage();
  await page.goto(origin);
  for (const address of all) {
    const [read] = await Promise.all([attack(page, address, item), call("GET", "/v1/me"), call("GET", "/v1/applications")]);
    assert.deepEqual(read, [], `${address} is readable`);
  }
  const me = await fetch(`${laptop.url}/v1/me`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal(me.status, 401, "a management key that nobody made opens the API");
  const now = await call("GET", "/v1/management-keys");
  assert.equal(now.totals.total, before.totals.total);
  assert.ok(!laptop.log.includes("Sandbox") && !laptop.log.includes("ExitError"), laptop.log);
  await page.close();
});

test("a name that was made to lead to this machine is refused everywhere", async () => {
  const page = await browser.newPage();
  for (const address of listeners()) {
    const port = address.split(":")[1];
    for (const path of ["/", "/v1/me", "/config.json", "/oidc/.well-known/openid-configuration"]) {
      const answer = await page.goto(`http://evil.example:${port}${path}`).catch(() => null); // only 127.0.0.1 answers
      if (answer) assert.ok([403, 421].includes(answer.status()), `${address}${path}: ${answer.status()}`);
    }
  }
  await page.close();
});

test("a flood of sign-ins from another origin keeps nobody from signing in", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  const flood = () => page.evaluate(async (url) => {
    const q = new URLSearchParams({
      client_id: "arxkeys-console", response_type: "code", scope: "openid", redirect_uri: `${url}/callback`,
      code_challenge_method: "S256", code_challenge: "dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXkAA",
    });
    for (let i = 0; i < 28; i++) { // more than the provider stores
      await Promise.all(Array.from({ length: 40 }, () => fetch(`${url}/oidc/authorize?${q}`, { mode: "no-cors" }).catch(() => null)));
    }
  }, laptop.url);
  await flood();
  const person = await context.newPage();
  await person.goto(laptop.url);
  await views(person).button("Sign in").click();
  const owner = person.getByRole("button", { name: /owner@example\.com/ });
  await owner.waitFor();
  await flood();
  await owner.click();
  await person.locator("#main h1").waitFor();
  await context.close();
});

test("a person who follows a link from another site to the console is let in", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  await page.evaluate((url) => { location.href = `${url}/keys`; }, laptop.url);
  await views(page).button("Sign in").waitFor();
  await context.close();
});
