// Measures how long the console takes to open: until its first paint, and until it is usable. Prints a table of medians.
// node infra/e2e/browser/measure.mjs [times]
import { launch } from "./chromium.mjs";
import { visit } from "./fixture.mjs";
import { packConsole, startLaptop } from "./laptop.mjs";

const times = Number(process.argv[2] ?? 3);
const laptop = await startLaptop();
await packConsole();
const browser = await launch();
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

/** Opens the list and returns the milliseconds until the first paint and until the target is visible. */
async function open(page, target) {
  await page.goto(laptop.url + "/keys", { waitUntil: "commit" });
  await page.locator(target).first().waitFor();
  const usable = await page.evaluate(() => performance.now());
  const paint = await (await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime)).jsonValue();
  return { paint, usable: Math.max(paint, usable) };
}

const rows = {};
async function row(name, prepare, target) {
  const seen = [];
  for (let i = 0; i < times; i++) {
    const { page, done } = await prepare();
    seen.push(await open(page, target));
    await done();
  }
  rows[name] = [median(seen.map((s) => s.paint)), median(seen.map((s) => s.usable))].map(Math.round);
}

const signIn = "button:has-text('Sign in')";
const list = "#main h1:has-text('API keys')"; // the program's, not that of the frame before it
const fresh = async (mbit) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (mbit) {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: 60, downloadThroughput: mbit * 125_000, uploadThroughput: mbit * 125_000 });
  }
  return { page, done: () => context.close() };
};
const known = async () => {
  const { page, context, installed } = await visit(laptop, browser, { at: "/keys" });
  await installed();
  await page.locator(list).waitFor();
  return { page, done: () => context.close() };
};

await row("cold, to the sign-in", () => fresh(), signIn);
await row("cold at 10 Mbit/s and 60 ms, to the sign-in", () => fresh(10), signIn);
await row("warm, to the list of keys", known, list);
await row("offline, to the list as it was seen", async () => {
  const here = await known();
  await laptop.pause();
  return { page: here.page, done: async () => { await here.done(); await laptop.resume(); } };
}, list);

console.log("| | first paint | usable |\n| --- | --- | --- |");
for (const [name, [paint, usable]] of Object.entries(rows)) console.log(`| ${name} | ${paint} ms | ${usable} ms |`);
await browser.close();
await laptop.stop();
