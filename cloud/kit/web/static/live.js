// Says whether the page is live, and leaves when the reader is no longer signed in.
(() => {
  const state = (name) => { document.documentElement.dataset.live = name; };
  document.addEventListener("htmx:sse:after:connection", () => state("on"));
  document.addEventListener("htmx:sse:error", (event) => {
    state("off");
    // A stream that is refused means that the session ended meanwhile: the page itself then leads to the log-in.
    if (event.detail.status === 401) location.reload();
  });
  document.addEventListener("ended", () => location.reload());
})();
