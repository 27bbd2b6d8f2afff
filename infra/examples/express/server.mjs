// The pets API as an Express server, behind the middleware of the TypeScript client.
import { Client } from "@arxkeys/client";
import { protect } from "@arxkeys/client/express";
import express from "express";

const { ARXKEYS_URL, ARXKEYS_KEY, ARX_ID, PORT } = process.env;

const client = new Client({ baseUrl: ARXKEYS_URL, managementKey: ARXKEYS_KEY });
const app = express();
app.use("/pets", protect(client, { arx: ARX_ID, scopes: ["pets:read"], clientIp: "connection" }));
app.get("/pets", (request, response) => {
  response.json({ pets: ["Tom", "Rex"], application: request.arxkeys.application.name });
});
app.listen(Number(PORT), "127.0.0.1");
