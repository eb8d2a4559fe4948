/* Keeps the files of one build, so that the page opens without a network. A new build is a new cache; the old one goes. */
const VERSION = 'blup-__VERSION__';
const FILES = ['__FILES__'];

self.addEventListener('install', (event) => {
  const store = async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(['./', ...FILES]);
    await self.skipWaiting();
  };
  event.waitUntil(store());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((key) => key.startsWith('blup-') && key !== VERSION);
    await Promise.all(old.map((key) => caches.delete(key)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const answer = async () => {
    const cache = await caches.open(VERSION);
    const kept = await cache.match(event.request, { ignoreSearch: true });
    if (kept) return kept;
    const fetched = await fetch(event.request);
    if (fetched.ok && new URL(event.request.url).origin === self.location.origin) {
      await cache.put(event.request, fetched.clone());
    }
    return fetched;
  };
  event.respondWith(answer());
});
