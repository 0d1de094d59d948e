"""Where Chromium is, and how it is kept quiet."""

import shutil

# Without these a Chromium on a closed network spends its time calling home.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def headless_path() -> str:
    """A Chromium that never had a window: half the work for the same pages, but it takes no push messages. Where it is
    not installed, the whole one does."""
    return shutil.which("chromium-headless-shell") or chromium_path()


def chromium_path() -> str:
    """The whole one."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is not installed: run scripts/test, which offers to install it"
    return found
