// Starts the console: fetches the program, shows how far it is, runs it if it has something to do, and says so when it stops.
// index.html names the program in <link id="program">; data-bytes is its size unpacked.
(() => {
  const at = (id) => document.getElementById(id);

  // What go-app expects of the page. It replaces the functions that it wants to be told by.
  window.goappGetenv = () => "";
  window.goappOnUpdate = () => {};
  window.goappOnAppInstallChange = () => {};

  // stopped says that the program is not running. What is on the page can still be read and copied.
  function stopped(title, detail) {
    at("boot-bar")?.setAttribute("hidden", "");
    at("stopped-title").textContent = title;
    at("stopped-detail").textContent = detail;
    at("stopped").removeAttribute("hidden");
  }
  at("stopped-reload").addEventListener("click", () => location.reload());

  // A browser may keep a page that is left, and show it again as it was, even after a sign-out. So a page shows nothing
  // once it is left, and one that comes back starts again.
  let restarts = false;
  addEventListener("pagehide", (event) => {
    if (!event.persisted) return;
    document.body.replaceChildren();
    document.title = "Arxkeys";
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    restarts = true;
    location.reload();
  });
  addEventListener("beforeunload", (event) => { if (restarts) event.stopImmediatePropagation(); }, true); // there is nothing to lose any more

  async function run() {
    if (typeof WebAssembly !== "object" || !WebAssembly.compileStreaming) {
      stopped("This browser can’t run the console.", "It needs WebAssembly. Use a current Chrome, Edge, Firefox or Safari.");
      return;
    }
    const program = at("program");
    const go = new Go();
    let compiled;
    try {
      const answer = await fetch(program.href, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      compiled = await WebAssembly.compileStreaming(counted(answer, Number(program.dataset.bytes)));
    } catch (err) {
      console.error(err);
      stopped("The console could not be loaded.", `Check the connection, then reload. (${err.message})`);
      return;
    }
    if (!await needed()) return;
    try {
      const end = go.run(await WebAssembly.instantiate(compiled, go.importObject));
      at("boot-bar")?.remove();
      await end;
    } catch (err) {
      console.error(err);
    }
    // The program runs as long as the page does: it has ended because it broke.
    stopped("The console has stopped.", "Nothing that was saved is lost. Reload to go on.");
  }

  // needed reports whether the program has something to do: for somebody who is signed in or comes back from the sign-in,
  // with answers that are kept for offline reading, or to say that the console can't be reached. Otherwise the page is the
  // sign-in, which leads away from it, and only what it will need then is loaded.
  async function needed() {
    if (document.documentElement.dataset.first !== "sign-in") return true;
    const boxes = "caches" in window ? await caches.keys().catch(() => []) : [];
    return boxes.some((name) => name.startsWith("kept-")) || await arxkeysConfig().then(() => false, () => true);
  }

  // counted passes the answer on and moves the bar at the top of the page along.
  function counted(answer, total) {
    const bar = at("boot-bar");
    let loaded = 0;
    const body = answer.body.pipeThrough(new TransformStream({
      transform(chunk, out) {
        loaded += chunk.byteLength;
        if (bar && total) bar.value = Math.min(1, loaded / total);
        out.enqueue(chunk);
      },
    }));
    return new Response(body, { status: answer.status, headers: { "Content-Type": "application/wasm" } });
  }

  // A new version installs beside the old one and waits, so that a page never mixes the two.
  async function keepUpdated() {
    if (!("serviceWorker" in navigator)) return;
    const container = navigator.serviceWorker;
    let claimed = Boolean(container.controller); // this page is one that a worker answers for
    let reloads = false;
    let waiting = null;
    let replaced = false;
    const registration = await container.register("/sw.js");
    const announce = (worker) => {
      if (!container.controller) return; // the very first version
      waiting = worker;
      window.goappOnUpdate();
    };
    container.addEventListener("controllerchange", () => {
      if (reloads) location.reload();
      else if (claimed) { // another tab has changed the version: this one goes on with what it has loaded
        replaced = true;
        window.goappOnUpdate();
      }
      claimed = true;
    });
    window.arxkeysUpdateWaits = () => Boolean(waiting) || replaced;
    window.arxkeysUpdate = () => {
      if (replaced || waiting?.state !== "installed") { location.reload(); return; }
      reloads = true;
      waiting.postMessage("skipWaiting");
    };
    if (registration.waiting) announce(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => { if (worker.state === "installed") announce(worker); });
    });
    const look = () => registration.update().catch(() => {});
    setInterval(look, 30 * 60 * 1000);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  }

  addEventListener("DOMContentLoaded", run);
  addEventListener("load", () => keepUpdated().catch((err) => console.error(err)));
})();
