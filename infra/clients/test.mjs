// Lints the OpenAPI document, generates clients from it, and walks a key's life with each of them against the running
// laptop. `make test-clients` installs what this needs and runs it.
import { spawn } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root, startLaptop } from "../e2e/browser/laptop.mjs";

const here = import.meta.dirname;
const document = join(root, "functions/openapi/openapi.json");
const typescript = join(here, "typescript");
const typescriptClient = join(root, "shared/client/typescript");
const go = join(here, "go");
const tools = join(root, "build/tools/generators");
let environment = {};
const failed = [];
let passed = 0;

/** Runs a command in a folder. What it printed is shown only where it fails. */
async function step(name, cwd, command, ...args) {
  const begun = Date.now();
  let output = "";
  const child = spawn(command, args, { cwd, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { output += text; });
  const code = await new Promise((done) => { child.once("close", done); child.once("error", (e) => { output += e.message; done(1); }); });
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code === 0) passed++;
  else {
    failed.push(name);
    console.log(output.slice(-12000));
  }
  return code === 0;
}

/** Creates a management key of the role verifier. */
async function verifier() {
  const response = await fetch(`${environment.ARXKEYS_API}/v1/management-keys`, {
    method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${environment.ARXKEYS_CREDENTIAL}` },
    body: JSON.stringify({ name: `clients ${Date.now()}`, role: "verifier" }),
  });
  return (await response.json()).secret;
}

const npx = (name, ...args) => step(name, typescript, "npx", "--no-install", ...args);

await npx("redocly", "redocly", "lint", "--config", "redocly.yaml", "--max-problems", "50", document);
await npx("spectral", "spectral", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "hint", document);
const generated = await Promise.all([
  step("ogen generates", go, join(tools, "ogen"), "--target", "ogenclient", "--package", "ogenclient", "--clean", document),
  step("oapi-codegen generates", go, join(tools, "oapi-codegen"), "-config", "oapi-codegen.yaml", document),
  npx("openapi-typescript generates", "openapi-typescript", document, "-o", "generated/types.ts"),
  npx("hey-api generates", "openapi-ts", "-i", document, "-o", "generated/heyapi", "-c", "@hey-api/client-fetch", "--silent"),
]);
await step("TypeScript client: biome", typescriptClient, "npm", "run", "--silent", "lint");
const typescriptClientBuilt = await step("TypeScript client: types and tests", typescriptClient, "npm", "test", "--silent");
if (generated.every(Boolean)) {
  const laptop = await startLaptop();
  try {
    environment = {
      ARXKEYS_API: laptop.url,
      ARXKEYS_CREDENTIAL: (await readFile(join(laptop.data, "management-key"), "utf8")).trim(),
    };
    await copyFile(join(root, "console/snippet/templates/verify.ts.txt"), join(typescript, "generated/snippet.ts")); // what the console offers
    if (typescriptClientBuilt) {
      environment.ARXKEYS_VERIFIER = await verifier();
      await step("TypeScript client on the running stack", typescriptClient, "node", "--test", "build/test/e2e.test.js");
    }
    if (await npx("tsc builds the TypeScript clients", "tsc", "-p", ".")) {
      await step("TypeScript clients walk a key's life", typescript, "node", "--test", "generated/out/fetch.test.js", "generated/out/heyapi.test.js");
    }
    await step("the samples of the API reference work", root, "node", "infra/samples/run.mjs", laptop.url, environment.ARXKEYS_CREDENTIAL);
    await step("the code that the console offers uses the clients", root, "go", "test", "-count=1", "./console/snippet");
    await step("the Go client runs the vectors and protects an API", root, "go", "test", "-race", "-count=1", "./shared/client");
    await step("Go clients walk a key's life", go, "go", "test", "-count=1", ".");
    await step("the Python client on the running stack", join(root, "shared/client/python"), join(root, "build/tools/pyclient/bin/python"), "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=tests", "e2e");
    // It learns ids from answers, and would delete its own management key.
    await step("schemathesis holds answers against the document", here, join(root, "build/tools/clients/bin/schemathesis"), "run", document, "--url", laptop.url,
      "--header", `Authorization: Bearer ${environment.ARXKEYS_CREDENTIAL}`, "--exclude-name", "DELETE /v1/management-keys/{id}",
      // It answers 500 to a management key of another role than verifier, and serves every method. infra/e2e tests it.
      "--exclude-name", "GET /v1/check/{arx_id}",
      "--phases", "examples,coverage,fuzzing", "--max-time", "60", "--seed", "7", "--continue-on-failure", "--no-color",
      "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,ignored_auth,unsupported_method");
  } finally {
    await laptop.stop();
  }
}
await step("the examples of Express and FastAPI are protected", root, "node", "infra/examples/test.mjs", "express", "fastapi");
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
