// Keeps the files of one version of the console, so that it opens offline and never mixes two
// versions. The site's builder puts the version and its files before this line, as `shell`.
// Answers of the API, of the sign-in and /config.json never come near it: what of them is read again
// offline is kept by the program, in caches of other names.
const cacheName = `arxkeys-${shell.version}`;
const files = new Set(shell.files);

addEventListener("install", (event) => {
  // Past the browser's own cache: a file that kept its name may be an old one there.
  const requests = shell.files.map((file) => new Request(file, { cache: "no-cache" }));
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(requests)));
});

addEventListener("message", (event) => {
  if (event.data === "skipWaiting") skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("arxkeys-") && name !== cacheName) await caches.delete(name);
    }
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/v1/") || pathname.startsWith("/oidc/") || pathname === "/config.json") return;
  if (pathname.startsWith("/reference")) return; // a page of its own
  const file = request.mode === "navigate" ? "/index.html" : pathname;
  if (!files.has(file)) return;
  event.respondWith((async () => {
    const cache = await caches.open(cacheName);
    return (await cache.match(file)) ?? fetch(request);
  })());
});
