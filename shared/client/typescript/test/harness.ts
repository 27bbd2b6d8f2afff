// Servers for the tests: one that plays the API, and requests that a test controls byte by byte.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Answer, type ClientCase, type MiddlewareCase, managementKey, type VerifyCase } from "./vectors.ts";

/** The folder of the package. */
export const root: string = join(import.meta.dirname, "../..");

function read<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(root, "../vectors", name), "utf8")) as T[];
}

/** Stretches the time limit of a case, and waits that end beyond it, so that a busy machine keeps within it too. */
function patient<Case extends VerifyCase | MiddlewareCase>(c: Case): Case {
  const { timeout_ms = 2_000, answers = [] } = c;
  if (answers.some(({ fault }) => fault === "hang" || fault === "stall")) return { ...c, timeout_ms: 5_000 };
  const stretched = answers.map((answer) => {
    const wait = Number(answer.headers?.["Retry-After"]) * 1_000;
    return wait >= timeout_ms ? { ...answer, headers: { ...answer.headers, "Retry-After": "60" } } : answer;
  });
  return { ...c, timeout_ms: 30_000, answers: stretched };
}

export const verifyCases: VerifyCase[] = read<VerifyCase>("verify.json").map(patient);
export const clientCases: ClientCase[] = read<ClientCase>("client.json");
export const middlewareCases: MiddlewareCase[] = read<MiddlewareCase>("middleware.json").map(patient);

/** Starts a server on a free port of the loopback interface, and stops it after the test. Returns its address. */
export async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API that gives the answers of cases. The first part of the path is the number of the case. */
export interface FakeApi {
  url: string;
  /** The bodies that were sent in a case. */
  sent(i: number): unknown[];
}

/** Starts a fake API. A request that is not as the API documents it is recorded as such. */
export async function fakeApi(t: TestContext, answers: Answer[][]): Promise<FakeApi> {
  const sent = answers.map((): unknown[] => []);
  const left = answers.map((list) => list.filter((a) => a.fault !== "refused"));
  const url = await serve(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, number, ...path] = (request.url ?? "").split("/");
    const i = Number(number);
    const { method, headers } = request;
    if (
      method !== "POST" ||
      path.join("/") !== "v1/keys/verify" ||
      headers.authorization !== `Bearer ${managementKey}` ||
      headers["content-type"] !== "application/json"
    ) {
      sent[i]?.push({ method, url: request.url, headers });
      response.writeHead(418).end();
      return;
    }
    sent[i]?.push(JSON.parse(Buffer.concat(chunks).toString()));
    const answer = left[i]?.shift();
    if (answer === undefined) {
      response.writeHead(500).end();
      return;
    }
    const { status = 200, headers: fields, fault, pad = 0 } = answer;
    const body = Buffer.from(
      (answer.text ?? (answer.body === undefined ? "" : JSON.stringify(answer.body))).padEnd(pad),
    );
    const half = body.subarray(0, body.length / 2);
    switch (fault) {
      case undefined:
        response.writeHead(status, fields).end(body);
        return;
      case "reset":
        request.socket.resetAndDestroy();
        return;
      case "stall":
        response.writeHead(status, { ...fields, "Content-Length": body.length }).write(half);
        return;
      case "truncated":
        response
          .writeHead(status, { ...fields, "Content-Length": body.length })
          .write(half, () => request.socket.destroy());
        return;
      case "redirect":
        response.writeHead(status, { Location: "/v1/keys/verify", ...fields }).end();
        return;
      case "hang":
        return;
      default:
        throw new Error(`no such fault: ${fault}`);
    }
  });
  return { url, sent: (i) => sent[i] ?? [] };
}

/** An address at which nothing listens. No server gets this port by chance. */
export const closedUrl = "http://127.0.0.1:2";

/** An answer as it was received. */
export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends a request with exactly these header fields, even repeated ones. */
export async function call(url: string, method = "GET", headers: readonly [string, string][] = []): Promise<Received> {
  const request = send(url, {
    method,
    agent: false,
    headers: [["Host", new URL(url).host], ["Connection", "close"], ["Content-Length", "0"], ...headers].flat(),
  });
  request.end();
  const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Returns the path of a runtime's binary from npm, or undefined where npm has none for this machine. */
export function binary(...candidates: string[]): string | undefined {
  return candidates.map((name) => join(root, "node_modules", name)).find((path) => existsSync(path));
}

/** Returns a key and a certificate that nobody trusts. */
export function selfSigned(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "arxkeys-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const options = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
    ];
    execFileSync("openssl", [...options, "-keyout", key, "-out", cert], { stdio: "pipe" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
