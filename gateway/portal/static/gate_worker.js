// Keeps one gate's page for a phone that is restarted without a connection: that page, its scripts and its style, nothing
// else. FILES and PAGE come before this when it is served (gateway/portal/branding/gate_keeping.py).
"use strict";
const KEPT = `gate ${PAGE} `, NAME = KEPT + FILES.join(" ");
const PATIENCE_MS = 5000;

const page = async (request) => {
  const kept = await caches.open(NAME), patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE_MS);  // AbortSignal.timeout is younger than some phones
  try {
    const answer = await fetch(request, { signal: patience.signal });
    // Where the platform shows this page no longer (no login, no right, no gate), the phone forgets it too.
    if (answer.type === "opaqueredirect" || answer.redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) await kept.delete(PAGE);
    else if (answer.status === 200) await kept.put(PAGE, answer.clone());
    return answer.status >= 500 ? (await kept.match(PAGE)) || answer : answer;
  } catch {
    return (await kept.match(PAGE)) || Response.error();
  }
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const fresh = new Request(PAGE, { credentials: "same-origin", redirect: "error" });
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll([...FILES, fresh])));
});
self.addEventListener("activate", (event) => {
  const old = async () => Promise.all((await caches.keys()).filter((one) => one.startsWith(KEPT) && one !== NAME).map((one) => caches.delete(one)));
  event.waitUntil(Promise.all([old(), self.clients.claim()]));
});
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (FILES.includes(pathname + search)) event.respondWith(caches.open(NAME).then(async (kept) => (await kept.match(request)) || fetch(request)));
});
