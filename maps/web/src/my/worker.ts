// Keeps the chief's page and its scripts for when there is no network. What is on the segments, and what waits to
// be sent, the page keeps itself. The build puts in what belongs to the page and a version of it (vite.config.ts).
declare const __SHELL__: string[];
declare const __VERSION__: string;

interface Worker {
  addEventListener(type: "install" | "activate", act: (event: { waitUntil: (work: Promise<unknown>) => void }) => void): void;
  addEventListener(type: "fetch", act: (event: { request: Request; respondWith: (answer: Promise<Response>) => void }) => void): void;
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void> };
}

const worker = self as unknown as Worker;
const PAGE = "/my";
const PREFIX = "luge.my.";
const CACHE = PREFIX + __VERSION__;
// A network that says nothing for so long is none.
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...__SHELL__])).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(old());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(kept(request));
});

/** The newest page where the network gives it in time, else the one that was kept. */
async function page(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (fresh.ok) return fresh;
  } catch {
    // No network: what was kept has to do.
  }
  return (await caches.match(PAGE)) ?? Response.error();
}

/** Assets are named by their content, so a kept one is the right one. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
