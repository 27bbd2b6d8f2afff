// Takes the screenshots in infra/docs/screenshots: the main pages with sample data, light and dark.
import { join } from "node:path";
import { begin } from "./fixture.mjs";
import { root } from "./laptop.mjs";
import { settle } from "./northbeam.mjs";

const world = await begin();
const { applications, arxes, keys } = await settle(world.call);
const uses = { "Checkout production": 62, "Courier app iOS": 41, "Checkout staging": 22, "Carrier quotes": 5, "Kiosk": 4, "Planner load test": 2 };
for (const [name, n] of Object.entries(uses)) {
  for (let i = 0; i < n; i++) await world.call("POST", "/v1/keys/verify", { key: keys[name].access_key, origin: "https://courier.northbeam.example" });
}
await world.laptop.restart(); // an environment writes its counts when it shuts down
const { page, context, go, role, button } = await world.visit();
const pages = {
  overview: "/", keys: "/keys", applications: "/applications", arxes: "/arxes", activity: "/activity", access: "/access",
  application: `/applications/${applications["Checkout API"].id}`, arx: `/arxes/${arxes["Rates EU"].id}`,
};
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  for (const [name, address] of Object.entries(pages)) {
    await go(world.laptop, address);
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: join(root, `infra/docs/screenshots/${name}-${colorScheme}.png`) });
  }
  await go(world.laptop, "/arxes");
  await role("button", { name: "Actions for Tracking" }).click();
  await role("menuitem", { name: "Delete" }).click();
  await role("dialog").getByText("active keys stop").waitFor();
  await page.screenshot({ path: join(root, `infra/docs/screenshots/delete-arx-${colorScheme}.png`) });
  await button("Cancel").click();
}
await context.close();
await world.close();
