// Measures the console in a tenant with many keys: the time from a click until the rows are shown. Prints a table of medians.
// node infra/e2e/browser/size.mjs [keys] [times]
import { launch } from "./chromium.mjs";
import { visit } from "./fixture.mjs";
import { needle, startLaptop } from "./laptop.mjs";

const keys = Number(process.argv[2] ?? 100_000), times = Number(process.argv[3] ?? 5);
const laptop = await startLaptop({ keys });
const browser = await launch();
const { page, link, button, role } = await visit(laptop, browser);
const median = (all) => Math.round(all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]);
const search = role("searchbox", { name: "Search" });
const rows = [];
const answered = (path = "/v1/keys") => page.waitForResponse((r) => new URL(r.url()).pathname === path);
const drawn = () => page.waitForFunction(() => document.querySelector("#list:not([aria-busy=true]) :is(tbody tr, #none-title)"));

/** Measures an action: the time until the rows of its answer are shown, and that of the response alone. */
async function measure(what, does, prepare = async () => {}, once = {}) {
  const seen = [], served = [];
  for (let i = 0; i < (once.times ?? times); i++) {
    await prepare();
    await page.waitForLoadState("networkidle");
    const answer = answered(once.path);
    const began = performance.now();
    await does();
    const got = await answer;
    await (once.drawn ?? drawn)();
    seen.push(performance.now() - began);
    served.push(got.request().timing().responseEnd);
  }
  rows.push([what, median(seen), Math.round(Math.max(...seen)), median(served)]);
}
const list = async () => { await link("Overview").click(); await page.locator(".stats").waitFor(); await link("API keys").click(); await drawn(); };
const at = (query) => async () => { await page.goto(`${laptop.url}/keys${query}`); await drawn(); };

await measure("overview", () => link("Overview").click(), () => link("API keys").click(), { path: "/v1/overview", drawn: () => page.locator(".stats .card").first().waitFor() });
await measure("first page", () => link("API keys").click(), () => link("Overview").click());
await measure("next page", () => button("Next page").click(), list);
for (const head of ["API key", "Status", "Expires", "Rotate by"]) {
  await measure(`sort by ${head}`, () => button(head).click(), list);
  await measure(`sort by ${head}, backwards`, () => button(head).click(), async () => { await list(); await button(head).click(); await drawn(); });
}
await measure("oldest first", () => button("Created").click(), list);
const filter = async (name, label) => { await role("combobox", { name }).selectOption(typeof label === "number" ? { index: label } : { label }); };
for (const status of ["Active", "Active or stopped", "Stopped", "Disabled", "Expired", "Expiring within 7 days", "Rotation due", "Unused for 90 days"]) {
  await measure(`status: ${status}`, () => filter("Status", status), list);
}
await measure("an application", () => filter("Application", 1), list);
await measure("an Arx", () => filter("Arx", 1), list);
await measure("an Arx, its expired keys", () => filter("Status", "Expired"), async () => { await list(); await filter("Arx", 1); await drawn(); });
await measure("disabled keys by name", () => button("API key").click(), async () => { await list(); await filter("Status", "Disabled"); await drawn(); });
await measure("deleted keys too", () => role("switch", { name: "Show deleted" }).click(), list);

// While typing, from the last letter on. This includes the pause of 250 ms before the console searches.
const word = needle.split(" ")[0], id = await page.locator("table .copyid code").first().innerText();
const typed = (text, first) => async () => {
  await search.pressSequentially(text.slice(0, -1), { delay: 60 });
  return first;
};
const last = (text) => () => search.press(text.at(-1));
await measure("search: the last letter of a word", last(word), async () => { await list(); await typed(word)(); });
await measure("search: the last letter of an id", last(id), async () => { await list(); await typed(id)(); });
await measure("search: the middle of a word, the first 1,000 keys", last(word.slice(1)), async () => { await list(); await typed(word.slice(1))(); });
await measure("search further, the next 1,000", () => button("Search further").click(), at(`?q=${word.slice(1)}`));

console.log(`A tenant of ${keys.toLocaleString("en")} keys, ${times} times each:\n`);
console.log("| action | median | longest | response |\n| --- | --- | --- | --- |");
for (const [what, ...ms] of rows) console.log(`| ${what} | ${ms.map((n) => `${n} ms`).join(" | ")} |`);
await browser.close();
await laptop.stop();
