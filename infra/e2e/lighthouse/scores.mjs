// What Lighthouse says of the page that everybody meets first and of the list of API keys behind it, as on a phone and on
// a desk. Prints a table of medians.
// node infra/e2e/lighthouse/scores.mjs [times]
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";
import { launch } from "../browser/chromium.mjs";
import { caller } from "../browser/fixture.mjs";
import { freePort, packConsole, startLaptop } from "../browser/laptop.mjs";
import { settle } from "../browser/northbeam.mjs";

const times = Number(process.argv[2] ?? 3);
const categories = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };
const metrics = { "first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS" };
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

const laptop = await startLaptop();
await packConsole();
const port = await freePort();
const browser = await launch(`--remote-debugging-port=${port}`);
await settle(caller(laptop));

/** Returns a tab that is signed in. Lighthouse loads the page anew in it, with nothing in the caches. */
async function signedIn() {
  const tabs = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
  const tab = await tabs.newPage();
  await tab.goto(laptop.url);
  await tab.locator("::-p-aria(Sign in)").click();
  await tab.locator("::-p-text(owner@example.com)").click();
  await tab.locator("#main h1").wait();
  return tab;
}

console.log(`| | ${[...Object.values(categories), ...Object.values(metrics)].join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(Object.keys(categories).length + Object.keys(metrics).length)}`);
const pages = [["sign-in", "/", async () => undefined], ["API keys", "/keys", signedIn]];
const devices = [["phone", undefined], ["desk", desktopConfig]];
for (const [page, path, open] of pages) for (const [device, config] of devices) {
  const name = `${page}, ${device}`;
  const tab = await open();
  const reports = [];
  for (let i = 0; i < times; i++) {
    const { lhr } = await lighthouse(laptop.url + path, { port, onlyCategories: Object.keys(categories), logLevel: "error" }, config, tab);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    reports.push(lhr);
  }
  const scores = Object.keys(categories).map((c) => Math.round(100 * median(reports.map((r) => r.categories[c].score))));
  const values = Object.keys(metrics).map((m) => {
    const value = median(reports.map((r) => r.audits[m].numericValue));
    return m === "cumulative-layout-shift" ? value.toFixed(2) : `${Math.round(value)} ms`;
  });
  console.log(`| ${name} | ${[...scores, ...values].join(" | ")} |`);
  // A browser that is driven keeps no pages for the way back.
  const missed = new Map(reports.flatMap((r) => Object.values(r.categories).flatMap((c) => c.auditRefs.map((ref) => r.audits[ref.id])))
    .filter((audit) => audit.id !== "bf-cache" && audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary").map((audit) => [audit.id, audit.title]));
  for (const [id, title] of missed) console.log(`  ${name}: ${id}: ${title}`);
}
await browser.close();
await laptop.stop();
