// A form that was sent is held back until its answer comes, so that a double tap sends it once. One that answers with a
// file (data-file) leaves no page, and a page that is gone back to is free again.
(() => {
  const free = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post" || "file" in form.dataset) return;
    if ("sent" in form.dataset) { event.preventDefault(); return; }
    form.dataset.sent = "";
    form.setAttribute("aria-busy", "true");
    setTimeout(free, 30000, form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));
})();

// The pages as an app: kept for when there is no network, and put on the home screen where the browser can.
(() => {
  const kept = document.getElementById("kept");
  if (kept && !kept.hidden) {
    const again = () => fetch("/sw.js", { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => {});
    addEventListener("online", again);
    setTimeout(again, 3000);
    setInterval(again, 15000);
  } else if ("serviceWorker" in navigator) addEventListener("load", async () => {
    await navigator.serviceWorker.register("/sw.js");
    if (navigator.serviceWorker.controller) return;
    const files = [...document.querySelectorAll("link[href^='/static/'], script[src^='/static/']")];
    const worker = (await navigator.serviceWorker.ready).active;
    worker.postMessage({ keep: [location.href, ...files.map((one) => one.href ?? one.src)] });
  });

  const box = document.getElementById("install");
  if (!box) return;
  const show = (state) => {
    box.hidden = state === "installed" && "hint" in box.dataset;
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  };
  const isIos = /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  const installed = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  if (installed) show("installed");
  else if (isIos) show("ios");
  else if (!("hint" in box.dataset)) show("menu");

  let offer = null;
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); offer = event; show("offer"); });
  addEventListener("appinstalled", () => show("installed"));
  box.querySelector("button").addEventListener("click", async () => {
    await offer.prompt();
    if ((await offer.userChoice).outcome === "accepted") show("installed");
  });
})();
