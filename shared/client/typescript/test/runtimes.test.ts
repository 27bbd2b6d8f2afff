// Every shared case in Deno (the TypeScript sources, by their path), Bun, and workerd, the runtime of Cloudflare Workers.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { checkMiddleware, checkVerify } from "./check.ts";
import { binary, call, closedUrl, fakeApi, middlewareCases, root, serve, verifyCases } from "./harness.ts";
import type { Script } from "./runtime-app.ts";
import type { Result } from "./vectors.ts";

interface Runtime {
  binary: string | undefined;
  /** Starts the runtime with a script in an empty folder. It writes {"port": …} to its standard output. */
  start(binary: string, folder: string, script: Script, t: TestContext): Promise<ChildProcess>;
  /** Whether its fetch tells a connection that was not made from one that broke. */
  tells: boolean;
}

const runtimes: Record<string, Runtime> = {
  Deno: {
    binary: binary(
      "@deno/linux-x64-glibc/deno",
      "@deno/linux-arm64-glibc/deno",
      "@deno/darwin-arm64/deno",
      "@deno/darwin-x64/deno",
    ),
    tells: true,
    start: async (deno, folder, script, t) => {
      const imports = {
        "@arxkeys/client": join(root, "src/index.ts"),
        "@arxkeys/client/fetch": join(root, "src/fetch.ts"),
      };
      writeFileSync(join(folder, "imports.json"), JSON.stringify({ imports }));
      const options = [
        "--allow-net",
        "--no-config",
        "--no-lock",
        "--no-remote",
        "--import-map",
        join(folder, "imports.json"),
      ];
      const address = await serve(t, (_, response) => response.end(JSON.stringify(script)));
      const env = { ...process.env, DENO_DIR: join(folder, "cache"), DENO_NO_UPDATE_CHECK: "1" };
      return spawn(deno, ["run", ...options, join(root, "test/runtime.ts"), address], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
    },
  },
  Bun: {
    binary: binary(
      "@oven/bun-linux-x64/bin/bun",
      "@oven/bun-linux-aarch64/bin/bun",
      "@oven/bun-darwin-aarch64/bin/bun",
      "@oven/bun-darwin-x64/bin/bun",
    ),
    tells: true,
    start: async (bun, _, script, t) => {
      const address = await serve(t, (_request, response) => response.end(JSON.stringify(script)));
      return spawn(bun, ["run", join(root, "test/runtime.ts"), address], { stdio: ["ignore", "pipe", "inherit"] });
    },
  },
  workerd: {
    binary: binary(
      "@cloudflare/workerd-linux-64/bin/workerd",
      "@cloudflare/workerd-linux-arm64/bin/workerd",
      "@cloudflare/workerd-darwin-arm64/bin/workerd",
      "@cloudflare/workerd-darwin-64/bin/workerd",
    ),
    tells: false,
    start: async (workerd, folder, script) => {
      cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
      for (const name of ["worker.js", "runtime-app.js", "fetch-app.js", "vectors.js"]) {
        const text = readFileSync(join(root, "build/test", name), "utf8");
        const local = text
          .replace('"@arxkeys/client/fetch"', '"./dist/fetch.js"')
          .replace('"@arxkeys/client"', '"./dist/index.js"');
        writeFileSync(join(folder, name), local);
      }
      writeFileSync(join(folder, "script.json"), JSON.stringify(script));
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
      const modules = names
        .sort((a) => (a === "worker.js" ? -1 : 1))
        .map((name) => `(name = "${name}", esModule = embed "${name}")`);
      writeFileSync(
        join(folder, "config.capnp"),
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  bindings = [(name = "script", json = embed "script.json")],
  compatibilityDate = "2024-01-01",
);
`,
      );
      return spawn(workerd, ["serve", "--control-fd=1", join(folder, "config.capnp")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
    },
  },
};

/** Returns the port that a process prints. */
async function portOf(child: ChildProcess): Promise<number> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const port = text.match(/"port":(\d+)/)?.[1];
    if (port) return Number(port);
  }
  throw new Error(`it ended without a port: ${text}`);
}

describe("runtimes", { concurrency: true }, () => {
  for (const [name, runtime] of Object.entries(runtimes)) {
    test(`every shared case in ${name}`, {
      skip: runtime.binary === undefined && "npm has no binary for this machine",
    }, async (t) => {
      const verifyApi = await fakeApi(
        t,
        verifyCases.map((c) => c.answers ?? []),
      );
      const middlewareApi = await fakeApi(
        t,
        middlewareCases.map((c) => c.answers ?? []),
      );
      const folder = mkdtempSync(join(tmpdir(), "arxkeys-"));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const script: Script = {
        verify: { api: verifyApi.url, cases: verifyCases },
        middleware: { api: middlewareApi.url, cases: middlewareCases },
        closed: closedUrl,
      };
      const child = await runtime.start(runtime.binary ?? "", folder, script, t);
      t.after(() => child.kill());
      const url = `http://127.0.0.1:${await portOf(child)}`;

      // Where a runtime does not tell that no connection was made, the request is not repeated.
      const attempts = (c: { answers?: { fault?: string }[] }, n: unknown) =>
        !runtime.tells && c.answers?.[0]?.fault === "refused" ? 1 : n;
      for (const [i, c] of verifyCases.entries()) {
        await t.test(`verify: ${c.name}`, async () => {
          const received = await call(`${url}/verify`, "GET", [["x-case", String(i)]]);
          const expected = c.attempts === undefined ? c : { ...c, attempts: attempts(c, c.attempts) as number };
          checkVerify(expected, i, verifyApi, JSON.parse(received.text) as Result);
        });
      }
      for (const [i, c] of middlewareCases.entries()) {
        if (c.options.client_ip === "connection") continue; // a Request does not tell it
        await t.test(`middleware: ${c.name}`, async () => {
          const headers: [string, string][] = [...(c.request.headers ?? []), ["x-case", String(i)]];
          const received = await call(url + (c.request.path ?? "/"), c.request.method, headers);
          const events = JSON.parse((await call(`${url}/events`, "GET", [["x-case", String(i)]])).text) as Record<
            string,
            unknown
          >[];
          const expected = c.event && {
            ...c.event,
            ...("attempts" in c.event && { attempts: attempts(c, c.event["attempts"]) }),
          };
          checkMiddleware({ ...c, ...(expected && { event: expected }) }, i, middlewareApi, received, events);
        });
      }
    });
  }
});
