"""What axe finds on a page that keeps somebody from using it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
_FIND = """(contrast) => axe.run({resultTypes: ["violations"], rules: {"color-contrast": {enabled: contrast}}})
    .then((found) => found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id} at ${one.nodes[0].target}: ${one.nodes[0].html}`))"""
"""Only these come back: all that axe has looked at takes longer to send than to find."""


def serious(page: Page, *, contrast: bool = True) -> list[str]:
    """Without `contrast` for a page whose every text is measured by contrast.js: axe's look takes half its time."""
    page.evaluate(_AXE.axe_script)
    found: list[str] = page.evaluate(_FIND, contrast)
    return found
