// This page is kept by the service worker for when there is no network.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").then(() => {
  const keep = (worker) => worker?.postMessage({ keep: location.href });
  navigator.serviceWorker.ready.then((registration) => keep(registration.active));
});
