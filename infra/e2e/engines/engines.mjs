// Starts a browser of each engine behind one small interface, because no library drives all three as Debian packages them:
// Puppeteer drives Chromium and, by WebDriver BiDi, Firefox; Selenium drives WebKitGTK's MiniBrowser by WebDriver.
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { Builder, By, Key } from "selenium-webdriver";
import { binary as chromium } from "../browser/chromium.mjs";
import { freePort } from "../browser/laptop.mjs";

export const engines = ["chromium", "firefox", "webkit"];

/** How long something may take to appear, in milliseconds: machines of tests are busy. */
const patience = 60_000;

/**
 * Starts the browser of an engine, and returns {open, run, holds, find, gone, click, type, paste, close}. Elements are named by XPath;
 * find, click, type and paste wait until one is visible and enabled. run returns what the body of a function returns in the page.
 */
export async function start(engine) {
  const driver = await { chromium: startChromium, firefox: startFirefox, webkit: startWebKit }[engine]();
  /** Repeats the attempt until it returns something, since a page may draw itself anew at any time. */
  const until = async (what, attempt) => {
    let last;
    for (const end = Date.now() + patience; Date.now() < end; await wait(50)) {
      try {
        const result = await attempt();
        if (result) return result;
      } catch (error) { last = error; }
    }
    throw new Error(`${engine}: ${what} did not appear`, { cause: last });
  };
  const visible = async (xpath) => {
    for (const element of await driver.elements(xpath)) if (await driver.usable(element)) return element;
  };
  const click = (xpath) => until(xpath, async () => {
    const element = await visible(xpath);
    if (element) await element.click();
    return element;
  });
  return {
    open: driver.open, run: driver.run, close: driver.close, click,
    find: (xpath) => until(xpath, () => visible(xpath)),
    gone: (xpath) => until(`the end of ${xpath}`, async () => !await visible(xpath)),
    /** Waits until the body of a function returns true in the page. */
    holds: (script) => until(script, () => driver.run(script)),
    async type(xpath, text) {
      await click(xpath);
      await driver.type(text);
    },
    async paste(xpath) {
      await click(xpath);
      await driver.paste();
    },
  };
}

/** Returns the path of the first program that is installed. */
function program(...names) {
  for (const name of names) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch { /* the next one */ }
  }
  throw new Error(`there is no ${names.join(" or ")}: .ci/run says which Debian package has it`);
}

const startChromium = () => startByPuppeteer({
  browser: "chrome", executablePath: chromium(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const startFirefox = () => startByPuppeteer({ browser: "firefox", executablePath: program("firefox-esr", "firefox") });

async function startByPuppeteer(options) {
  const browser = await puppeteer.launch({ headless: true, timeout: patience, protocolTimeout: 3 * patience, ...options });
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  return {
    open: (url) => page.goto(url, { waitUntil: "domcontentloaded", timeout: patience }),
    run: (script) => page.evaluate(`(async () => { ${script} })()`),
    elements: (xpath) => page.$$(`::-p-xpath(${xpath})`),
    usable: async (element) => await element.isVisible() && await element.evaluate((e) => !e.disabled),
    type: (text) => page.keyboard.type(text),
    async paste() {
      await page.keyboard.down("Control");
      await page.keyboard.press("v");
      await page.keyboard.up("Control");
    },
    close: () => browser.close(),
  };
}

/** WebKitGTK has no mode without a window, so it gets a screen in memory. */
async function startWebKit() {
  const folder = await mkdtemp(join(tmpdir(), "arxkeys-webkit-"));
  const children = [];
  const run = (command, args, options) => {
    const child = spawn(program(command), args, { stdio: ["ignore", "ignore", "ignore"], ...options });
    child.ended = new Promise((done) => { child.once("exit", done); child.once("error", done); });
    children.unshift(child);
    return child;
  };
  let driver;
  const close = async () => {
    await driver?.quit().catch(() => {}); // its process is ended anyway
    for (const child of children) {
      child.kill();
      await child.ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const screen = run("Xvfb", ["-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const display = await new Promise((done, fail) => { // it chooses a number, and writes it
      screen.stdio[3].once("data", (text) => done(`:${String(text).trim()}`));
      screen.ended.then(() => fail(new Error("Xvfb does not start")));
    });
    const port = await freePort();
    run("WebKitWebDriver", [`--port=${port}`], {
      // WebKit's sandbox needs rights that root in a container lacks. It opens nothing but the laptop.
      env: { ...process.env, DISPLAY: display, HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
    });
    const server = `http://127.0.0.1:${port}`;
    for (const end = Date.now() + patience; !await fetch(`${server}/status`).then((r) => r.ok, () => false); await wait(100)) {
      if (Date.now() > end) throw new Error("WebKitWebDriver does not start");
    }
    driver = await new Builder().usingServer(server).withCapabilities({
      browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation", "--geometry=1440x900"] },
    }).build();
    await driver.manage().setTimeouts({ implicit: 0, script: patience, pageLoad: patience });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    open: (url) => driver.get(url),
    async run(script) {
      const [value, error] = await driver.executeAsyncScript(`const done = arguments[0]; (async () => { ${script} })().then((value) => done([value]), (error) => done([null, String(error)]));`);
      if (error) throw new Error(error);
      return value;
    },
    elements: (xpath) => driver.findElements(By.xpath(xpath)),
    usable: async (element) => await element.isDisplayed() && await element.isEnabled(),
    type: (text) => driver.switchTo().activeElement().sendKeys(text),
    paste: () => driver.actions().keyDown(Key.CONTROL).sendKeys("v").keyUp(Key.CONTROL).perform(),
    close,
  };
}

/** Where Debian installs it depends on the processor. */
function miniBrowser() {
  const files = execFileSync("dpkg", ["-L", "libwebkit2gtk-4.1-0"], { encoding: "utf8" });
  return files.split("\n").find((path) => path.endsWith("/MiniBrowser"));
}
