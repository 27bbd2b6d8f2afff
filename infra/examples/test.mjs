// Starts examples beside a laptop, and calls each as its users do.
//
//	node infra/examples/test.mjs http-api net-http …
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort, root, startLaptop } from "../e2e/browser/laptop.mjs";

// What a caller sees if Arxkeys does not answer. API Gateway and nginx have answers of their own.
const down = { "http-api": 500, nginx: 500 };
// With which status the first decision refuses: API Gateway cannot tell 401 from 403 for a key that it has.
const unknown = { "http-api": 403 };

const names = process.argv.slice(2);
assert.ok(names.length > 0, "name the examples");
const command = join(root, "build/tools/examples");
execFileSync("go", ["build", "-o", command, "./infra/examples"], { cwd: root, stdio: "inherit" });

const running = [];
const laptop = await startLaptop();
let stopped = false;
let passed = 0;
try {
  const owner = (await readFile(join(laptop.data, "management-key"), "utf8")).trim();
  const api = async (method, path, body) => {
    const answer = await fetch(`${laptop.url}/v1${path}`, { method, headers: { Authorization: `Bearer ${owner}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    const text = await answer.json();
    assert.ok(answer.ok, JSON.stringify(text));
    return text;
  };
  const start = async (name) => {
    const port = await freePort();
    const example = { name, url: `http://127.0.0.1:${port}/pets`, log: "" };
    const child = spawn(command, [name], { cwd: root, env: { ...process.env, PORT: String(port), ARXKEYS_URL: laptop.url, DATA_DIR: laptop.data }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { example.log += text; });
    const ended = new Promise((done) => child.once("exit", done));
    example.stop = () => { child.kill("SIGTERM"); return ended; };
    running.push(example);
    for (let tries = 0; ; tries++) {
      if (await fetch(example.url).then(() => true, () => false)) return example;
      if (child.exitCode !== null || tries > 3000) throw new Error(`${name} does not start:\n${example.log}`);
      await wait(100);
    }
  };
  for (const name of names) await start(name);

  const [application] = (await api("GET", "/applications?q=Pet%20shop")).items;
  const [arx] = (await api("GET", "/arxes?q=Pets")).items;
  const other = await api("POST", "/arxes", { name: "Elsewhere", regions: ["eu-central-1"] });
  const key = async (arx_id, scopes) => (await api("POST", "/keys", { application_id: application.id, arx_id, scopes })).access_key;
  const good = await key(arx.id, ["pets:read"]);
  const wrongArx = await key(other.id, ["pets:read"]);
  const noScope = await key(arx.id, []);

  const expect = async (example, why, status, accessKey) => {
    const answer = await fetch(example.url, { headers: accessKey ? { "x-api-key": accessKey } : {} });
    const body = await answer.text();
    assert.equal(answer.status, status, `${example.name}, ${why}: ${answer.status} ${body}\n${example.log}`);
    assert.ok(!example.log.includes(good) && !body.includes(good), `${example.name} shows the access key`);
    passed++;
    return body;
  };
  // The functions start here, and not within the two seconds of an example's first question.
  await api("POST", "/keys/verify", { key: good });
  for (const example of running) {
    assert.match(await expect(example, "a valid key", 200, good), /Rex/);
    await expect(example, "no key", 401);
    await expect(example, "a key of another Arx", 403, wrongArx);
    await expect(example, "a key without the scope", 403, noScope);
    await expect(example, "an unknown key", unknown[example.name] ?? 401, `${good.slice(0, -1)}${good.endsWith("A") ? "B" : "A"}`);
  }
  await laptop.stop();
  stopped = true;
  for (const example of running) await expect(example, "Arxkeys is gone", down[example.name] ?? 503, good);
} finally {
  for (const example of running) await example.stop();
  if (!stopped) await laptop.stop();
}
console.log(`${passed} passed, 0 failed`);
