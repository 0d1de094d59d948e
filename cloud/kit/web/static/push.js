// The parent's button: asks this browser for Web Push and hands the subscription to the service.
(async () => {
  const box = document.getElementById("push");
  const show = (state) => {
    box.hidden = false;
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  };
  const isIos = /iPhone|iPad/.test(navigator.userAgent);
  if (!("serviceWorker" in navigator)) return;
  if (!("PushManager" in window)) { if (isIos) show("home-screen"); return; }
  const { key } = await (await fetch("/push/key")).json();

  const worker = await navigator.serviceWorker.register("/sw.js");
  const send = (method, subscription) => fetch("/push/subscriptions", {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription),
  }).then((done) => { if (!done.ok) throw new Error(`the service answered ${done.status}`); });

  const existing = await worker.pushManager.getSubscription();
  if (Notification.permission === "denied") show("blocked");
  else if (existing) { show("on"); await send("POST", existing.toJSON()).catch(() => show("ask")); }
  else show("ask");

  document.getElementById("push-on").addEventListener("click", async (event) => {
    event.target.disabled = true;
    try {
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      await send("POST", subscription.toJSON());
      show("on");
    } catch {
      show(Notification.permission === "denied" ? "blocked" : "failed");
    }
    event.target.disabled = false;
  });
  document.getElementById("push-off").addEventListener("click", async () => {
    const subscription = await worker.pushManager.getSubscription();
    if (subscription) { await send("DELETE", { endpoint: subscription.endpoint }).catch(() => {}); await subscription.unsubscribe(); }
    show("ask");
  });
})();
