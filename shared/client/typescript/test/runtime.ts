// Serves all shared cases in Deno or Bun on a free port, and prints the port. The first argument is the script's address.
import { runtimeApp, type Script } from "./runtime-app.ts";

interface Runtime {
  process: { argv: string[] };
  Deno?: {
    serve(options: { hostname: string; port: number; onListen(at: { port: number }): void }, handler: Handler): void;
  };
  Bun?: { serve(options: { hostname: string; port: number; fetch: Handler }): { port: number } };
}
type Handler = (request: Request) => Promise<Response>;

const runtime = globalThis as unknown as Runtime;
const script = (await (await fetch(runtime.process.argv[2] ?? "")).json()) as Script;
const handler = runtimeApp(script);
const at = { hostname: "127.0.0.1", port: 0 };
if (runtime.Deno) runtime.Deno.serve({ ...at, onListen: ({ port }) => console.log(JSON.stringify({ port })) }, handler);
else console.log(JSON.stringify({ port: runtime.Bun?.serve({ ...at, fetch: handler }).port }));
