// Sample data of Northbeam, a parcel delivery company, for screenshots and for tests of pages with much data.
export async function settle(call) {
  const applications = {}, arxes = {}, keys = {};
  const application = async (name, description, technology, owner, allowed_origins) => {
    applications[name] = await call("POST", "/v1/applications", { name, description, technology, owner, ...(allowed_origins && { allowed_origins }) });
  };
  const arx = async (name, description, purpose, more) => {
    arxes[name] = await call("POST", "/v1/arxes", { name, description, purpose, provider: "aws", regions: ["eu-central-1"], owner: "platform@northbeam.example", ...more });
  };
  const key = async (name, of, at, more = {}) => {
    const { key: made, access_key } = await call("POST", "/v1/keys", { name, application_id: applications[of].id, arx_id: arxes[at].id, ...more });
    keys[name] = { ...made, access_key };
  };
  const days = (n) => new Date(Date.now() + n * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");

  await application("Checkout API", "Prices and books deliveries at checkout", "server", "payments@northbeam.example");
  await application("Courier mobile", "iOS and Android app of the couriers", "client", "jonas.weber@northbeam.example", ["https://courier.northbeam.example"]);
  await application("Data export", "Feeds the warehouse reports", "server", "data@northbeam.example");
  await application("Invoice worker", "Nightly billing run", "server", "finance-it@northbeam.example");
  await application("Legacy kiosk", "Terminals in the depots, replaced in 2025", "client", "depots@northbeam.example", ["https://kiosk.northbeam.example"]);
  await application("Partner portal", "Self-service for carriers", "client", "partners@northbeam.example", ["https://partners.northbeam.example", "https://carriers.northbeam.example"]);
  await application("Route planner", "Plans tours for the depots", "server", "priya.raman@northbeam.example");

  await arx("Rates EU", "Delivery rates, Europe", "production", { regions: ["eu-central-1", "eu-west-1"], endpoint: "https://rates.eu.northbeam.example" });
  await arx("Rates US", "Delivery rates, North America", "production", { regions: ["us-east-1"], plan: "dedicated", rotation_cycle: "monthly" });
  await arx("Tracking", "Parcel positions and proofs", "production", { provider: "gcp", regions: ["europe-west4"] });
  await arx("Rates staging", "Mirror of Rates EU", "staging");
  await arx("Label testing", "Label printers in the lab", "testing", { provider: "azure", regions: ["westeurope"], rotation_cycle: "6-monthly" });

  await key("Checkout production", "Checkout API", "Rates EU", { scopes: ["rates:read", "quotes:read", "quotes:write"], metadata: { team: "payments", cost_centre: 4102 } });
  await key("Checkout staging", "Checkout API", "Rates staging", { scopes: ["rates:read"] });
  await key("Nightly invoices", "Invoice worker", "Rates EU", { expires_at: days(3) });
  await key("Courier app iOS", "Courier mobile", "Tracking");
  await key("Courier app Android", "Courier mobile", "Tracking");
  await key("Warehouse feed", "Data export", "Tracking", { scopes: ["parcels:read"] });
  await key("Planner US", "Route planner", "Rates US", { expires_at: days(40) });
  await key("Planner load test", "Route planner", "Rates staging");
  await key("Carrier quotes", "Partner portal", "Rates EU", { scopes: ["quotes:read"] });
  await key("Printer bench", "Route planner", "Label testing");
  await key("Planner spike", "Route planner", "Rates EU");
  await key("Kiosk", "Legacy kiosk", "Tracking");

  for (const name of ["Checkout production", "Courier app iOS", "Warehouse feed", "Checkout staging"]) {
    for (let i = 0; i < 3; i++) await call("POST", "/v1/keys/verify", { key: keys[name].access_key, origin: "https://courier.northbeam.example" });
  }
  await call("POST", `/v1/keys/${keys["Planner load test"].id}/disable`);
  await call("DELETE", `/v1/keys/${keys["Planner spike"].id}`);
  await call("PATCH", `/v1/applications/${applications["Route planner"].id}`, { description: "Plans tours for the depots and the couriers" });
  await call("POST", `/v1/applications/${applications["Legacy kiosk"].id}/disable`);
  await call("POST", `/v1/applications/${applications["Legacy kiosk"].id}/archive`);
  await call("POST", `/v1/applications/${applications["Data export"].id}/disable`);
  await call("POST", `/v1/arxes/${arxes["Label testing"].id}/disable`);
  await call("POST", "/v1/management-keys", { name: "ci-deploy", role: "developer" });
  await call("POST", "/v1/management-keys", { name: "terraform", role: "admin" });
  await call("POST", "/v1/management-keys", { name: "edge-verifier", role: "verifier" });
  return { applications, arxes, keys };
}
