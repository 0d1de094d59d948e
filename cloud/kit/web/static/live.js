// Says whether the page is live, comes back when it could not begin, and leaves when the reader is no longer signed in.
(() => {
  const show = (state) => { document.documentElement.dataset.live = state; };
  let begun = false;
  document.addEventListener("htmx:sse:after:connection", () => { begun = true; show("on"); });
  document.addEventListener("htmx:sse:error", (event) => {
    show("off");
    // A stream that is refused means that the session ended meanwhile: the page itself then leads to the log-in.
    if (event.detail.status === 401) location.reload();
  });
  document.addEventListener("ended", () => location.reload());
  // htmx reconnects what has been connected once; a first attempt that fails is ours to repeat.
  document.addEventListener("htmx:finally:request", () => {
    if (begun) return;
    show("off");
    // A copy that is shown without a network comes back when there is one (app.js).
    if (document.querySelector("#kept:not([hidden])")) return;
    setTimeout(() => location.reload(), 3000 + Math.random() * 4000);
  });
})();
