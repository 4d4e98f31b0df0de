// Keeps the phone page, so that it opens without a connection: this list and nothing else of the site. The node puts PAGE before it,
// which changes with the page.
const PREFIX = "kinfold-phone-";
const CACHE = PREFIX + PAGE;
const KEPT = [
  "/phone/",
  "/phone/manifest.webmanifest",
  "/assets/nhsuk-frontend.css",
  "/assets/phone.css",
  "/assets/phone.js",
  "/assets/phone-card.js",
  "/assets/phone-clock.js",
  "/assets/phone-codes.js",
  "/assets/phone-vault.js",
  "/assets/phone-voice.js",
  "/assets/mark.svg",
  "/assets/favicon.svg",
  "/assets/phone-192.png",
];

// All of them or none: half a page is worse than the one before.
const fill = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload", credentials: "omit", redirect: "error" })));
  await skipWaiting();
};

const tidy = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
};

const answer = async (request, path) => {
  const kept = await (await caches.open(CACHE)).match(path);
  return kept ?? fetch(request);
};

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method === "GET" && origin === location.origin && !search && KEPT.includes(pathname)) {
    event.respondWith(answer(event.request, pathname));
  }
});
