"""A real Chromium, and pages that fail their test when the browser has something to complain of."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.memory import Memory

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# It takes two thirds of the time of the whole browser, and is what people have but for its frame.
SHELL = "chromium-headless-shell"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# Every rule is tried on every element. Which elements are well is not written down: that takes
# three quarters of the time of a long page.
RUN_AXE = """async tags => {
    const only = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
    return (await axe.run(document, only)).violations;
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    """Chromium without its windows, as Debian packages it, or as CHROMIUM names it."""
    path = os.environ.get("CHROMIUM") or shutil.which(SHELL) or shutil.which("chromium")
    if not path:
        pytest.skip("there is no Chromium")
    if not (ROOT / "frontend" / "dist" / "app.css").exists():
        pytest.skip("the front end is not built: script/test does it")
    # The loop that drives the browser is not one that Django's queries could block.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def memory():
    """Scenes that took long to play; see there."""
    memory = Memory()
    yield memory
    memory.forget()


class Visit:
    """Pages of one visitor; what their consoles said is in `complaints`."""

    def __init__(self, browser: Browser, address: str, **context) -> None:
        self.complaints: list[str] = []
        self.forgiven: tuple[str, ...] = ()
        self.context = browser.new_context(base_url=address, **context)
        self.context.set_default_timeout(10_000)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def forgive_lost_connections(self) -> None:
        """Requests that a test itself made fail are no complaint, nor are late words of them."""
        self.forgiven = ("error: Failed to load resource", "error: htmx:")
        self.complaints[:] = [
            line for line in self.complaints if not line.startswith(self.forgiven)
        ]

    def _hear(self, message) -> None:
        line = f"{message.type}: {message.text}"
        if message.type in {"error", "warning"} and not line.startswith(self.forgiven):
            self.complaints.append(line)


@pytest.fixture
def visit(browser, live_server):
    """Makes a visitor; at the end no page may have broken the security policy or thrown."""
    visits = []

    def make(viewport=DESKTOP, theme="light", **context):
        visits.append(
            Visit(browser, live_server.url, viewport=viewport, color_scheme=theme, **context)
        )
        return visits[-1]

    yield make
    for each in visits:
        each.context.close()
    assert [line for each in visits for line in each.complaints] == []


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, a line each."""
    # The policy forbids inline scripts, and the browser's own door is not subject to it.
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN_AXE, TAGS)
    return [
        f"{each['impact']} {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
