// All shared cases behind one fetch handler, for runtimes that are not Node.js. The header x-case has the number of a case.
import { fetchApp } from "./fetch-app.ts";
import { type MiddlewareCase, playVerify, type VerifyCase } from "./vectors.ts";

/** The cases, and the servers that play the API in them. */
export interface Script {
  verify: { api: string; cases: VerifyCase[] };
  middleware: { api: string; cases: MiddlewareCase[] };
  closed: string;
}

/** Returns a handler that plays cases of verify.json at /verify, and all others as `fetchApp` does. */
export function runtimeApp({ verify, middleware, closed }: Script): (request: Request) => Promise<Response> {
  const app = fetchApp(middleware.cases, middleware.api, closed);
  return async (request) => {
    if (new URL(request.url).pathname !== "/verify") return app(request);
    const i = Number(request.headers.get("x-case"));
    const c = verify.cases[i];
    return c
      ? Response.json(await playVerify({ api: `${verify.api}/${i}`, closed }, c))
      : new Response(null, { status: 404 });
  };
}
