// Serves all shared cases in workerd.
import { runtimeApp, type Script } from "./runtime-app.ts";

let app: ReturnType<typeof runtimeApp> | undefined;

export default {
  fetch(request: Request, env: { script: Script }): Promise<Response> {
    app ??= runtimeApp(env.script);
    return app(request);
  },
};
