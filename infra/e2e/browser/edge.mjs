// Starts a laptop, and in front of it a server that does what template.yaml tells the CloudFront distribution.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { platform } from "node:os";
import { join } from "node:path";
import { freePort, root, startLaptop } from "./laptop.mjs";

/** The address that calls of the API come from, which is not the browser's. Only Linux has more than one on its loopback. */
export const edgeAddress = platform() === "linux" ? "127.0.0.2" : "127.0.0.1";

/** Returns a laptop whose url is the edge's; direct is its own address, which refuses calls of the API. */
export async function startLaptopBehindEdge(options = {}) {
  const port = await freePort();
  const secret = { EdgeSecret: randomBytes(32).toString("hex") };
  const laptop = await startLaptop({ ...options, parameters: { ...options.parameters, ...secret, ConsoleUrl: `http://127.0.0.1:${port}`, RefuseDirectCalls: "true" } });
  const child = spawn(join(root, "build/tools/edge"), ["-port", port, "-site", "build/edge", "-api", laptop.url, "-from", edgeAddress, `EdgeSecret=${secret.EdgeSecret}`], { cwd: root });
  let log = "";
  const serves = new Promise((done, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        log += text;
        if (log.includes("the edge is at")) done();
      });
    }
    child.once("error", (error) => failed(new Error(`${error.message}: make e2e builds it`)));
    child.once("exit", () => failed(new Error(`the edge does not start:\n${log}`)));
  });
  const { stop } = laptop;
  try {
    await serves;
    const configuration = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json();
    laptop.signIn = new URL(configuration.token_endpoint).origin;
  } catch (error) {
    await stop();
    throw error;
  }
  laptop.direct = laptop.url;
  laptop.url = `http://127.0.0.1:${port}`;
  laptop.secret = secret.EdgeSecret;
  laptop.stop = async () => {
    child.kill("SIGTERM");
    await stop();
  };
  return laptop;
}
