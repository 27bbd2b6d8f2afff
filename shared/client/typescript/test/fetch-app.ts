// The cases of middleware.json behind the fetch adapter, for every runtime. The header x-case has the number of a case.
import { protect } from "@arxkeys/client/fetch";
import { type MiddlewareCase, optionsOf, watchedClient } from "./vectors.ts";

/** Returns a handler for all cases. It answers /events with what the hook has learned in a case. */
export function fetchApp(
  cases: MiddlewareCase[],
  api: string,
  closed: string,
): (request: Request) => Promise<Response> {
  const apps = cases.map((c, i) => {
    const { client, events } = watchedClient({ api: `${api}/${i}`, closed }, c);
    const options = optionsOf(c.options, (request: Request) => request.method, { header: "x-no-connection" });
    return { events, handle: protect(client, options, (_, verdict) => Response.json({ key_id: verdict.key.id })) };
  });
  return async (request) => {
    const app = apps[Number(request.headers.get("x-case"))];
    if (!app) return new Response(null, { status: 404 });
    return new URL(request.url).pathname === "/events" ? Response.json(app.events) : app.handle(request);
  };
}
