// The package as its users install it: without a compiler, from the folder or from an archive.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { root } from "./harness.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "arxkeys-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function run(cwd: string, command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

function contents(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")]));
}

test("dist is what npm run build makes of src", (t) => {
  const out = join(folder(t), "dist");
  run(root, process.execPath, "build.mjs", out);
  assert.deepEqual(contents(join(root, "dist")), contents(out));
});

test("an installation runs no script and adds no other package", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, object | undefined>;
  assert.deepEqual([manifest["dependencies"], manifest["optionalDependencies"]], [undefined, undefined]);
  assert.deepEqual(Object.keys(manifest["scripts"] ?? {}), ["build", "lint", "test"]);
});

const javascript = `
import { Client, UndecidedError } from "@arxkeys/client";
import { protect as express } from "@arxkeys/client/express";
import { protect as fastify } from "@arxkeys/client/fastify";
import { protect as hono } from "@arxkeys/client/hono";
import { protect as fetch } from "@arxkeys/client/fetch";
const client = new Client({ baseUrl: "http://127.0.0.1:2", managementKey: "arxm_0" });
for (const protect of [express, fastify, hono, fetch]) protect(client, { arx: "*" }, () => {});
const error = await client.verify({ key: "arxk_0", arx: "*" }).catch((error) => error);
console.log(error instanceof UndecidedError);
`;

const typescript = `
import { Client, type Verdict } from "@arxkeys/client";
import { protect as express } from "@arxkeys/client/express";
import { protect } from "@arxkeys/client/fetch";
const client = new Client({ baseUrl: "https://keys.example", managementKey: "arxm_0" });
export const verdict: Promise<Verdict> = client.verify({ key: "arxk_0", arx: "*", ip: undefined });
export default { fetch: protect(client, { arx: "*", clientIp: { header: "cf-connecting-ip" } }, (_request, { key }) => Response.json(key.name)) };
export const middleware = express(client, { arx: "*", clientIp: "connection", scopes: (request) => [request.method ?? ""] });
`;

describe("installed", () => {
  const ways: Record<string, (t: TestContext) => string> = {
    "from its folder": () => root,
    "from an archive": (t) => {
      const to = folder(t);
      return join(to, run(root, "npm", "pack", "--silent", "--pack-destination", to).trim());
    },
  };
  for (const [name, source] of Object.entries(ways)) {
    test(name, (t) => {
      const to = folder(t);
      writeFileSync(join(to, "package.json"), '{"private": true, "type": "module"}');
      run(to, "npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", source(t));
      writeFileSync(join(to, "app.js"), javascript);
      assert.equal(run(to, process.execPath, "app.js"), "true\n");

      writeFileSync(join(to, "app.ts"), typescript);
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const strict = [
        "--noEmit",
        "--strict",
        "--exactOptionalPropertyTypes",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom",
      ];
      for (const [module, resolution] of [
        ["nodenext", "nodenext"],
        ["esnext", "bundler"],
      ] as const) {
        run(to, process.execPath, tsc, ...strict, "--module", module, "--moduleResolution", resolution, "app.ts");
      }
    });
  }
});
