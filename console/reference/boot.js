// Shows the API reference. The page is sandboxed: its scripts, which are not ours, have no origin and so never see what
// the console stores. Redoc fails without storage and cookies, so it gets ones that forget.
for (const name of ["localStorage", "sessionStorage"]) {
  const kept = new Map();
  Object.defineProperty(window, name, { value: {
    getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, String(value)); }, removeItem: (key) => { kept.delete(key); },
    clear: () => kept.clear(), key: (i) => [...kept.keys()][i] ?? null, get length() { return kept.size; },
  } });
}
Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });

const place = document.getElementById("reference");
const [{ init }, { default: description }] = await Promise.all([import(place.dataset.program), import(place.dataset.document)]);
// Addresses of operations are in the fragment, because every other address would be another page.
init(description, { disableTelemetry: true, router: "hash" }, place);
