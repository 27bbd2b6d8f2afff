// Starts everything as `make run` does, on a free port and on data of its own.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

export const root = resolve(import.meta.dirname, "../../..");

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Compresses the console that a laptop serves as the edge sends it. make run compresses it only a little, to start sooner. */
export const packConsole = () => promisify(execFile)("go", ["run", "./console/site", "-out", "build/console"], { cwd: root });

/** The name of the key in the middle of those that a laptop starts with. No other name contains its first word; see infra/local/fill. */
export const needle = "zyzzyva export";

const local = join(root, "build/tools/local");

/**
 * Returns {url, data, log, pid, pause, resume, restart, stop}: data is the folder, log is the output. The tenant starts
 * with the given number of keys, of 50 applications and 10 Arxes. The parameters are those of template.yaml.
 */
export async function startLaptop({ keys = 0, parameters = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "arxkeys-e2e-"));
  if (keys > 0) await promisify(execFile)(local, ["fill", "-keys", String(keys)], { cwd: root, env: { ...process.env, DATA_DIR: data } });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const laptop = { url, data, log: "" };
  let child;
  const start = async () => {
    child = spawn(local, {
      cwd: root, env: { ...process.env, PORT: String(port), DATA_DIR: data, CONTRACT: "strict", PARAMETERS: Object.entries(parameters).map((p) => p.join("=")).join(" ") }, stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { laptop.log += text; });
    child.once("error", (error) => { laptop.log += `${error.message}: make e2e builds it\n`; });
    const ended = new Promise((done) => child.once("exit", done));
    child.ended = ended;
    laptop.pid = child.pid;
    for (let i = 0; ; i++) {
      const answers = await fetch(`${url}/config.json`).then((r) => r.ok, () => false) && existsSync(join(data, "management-key"));
      if (answers) return;
      if (child.exitCode !== null || child.pid === undefined || i > 3000) throw new Error(`it does not start:\n${laptop.log}`);
      await wait(100);
    }
  };
  const stop = async () => {
    child.kill("SIGINT");
    await child.ended;
    const broken = laptop.log.split("\n").filter((line) => line.startsWith("contract: "));
    if (broken.length > 0) throw new Error(`the OpenAPI document does not describe:\n${broken.join("\n")}`);
  };
  laptop.stop = async () => { await stop(); await rm(data, { recursive: true, force: true }); };
  laptop.pause = stop;
  laptop.resume = start;
  laptop.restart = async () => { await stop(); await start(); };
  await start();
  return laptop;
}
