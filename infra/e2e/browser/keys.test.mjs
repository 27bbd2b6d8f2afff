// API keys in the console: list, page, wizard, confirmations, and the session. All parts, which are in the folder keys,
// share one laptop and one browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin } from "./fixture.mjs";
import { confirmation } from "./keys/confirmation.mjs";
import { list } from "./keys/list.mjs";
import { page } from "./keys/page.mjs";
import { session } from "./keys/session.mjs";
import { wizard } from "./keys/wizard.mjs";

/** What the parts share: the laptop and its initial data. */
const desk = { failures: [] };

before(async () => {
  Object.assign(desk, await begin());
  const { call } = desk;
  desk.billing = await call("POST", "/v1/applications", { name: "Billing", technology: "server" });
  desk.shop = await call("POST", "/v1/applications", { name: "Shop", technology: "client", allowed_origins: ["https://shop.example"] });
  desk.rates = await call("POST", "/v1/arxes", { name: "Rates EU", purpose: "production", provider: "aws", regions: ["eu-central-1"], endpoint: "https://rates.example" });
  desk.lab = await call("POST", "/v1/arxes", { name: "Lab", purpose: "testing", provider: "aws", regions: ["eu-central-1"] });
  /** Creates a key and returns {key, access_key}. */
  desk.key = (name, more = {}) => call("POST", "/v1/keys", { name, application_id: desk.billing.id, arx_id: desk.rates.id, ...more });
  desk.code = async (key) => (await call("POST", "/v1/keys/verify", { key, origin: "https://shop.example" })).code;
  desk.open = async (options) => {
    const see = await desk.visit(options);
    desk.failures.push(see.failures);
    return see;
  };
});
after(() => desk.close?.());

for (const part of [list, page, wizard, confirmation, session]) part(desk);

test("the console complained of nothing", () => {
  assert.deepEqual(desk.failures.flat(), []);
});
