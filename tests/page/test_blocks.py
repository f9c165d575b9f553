"""The page draws every block type that may be sent, in a real browser, and lets a person use the controls."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.local_slack.server import RunningWorkspace
from tests.page.conftest import CHROMIUM

pytestmark = [
    pytest.mark.page,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="the page tests need a chromium in /usr/bin"),
]

Json = dict[str, Any]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def _button(text: str, action_id: str) -> Json:
    return {"type": "button", "text": _plain(text), "action_id": action_id}


def _cells(*texts: str) -> list[Json]:
    return [{"type": "raw_text", "text": text} for text in texts]


def _chart(kind: str) -> Json:
    points = [{"label": month, "value": value} for month, value in (("Jan", 3), ("Feb", 7))]
    series = [{"name": "Won", "data": points}]
    return {
        "type": "data_visualization",
        "title": f"Won deals as {kind}",
        "chart": {"type": kind, "series": series, "axis_config": {"categories": ["Jan", "Feb"]}},
    }


_RICH = {"type": "rich_text_section", "elements": [{"type": "text", "text": "said", "style": {"bold": True}}]}
_DEALS = [("Acme", 900), ("Globex", 1200), ("Initech", 30)]

BLOCKS: list[Json] = [
    {"type": "header", "text": _plain("Ann Lee")},
    {"type": "section", "text": _marked("*Ann* &lt;b&gt;not bold&lt;/b&gt; <@U_BEN>"), "fields": [_plain("a field")]},
    {"type": "divider"},
    {"type": "context", "elements": [_marked("n = 12")]},
    {"type": "actions", "block_id": "acts", "elements": [_button("Log a call", "log_call")]},
    {"type": "image", "image_url": "https://crm.example.com/x.png", "alt_text": "a far picture"},
    {"type": "rich_text", "elements": [_RICH]},
    {"type": "markdown", "text": "## Notes\n\n- **one**\n- two"},
    {"type": "table", "rows": [_cells("Name", "Stage"), _cells("Acme", "Won")]},
    {"type": "data_table", "caption": "Deals", "page_size": 2,
     "rows": [_cells("Name", "Value"), *[_cells(name, str(value)) for name, value in _DEALS]]},
    _chart("bar"),
    _chart("line"),
    {"type": "card", "title": _marked("A card"), "actions": [_button("Approve", "approve")]},
    {"type": "carousel", "elements": [{"type": "card", "title": _marked("One")}]},
    {"type": "container", "title": _plain("Why"), "child_blocks": [{"type": "divider"}]},
    {"type": "plan", "title": "Import", "tasks": [{"task_id": "1", "title": "Read", "status": "complete"}]},
    {"type": "task_card", "task_id": "2", "title": "Nightly run", "status": "in_progress"},
    {"type": "context_actions", "elements": [
        {"type": "feedback_buttons", "action_id": "useful", "positive_button": {"text": _plain("Good"), "value": "1"},
         "negative_button": {"text": _plain("Bad"), "value": "0"}}]},
    {"type": "video", "title": _plain("A tour"), "alt_text": "tour", "video_url": "https://crm.example.com/v",
     "thumbnail_url": "https://crm.example.com/t.png"},
]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, workspace: RunningWorkspace) -> AsyncIterator[Page]:
    """Ada's page, which fails on any error of a script and on any request that leaves this machine."""
    page = await browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((workspace.page, "data:")) else problems.append(asked.url),
    )
    answer = await page.request.post(
        f"{workspace.slack_api}chat.postMessage",
        headers={"Authorization": "Bearer xoxb-local"},
        data={"channel": "C_SALES", "text": "every block", "blocks": BLOCKS},
    )
    assert (await answer.json())["ok"], await answer.text()
    await page.goto(f"{workspace.page}#/U_ADA/C_SALES")
    await page.wait_for_selector("body[data-ready]")
    yield page
    await page.close()
    assert problems == []


async def test_every_block_type_is_drawn_and_none_as_a_placeholder(page: Page) -> None:
    """A type without a drawing would be a labelled box."""
    message = page.get_by_role("log").locator("article").last
    for block in BLOCKS:
        await expect(message.locator(f"[data-block={block['type']}]").first).to_be_visible()
    await expect(message.locator(".unknown-block, .unknown-inline")).to_have_count(0)
    await expect(message.get_by_role("img", name=re.compile("Won deals as bar.*Jan 3, Feb 7"))).to_be_visible()


async def test_text_of_a_message_never_becomes_markup(page: Page) -> None:
    """Escaped signs are shown as they were written."""
    section = page.locator("[data-block=section]")
    await expect(section).to_contain_text("Ann <b>not bold</b> @Ben Hartmann")
    await expect(section.locator("b")).to_have_count(0)


async def test_a_data_table_is_sorted_and_paged(page: Page) -> None:
    """Numbers sort as numbers, and the third row is on the second page."""
    table = page.locator("[data-block=data_table]")
    await table.get_by_role("button", name="Value").click()
    await expect(table.locator("tbody tr").first).to_contain_text("Initech")
    await table.get_by_role("button", name="Next page").click()
    await expect(table.locator("tbody tr")).to_have_count(1)
    await expect(table.locator("tbody tr")).to_contain_text("Globex")


async def test_a_press_that_no_app_hears_is_told_to_the_person(page: Page) -> None:
    """The button waits, then the page says that nobody answered."""
    await page.locator("[data-action-id=log_call]").click()
    await expect(page.get_by_role("alert")).to_contain_text("dispatch_failed")


async def test_a_redraw_keeps_what_is_being_typed(page: Page, workspace: RunningWorkspace) -> None:
    """Ben's message arrives while Ada types; her words, caret and focus stay."""
    box = page.get_by_role("textbox", name="Message #sales")
    await box.press_sequentially("half a sent")
    await workspace.gesture({"type": "message", "user": "U_BEN", "channel": "C_SALES", "text": "meanwhile"})
    await expect(page.get_by_role("log").get_by_text("meanwhile")).to_be_visible()
    await page.keyboard.type("ence")
    await expect(box).to_have_value("half a sentence")


async def test_a_command_in_a_thread_is_refused_in_slacks_words(page: Page) -> None:
    """Commands do not work in threads, and nothing is sent."""
    message = page.get_by_role("log").locator("article").last
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    box = page.get_by_role("textbox", name="Reply in thread")
    await box.fill("/crm find ann")
    await box.press("Enter")
    await expect(page.get_by_text("/crm is not supported in threads")).to_be_visible()
    await expect(box).to_have_value("/crm find ann")
