// Shows what the school sends while no page is open, and tells the service that it was shown.
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
