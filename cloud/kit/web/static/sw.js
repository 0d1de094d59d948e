// Keeps what a family has seen for when there is no network, and shows what the school sends while no page is open.
// A page is kept only if the service says for which log-in (Kept-For); what is kept is gone with that log-in: when it
// ends here, when the service says that it has ended, when another one begins.
const SEEN = "seen", FILES = "files", OFFLINE = "/offline", OWNER = "/kept-for";
const LONGEST_MS = 7 * 24 * 3600 * 1000;
const MOST_FILES = 60;
let endings = 0;

const forget = () => { endings += 1; return caches.delete(SEEN); };

async function keep(url, answer, ended) {
  const owner = answer.headers.get("Kept-For");
  if (!owner || !answer.ok || answer.redirected) return;
  const body = await answer.clone().text();
  const last = await (await caches.open(SEEN)).match(OWNER);
  if (last && (await last.text()) !== owner) await caches.delete(SEEN);
  // An answer that was on its way while somebody logged out is nobody's any more.
  if (ended !== endings) return;
  const seen = await caches.open(SEEN);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Seen-At": new Date().toISOString() };
  await seen.put(OWNER, new Response(owner));
  await seen.put(url, new Response(body, { headers }));
}

// What was seen last of that page, and says so: the page holds the words, hidden until here.
async function seenBefore(url) {
  const copy = await (await caches.open(SEEN)).match(url);
  const at = copy && new Date(copy.headers.get("Seen-At"));
  if (!copy || Date.now() - at > LONGEST_MS) return null;
  const clock = at.toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
  const today = at.toDateString() === new Date().toDateString();
  const words = today ? clock : `${clock}, ${at.getDate()}/${at.getMonth() + 1}`;
  const marked = (await copy.text())
    .replace('id="kept" hidden', 'id="kept"')
    .replace('<time id="kept-at"></time>', `<time datetime="${at.toISOString()}">${words}</time>`);
  return new Response(marked, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// Without a network nobody says where "/" leads, as it does from the home screen: to the children, or to one's own page.
async function home() {
  const kept = (await (await caches.open(SEEN)).keys()).map((one) => new URL(one.url).pathname);
  const start = kept.find((one) => one === "/children") ?? kept.find((one) => /^\/students\/[^/]+$/.test(one));
  return start && Response.redirect(new URL(start, self.location.origin), 302);
}

const lastSeen = (url) => (url.pathname === "/" ? home() : seenBefore(url.href));

async function page(request) {
  const url = new URL(request.url), ended = endings;
  url.hash = "";
  try {
    const answer = await fetch(request);
    if (answer.status === 401 || (url.pathname === "/login" && answer.ok)) await forget();
    else if ([502, 503, 504].includes(answer.status)) return (await lastSeen(url)) ?? answer;
    else await keep(url.href, answer, ended);
    return answer;
  } catch (gone) {
    const found = (await lastSeen(url)) ?? (await (await caches.open(FILES)).match(OFFLINE));
    if (found) return found;
    throw gone;
  }
}

// Files are named by what they hold: one that was fetched once never changes.
async function file(request) {
  const files = await caches.open(FILES);
  const found = await files.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && (answer.headers.get("Cache-Control") ?? "").includes("immutable")) {
    await files.put(request, answer.clone());
    const all = (await files.keys()).filter((one) => new URL(one.url).pathname !== OFFLINE);
    for (const old of all.slice(0, Math.max(0, all.length - MOST_FILES))) await files.delete(old);
  }
  return answer;
}

async function prepare() {
  const answer = await fetch(OFFLINE);
  if (!answer.ok) return;
  await (await caches.open(FILES)).put(OFFLINE, answer.clone());
  const links = (await answer.text()).match(/\/static\/[^"]+\?v=\w+/g) ?? [];
  await Promise.all([...new Set(links)].map((one) => file(new Request(one))));
}

self.addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(prepare().catch(() => {})); });
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// From a page that was open before there was this worker: itself and its files.
self.addEventListener("message", (event) => event.waitUntil((async () => {
  for (const one of event.data.keep ?? []) {
    const request = new Request(new URL(one, self.location.origin));
    await (request.url.includes("/static/") ? file(request) : page(request)).catch(() => {});
  }
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (pathname === "/logout" || pathname === "/login") event.waitUntil(forget());
    // Whoever logs out is not told on this phone any more: its push service says so to the service.
    if (pathname === "/logout") {
      const mine = self.registration.pushManager?.getSubscription() ?? Promise.resolve();
      event.waitUntil(mine.then((one) => one?.unsubscribe()).catch(() => {}));
    }
  } else if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});

self.addEventListener("push", (event) => {
  let message = {};
  try { message = event.data.json(); } catch { /* an empty push still has to show something */ }
  const shown = self.registration.showNotification(message.title ?? "Điểm danh", {
    body: message.body ?? "",
    tag: message.tag,
    icon: "/static/icon-192.png",
    lang: message.lang ?? "vi",
    data: { url: message.url ?? "/children", receipt: message.receipt },
  });
  event.waitUntil(shown.then(() => message.receipt && fetch(message.receipt, { method: "POST" })).catch(() => {}));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { receipt, ...data } = event.notification.data, url = new URL(data.url, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    if (receipt) fetch(`${receipt}/opened`, { method: "POST", keepalive: true }).catch(() => {});
    const pages = await self.clients.matchAll({ type: "window" });
    const open = pages.find((page) => new URL(page.url).pathname === url.pathname);
    return open ? open.focus() : self.clients.openWindow(url.href);
  })());
});
