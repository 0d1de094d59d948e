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


def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is not installed: run scripts/test, which offers to install it"
    return found
