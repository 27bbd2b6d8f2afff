import { codeOf, isNotConnected, UndecidedError, withoutSecrets } from "./errors.ts";
import { Inconsistent, malformed, parseVerdict, type RefusalCode, type Verdict } from "./verdict.ts";

/** How to reach the API. */
export interface ClientOptions {
  /** Address of the Arxkeys API, such as `https://keys.example.com`. Plain http is accepted for this machine only. */
  readonly baseUrl: string | URL;
  /** A management key with the role verifier. */
  readonly managementKey: string;
  /** Milliseconds for a question in all, with its repetition and the answer's body. The default is 2000. */
  readonly timeoutMs?: number;
  /** Is told about each question, for logs and metrics. */
  readonly hook?: Hook;
  /** Replaces the global fetch, for tests and proxies. It must end when `init.signal` says so. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** What to ask about an access key. */
export interface Question {
  /** The access key as it was presented. */
  readonly key: string;
  /** The id of the Arx that you serve, or `*` for any. */
  readonly arx: string;
  /** Scopes that the key must grant, all of them. */
  readonly scopes?: readonly string[] | undefined;
  /** Address of the client that presented the key. Keys with `allowed_ips` are refused without it. */
  readonly ip?: string | undefined;
  /** Origin header of the client that presented the key. Keys of client applications are refused without it. */
  readonly origin?: string | undefined;
  /** Uses to charge. The API's default is 1. */
  readonly cost?: number | undefined;
}

/** Is called once for each question. Its errors are ignored. */
export type Hook = (event: HookEvent) => void | Promise<void>;

/** What a hook learns. It never holds a key. */
export interface HookEvent {
  /** The verdict's code, or why there is no verdict. */
  readonly code: "VALID" | RefusalCode | "UNDECIDED" | "NO_KEY" | "TWO_KEYS";
  /** Status of the middleware's answer; absent where the application answers. */
  readonly status?: number;
  readonly keyId?: string;
  readonly applicationId?: string;
  readonly arxId?: string;
  /** Milliseconds that the question took. */
  readonly durationMs: number;
  /** Requests that were sent to the API. */
  readonly attempts: number;
  /** Why nothing could be decided. */
  readonly error?: string;
}

/** The result of a question, before the hook is told. */
export type Outcome = { readonly attempts: number; readonly durationMs: number } & (
  | { readonly verdict: Verdict }
  | { readonly verdict?: never; readonly error: UndecidedError }
);

const path = "/v1/keys/verify";
const maxKeyBytes = 512;
const maxBodyBytes = 1 << 20;
const pauseMs = 100;

/** For the middlewares, which tell the hook about their answer too. Not exported by the package. */
export let ask: (client: Client, question: Question) => Promise<Outcome>;
export let tell: (client: Client, event: HookEvent) => void;

/**
 * Asks the Arxkeys API about access keys. It keeps no answers: each question is one request, so that a revoked key
 * fails at once.
 */
export class Client {
  // Private fields: neither util.inspect nor JSON.stringify shows them.
  readonly #url: string;
  readonly #managementKey: string;
  readonly #timeoutMs: number;
  readonly #hook: Hook | undefined;
  readonly #fetch: ClientOptions["fetch"];

  static {
    ask = (client, question) => client.#ask(question);
    tell = (client, event) => client.#tell(event);
  }

  /** Throws a TypeError for options that cannot work. */
  constructor(options: ClientOptions) {
    this.#url = verifyUrl(options.baseUrl);
    // A wrong character would make fetch throw an error that quotes the header.
    if (typeof options.managementKey !== "string" || !/^arxm_[\x21-\x7e]+$/.test(options.managementKey)) {
      throw new TypeError("managementKey is not a management key (arxm_…)");
    }
    this.#managementKey = options.managementKey;
    this.#timeoutMs = options.timeoutMs ?? 2000;
    if (!(this.#timeoutMs > 0 && this.#timeoutMs < 2 ** 31)) throw new TypeError("timeoutMs must be positive");
    this.#hook = options.hook;
    this.#fetch = options.fetch ?? fetchOfDeno();
  }

  /**
   * Returns the verdict on an access key. Rejects with an `UndecidedError` if there is none, and with a `TypeError`
   * for a question that names no Arx.
   */
  async verify(question: Question): Promise<Verdict> {
    const outcome = await this.#ask(question);
    this.#tell(eventOf(outcome));
    if (outcome.verdict) return outcome.verdict;
    throw outcome.error;
  }

  async #ask(question: Question): Promise<Outcome> {
    requireArx(question.arx);
    const began = performance.now();
    let attempts = 0;
    const taken = () => ({ attempts, durationMs: performance.now() - began });
    if (question.key === "" || new TextEncoder().encode(question.key).length > maxKeyBytes) {
      return { verdict: malformed, ...taken() };
    }
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), this.#timeoutMs);
    try {
      const body = JSON.stringify(bodyOf(question));
      for (;;) {
        attempts++;
        const answer = await this.#attempt(body, question, timer.signal);
        if (!("error" in answer)) return { ...answer, ...taken() };
        const left = this.#timeoutMs - (performance.now() - began);
        // Repeated at most once, and only if nothing can have been charged.
        if (attempts > 1 || answer.repeatAfterMs === undefined || answer.repeatAfterMs >= left)
          return { error: answer.error, ...taken() };
        await new Promise((done) => setTimeout(done, answer.repeatAfterMs));
      }
    } finally {
      clearTimeout(timeout);
    }
  }

  async #attempt(
    body: string,
    question: Question,
    signal: AbortSignal,
  ): Promise<{ verdict: Verdict } | { error: UndecidedError; repeatAfterMs?: number }> {
    let response: Response | undefined;
    const undecided = (reason: string, cause?: unknown) =>
      new UndecidedError(reason, {
        status: response?.status,
        requestId: response?.headers.get("x-request-id") ?? undefined,
        cause: withoutSecrets(cause, [question.key, this.#managementKey]),
      });
    try {
      const send = this.#fetch ?? fetch;
      response = await send(this.#url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.#managementKey}`,
          "content-type": "application/json",
          accept: "application/json",
        },
        body,
        redirect: "manual",
        signal,
        // For frameworks that cache the answers of fetch. Workers with an old compatibility date refuse the option.
        ...("cache" in Request.prototype && { cache: "no-store" as const }),
      });
      if (response.status !== 200) {
        response.body?.cancel().catch(() => {});
        const error = undecided(`the API answered ${response.status}`);
        return response.status === 429 ? { error, repeatAfterMs: retryAfterMs(response.headers) } : { error };
      }
      return { verdict: parseVerdict(await readText(response), question.arx) };
    } catch (error) {
      if (error instanceof Inconsistent) return { error: undecided(error.message) };
      if (signal.aborted) return { error: undecided(`there was no answer within ${this.#timeoutMs} ms`) };
      if (response !== undefined) return { error: undecided(`the answer could not be read${codeOf(error)}`, error) };
      if (isNotConnected(error))
        return { error: undecided(`the API could not be reached${codeOf(error)}`, error), repeatAfterMs: pauseMs };
      return { error: undecided(`the connection to the API failed${codeOf(error)}`, error) };
    }
  }

  #tell(event: HookEvent): void {
    try {
      Promise.resolve(this.#hook?.(event)).catch(() => {});
    } catch {
      // A hook must not change the answer.
    }
  }
}

/** Throws a TypeError if no Arx is named. */
export function requireArx(arx: unknown): asserts arx is string {
  if (typeof arx !== "string" || (arx !== "*" && !/^arx_[0-9A-Za-z]{16}$/.test(arx))) {
    throw new TypeError('arx must be the id of the Arx that you serve (arx_…), or "*" for any');
  }
}

/** Returns the event of a question. */
export function eventOf(outcome: Outcome): HookEvent {
  const { attempts, durationMs, verdict } = outcome;
  if (!verdict) return { code: "UNDECIDED", durationMs, attempts, error: outcome.error.message };
  return {
    code: verdict.code,
    ...(verdict.key && { keyId: verdict.key.id }),
    ...(verdict.application && { applicationId: verdict.application.id }),
    ...(verdict.arx && { arxId: verdict.arx.id }),
    durationMs,
    attempts,
  };
}

function bodyOf(question: Question): Record<string, unknown> {
  const { key, arx, scopes, ip, origin, cost } = question;
  return {
    key,
    ...(arx !== "*" && { arx_id: arx }),
    ...(scopes && scopes.length > 0 && { scopes }),
    ...(ip && { ip }),
    ...(origin && { origin }),
    ...(cost !== undefined && { cost }),
  };
}

// The messages do not quote the address, which may contain a password.
function verifyUrl(base: string | URL): string {
  // The parser would take the first part of a path for a missing host.
  if (!/^https?:\/\/[^/\\]/i.test(String(base)) || !URL.canParse(base))
    throw new TypeError("baseUrl is not an https URL");
  const url = new URL(base);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    throw new TypeError("baseUrl must begin with https://, because the keys are sent to it");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError("baseUrl must have no user, query or fragment");
  }
  return url.origin + url.pathname.replace(/\/+$/, "") + path;
}

/** Returns how long a 429 asks to wait: the usual pause if it does not say. */
function retryAfterMs(headers: Headers): number {
  const text = headers.get("retry-after");
  if (text === null) return pauseMs;
  return /^\d+$/.test(text) ? Math.max(pauseMs, Number(text) * 1000) : Number.POSITIVE_INFINITY;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > maxBodyBytes) {
      reader.cancel().catch(() => {});
      throw new Inconsistent("the answer is larger than 1 MiB");
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Deno itself repeats a request if a connection that it has used before is reset, which may charge a key twice. So there each
 * question has a connection of its own. Other runtimes get `undefined`.
 */
function fetchOfDeno(): typeof fetch | undefined {
  const { Deno } = globalThis as { Deno?: { createHttpClient?(options: { poolMaxIdlePerHost: number }): unknown } };
  const client = Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
  return client === undefined ? undefined : (input, init) => fetch(input, { ...init, client } as RequestInit);
}
