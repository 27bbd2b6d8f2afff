// What Lighthouse says of the page that everybody meets first, as on a phone and on a desk. Prints a table of medians.
// node infra/e2e/lighthouse/scores.mjs [times]
import lighthouse, { desktopConfig } from "lighthouse";
import { launch } from "../browser/chromium.mjs";
import { freePort, startLaptop } from "../browser/laptop.mjs";

const times = Number(process.argv[2] ?? 3);
const categories = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };
const metrics = { "first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS" };
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

const laptop = await startLaptop();
const port = await freePort();
const browser = await launch(`--remote-debugging-port=${port}`);
console.log(`| | ${[...Object.values(categories), ...Object.values(metrics)].join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(Object.keys(categories).length + Object.keys(metrics).length)}`);
for (const [name, config] of [["phone", undefined], ["desk", desktopConfig]]) {
  const reports = [];
  for (let i = 0; i < times; i++) {
    const { lhr } = await lighthouse(laptop.url + "/", { port, onlyCategories: Object.keys(categories), logLevel: "error" }, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    reports.push(lhr);
  }
  const scores = Object.keys(categories).map((c) => Math.round(100 * median(reports.map((r) => r.categories[c].score))));
  const values = Object.keys(metrics).map((m) => {
    const value = median(reports.map((r) => r.audits[m].numericValue));
    return m === "cumulative-layout-shift" ? value.toFixed(2) : `${Math.round(value)} ms`;
  });
  console.log(`| ${name} | ${[...scores, ...values].join(" | ")} |`);
  const missed = new Map(reports.flatMap((r) => Object.values(r.categories).flatMap((c) => c.auditRefs.map((ref) => r.audits[ref.id])))
    .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary").map((audit) => [audit.id, audit.title]));
  for (const [id, title] of missed) console.log(`  ${name}: ${id}: ${title}`);
}
await browser.close();
await laptop.stop();
