// Runs the samples of the API reference against a running Arxkeys, and checks what they print.
//
//   node infra/samples/run.mjs URL MANAGEMENT-KEY
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const [url, key] = process.argv.slice(2);
const here = import.meta.dirname;
const root = resolve(here, "../..");
const run = (command, args, environment = {}) => {
  try {
    return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ARXKEYS_URL: url, ARXKEYS_MANAGEMENT_KEY: key, ...environment } });
  } catch (error) {
    throw new Error(`${command} fails:\n${error.stdout}${error.stderr}`);
  }
};

// Of curl: each sample's output is the $answer of the lines after it. A refusal ends the script.
const script = readFileSync(join(here, "curl.sh"), "utf8")
  .replace(/^# sample (.*)$/gm, 'name="$1"; answer=$(')
  .replace(/^# end$/gm, "); [ -n \"$answer\" ]; echo \"$name\"");
const program = `set -euo pipefail
trap 'echo "after $name: $answer" >&2' ERR
curl() { command curl --fail-with-body --silent --show-error "$@"; }
api="$ARXKEYS_URL/v1" management_key="$ARXKEYS_MANAGEMENT_KEY" answer= name=
${script}`;
const ran = run("bash", ["-c", program]).trim().split("\n");
assert.ok(ran.length > 30 && ran.at(-1) === "openapi", `these ran: ${ran}`);
console.log(`${ran.length} samples of curl`);

const create = async (path, body) => {
  const response = await fetch(`${url}/v1${path}`, { method: "POST", headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  assert.equal(response.status, 201, JSON.stringify(answer));
  return answer.id;
};
const its = {
  APPLICATION_ID: await create("/applications", { name: "Samples", technology: "server" }),
  ARX_ID: await create("/arxes", { name: "Samples", regions: ["eu-central-1"] }),
};
const compiled = mkdtempSync(join(here, "compiled-"));
try {
  const tsc = join(root, "infra/clients/typescript/node_modules/.bin/tsc");
  const types = join(root, "infra/clients/typescript/node_modules/@types");
  run(tsc, ["--strict", "--target", "ES2022", "--module", "ES2022", "--moduleDetection", "force", "--moduleResolution", "bundler", "--typeRoots", types, "--types", "node", "--outDir", compiled, join(here, "samples.ts")]);
  run("mv", [join(compiled, "samples.js"), join(compiled, "samples.mjs")]);
  for (const [language, command, args] of [
    ["Go", "go", ["run", "./infra/samples"]],
    ["TypeScript", "node", [join(compiled, "samples.mjs")]],
    ["Python", "python3", [join(here, "samples.py")]],
  ]) {
    const words = run(command, args, its).toLowerCase().split(/\s+/).filter(Boolean);
    assert.deepEqual(words, ["true", "valid", "disabled", "active", "deleted"], language);
    console.log(`the samples of ${language}`);
  }
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
