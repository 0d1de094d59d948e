// Shows what the school sends while no page is open, and tells the service that it was shown.
// Keeps what a family has seen of a child's months for when there is no network; it is gone with the log-in.
const KEPT = "seen";
const isKept = (url) => /^\/students\/[^/]+\/calendar$/.test(url.pathname) || url.pathname.startsWith("/static/");

async function fresh(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected && answer.type === "basic") await cache.put(request.url, answer.clone());
    return answer;
  } catch (gone) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw gone;
  }
}

self.addEventListener("message", (event) => {
  const url = new URL(event.data.keep ?? "/", self.location.origin);
  if (url.origin === self.location.origin && isKept(url)) event.waitUntil(fresh(new Request(url)).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === "/logout" || url.pathname === "/login") event.waitUntil(caches.delete(KEPT));
  else if (event.request.method === "GET" && isKept(url)) event.respondWith(fresh(event.request));
});
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let message = {};
  try { message = event.data.json(); } catch { /* an empty push still has to show something */ }
  const shown = self.registration.showNotification(message.title ?? "Điểm danh", {
    body: message.body ?? "",
    tag: message.tag,
    icon: "/static/icon-192.png",
    lang: message.lang ?? "vi",
    data: { url: message.url ?? "/children" },
  });
  event.waitUntil(shown.then(() => message.receipt && fetch(message.receipt, { method: "POST" })).catch(() => {}));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window" });
    const open = pages.find((page) => new URL(page.url).pathname === url.pathname);
    return open ? open.focus() : self.clients.openWindow(url.href);
  })());
});
