"""A seller in the browser, with the whole product behind the page."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.journeys.house import Demo
from tests.page.conftest import CHROMIUM, QUIET

PATIENCE_MS = 15_000
TALK = re.compile("^Rapport(?! home)")  # With what is unread behind it.
expect.set_options(timeout=PATIENCE_MS)
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(chromium: Browser, demo: Demo) -> Iterator[Page]:
    """One page for all journeys; no script may fail in any of them."""
    page = chromium.new_page(viewport={"width": 1280, "height": 860})
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.set_default_timeout(PATIENCE_MS)
    page.goto(demo.ready["page"] + "#/U_ADA/C_SALES")
    page.wait_for_selector("body[data-ready]")
    yield page
    page.close()
    assert problems == []


@pytest.fixture
def ada(tab: Page, demo: Demo) -> Iterator[Page]:
    """Ada in the sales channel, with no dialog left open from before."""
    tab.goto(demo.ready["page"] + "#/U_ADA/C_SALES")
    expect(tab.get_by_role("textbox", name="Message #sales")).to_be_visible()
    yield tab
    for view in reversed(demo.state()["views"]):
        demo.act(type="close_view", user="U_ADA", view_id=view["id"])
    expect(tab.get_by_role("dialog")).to_have_count(0)


def write(page: Page, text: str, box: str = "Message #sales") -> None:
    """Write a line and send it."""
    field = page.get_by_role("textbox", name=box)
    field.fill(text)
    field.press("Enter")


def shows(place: Page | Locator, text: str) -> Locator:
    """The newest message with this text that can be seen, once it is there."""
    found = place.locator("article:visible", has_text=text).last
    expect(found).to_be_visible(timeout=PATIENCE_MS)
    return found


def test_ada_looks_up_logs_and_undoes_in_the_page(ada: Page) -> None:
    """A command becomes a card, a log its receipt, and Undo takes it back."""
    write(ada, "/crm jhon smth acme")
    shows(ada, "John Smith")
    write(ada, "/crm log john smith acme: called, wants 12 gauges, follow up friday")
    shows(ada, "12 gauges").get_by_role("button", name="Undo").click()
    shows(ada, "Taken back")


def test_a_dialog_says_on_the_field_what_is_wrong_and_then_takes_it(ada: Page, demo: Demo) -> None:
    """A shortcut opens the dialog; the wrong address keeps it open with all that was typed."""
    ada.get_by_role("button", name="Shortcuts").click()
    ada.get_by_role("menuitem", name=re.compile("New contact")).click()
    dialog = ada.get_by_role("dialog", name="New contact")
    dialog.get_by_label("Name").fill("Petra Quill")
    dialog.get_by_label(re.compile("E-mail")).fill("petra at quill")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_text("This is no e-mail address")).to_be_visible()
    expect(dialog.get_by_label(re.compile("E-mail"))).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Name")).to_have_value("Petra Quill")
    dialog.get_by_label(re.compile("E-mail")).fill("petra@quill.example")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)
    demo.settle()
    write(ada, "/crm petra quill")
    shows(ada, "petra@quill.example")


def test_a_question_in_a_thread_is_answered_in_the_thread(ada: Page) -> None:
    """Commands do not work in threads, so the app is mentioned there."""
    message = ada.get_by_role("log").locator("article[data-user=U_BEN]").last
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    write(ada, "@Rapport find john smith acme", "Reply in thread")
    shows(ada.get_by_role("log", name="Thread"), "Acme Corporation")


def test_a_message_is_logged_from_its_menu(ada: Page) -> None:
    """The shortcut in a message's menu opens the app's dialog, with the message in it; Escape leaves it."""
    write(ada, "Met John Smith of Acme, he asked for a second quote")
    message = shows(ada, "second quote")
    message.hover()
    message.get_by_role("button", name="More message actions").click()
    ada.get_by_role("menuitem", name=re.compile("Log to CRM")).click()
    dialog = ada.get_by_role("dialog")
    expect(dialog.get_by_role("textbox").last).to_have_value(re.compile("second quote"))
    ada.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_app_answers_in_its_own_talk_and_shows_a_home(ada: Page) -> None:
    """A direct message needs no command, and the home is this person's day."""
    places = ada.get_by_role("navigation")
    places.get_by_role("link", name=TALK).click()
    write(ada, "john smith acme", "Message Rapport")
    shows(ada, "Acme Corporation")
    places.get_by_role("link", name="Rapport home").click()
    home = ada.get_by_role("region", name="Rapport home")
    expect(home).to_contain_text("Ada")
    expect(home.get_by_role("button").first).to_be_visible()


def test_a_mail_written_on_the_page_comes_back_as_a_receipt(ada: Page) -> None:
    """Forwarded to Ada's own address by SMTP, filed, and told in her talk with the app."""
    ada.get_by_role("button", name="Write an e-mail").click()
    dialog = ada.get_by_role("dialog", name="Write an e-mail")
    expect(dialog.get_by_label("To", exact=True)).to_have_value(re.compile("^ada-.+@"))
    dialog.get_by_role("button", name="Fill in a forwarded mail").click()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("status")).to_contain_text("Accepted")
    ada.keyboard.press("Escape")
    ada.get_by_role("navigation").get_by_role("link", name=TALK).click()
    shows(ada, "Nora Lindqvist")


def test_keys_alone_find_a_customer_and_press_a_button(ada: Page) -> None:
    """Completed, sent, and back by Shift and Tab to the card's buttons, without a mouse."""
    cards = ada.locator("article:visible", has_text="john.smith@acme.example")
    ada.keyboard.press("Control+k")
    ada.keyboard.type("sales")
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("textbox", name="Message #sales")).to_be_focused()
    before = cards.count()
    ada.keyboard.type("/cr")
    ada.keyboard.press("Tab")
    ada.keyboard.type("john smith acme")
    ada.keyboard.press("Enter")
    expect(cards).to_have_count(before + 1)
    card = cards.last
    ada.keyboard.press("Shift+Tab")
    expect(card.locator("button:focus")).to_have_count(1)
    card.get_by_role("button", name="Log", exact=True).focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("dialog")).to_be_visible()
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("dialog")).to_have_count(0)
    expect(card.get_by_role("button", name="Log", exact=True)).to_be_focused()


def test_a_pasted_link_becomes_a_card_whose_details_open_beside(ada: Page, demo: Demo) -> None:
    """The side pane is filled by the product, and a button in it answers Ada alone."""
    [found] = json.loads(demo.crm("find", "john smith acme", "--limit", "1", "--json").stdout)["results"]
    write(ada, f"see https://crm.example.com/{found['id']}")
    card = ada.locator(".entity").last
    expect(card).to_contain_text("John Smith")
    card.get_by_role("button", name="Show details").click()
    pane = ada.get_by_role("complementary", name="Details: John Smith")
    expect(pane).to_contain_text("Acme Corporation")
    pane.get_by_role("button", name="Close details").click()
    expect(pane).to_have_count(0)
