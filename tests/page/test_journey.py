"""A seller in the browser: looks a customer up, logs a call, and undoes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.house import Demo

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="the page tests need a chromium in /usr/bin"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A seeded demo of its own."""
    running = Demo.start(tmp_path_factory.mktemp("page"))
    yield running
    assert running.stop() == 0


def test_ada_looks_up_logs_and_undoes_in_the_page(demo: Demo, tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 -- loads only where a browser is

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(demo.ready["page"] + "#/U_ADA/C_SALES")
        page.wait_for_selector("body[data-ready]")
        box = page.get_by_role("textbox", name="Message #sales")
        box.fill("/crm jhon smth acme")
        box.press("Enter")
        card = page.locator("article[data-ephemeral]").last
        expect(card).to_contain_text("John Smith", timeout=15_000)
        box.fill("/crm log john smith acme: called, wants 12 gauges, follow up friday")
        box.press("Enter")
        receipt = page.locator("article[data-ephemeral]", has_text="12 gauges").last
        expect(receipt).to_be_visible(timeout=15_000)
        receipt.get_by_role("button", name="Undo").click()
        expect(page.locator("article", has_text="Taken back").last).to_be_visible(timeout=15_000)
        page.screenshot(path=str(tmp_path / "journey.png"))
        browser.close()
