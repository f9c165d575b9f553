"""The page by itself, in a real browser: who acts, places, keys, colours, widths, faults, mail, linked objects."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.async_api import Browser, Locator, Page, expect

from bot.local_slack.people import MailDoor
from bot.local_slack.server import RunningWorkspace
from tests.local_slack.conftest import App, Caller
from tests.page.conftest import CHROMIUM

pytestmark = [
    pytest.mark.page,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="the page tests need a chromium in /usr/bin"),
]

Json = dict[str, Any]
LINK = "https://crm.example.com/cus_1"


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, workspace: RunningWorkspace) -> AsyncIterator[Page]:
    """Ada's page, which fails on any error of a script and on any request that leaves this machine."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((workspace.page, "data:")) else problems.append(asked.url),
    )
    await page.goto(f"{workspace.page}#/U_ADA/C_SALES")
    await page.wait_for_selector("body[data-ready]")
    yield page
    await page.close()
    assert problems == []


def box(page: Page, place: str) -> Locator:
    """The message box of a place."""
    return page.get_by_role("textbox", name=f"Message {place}")


async def act_as(page: Page, user: str) -> None:
    """Choose who acts."""
    await page.get_by_label("Act as").select_option(user)


def say(workspace: RunningWorkspace, text: str, user: str = "U_BEN", channel: str = "C_SALES") -> str:
    """Somebody has written into a channel; gives the message's ts. No app is told, so nobody waits for one."""
    return workspace.workspace.seed_message(channel, user, text)


async def test_another_person_acts_at_the_same_place(page: Page, workspace: RunningWorkspace) -> None:
    """Ben sees the thread that Ada had open; Cleo, of another team, sees her own channel, and Ada returns to hers."""
    ts = say(workspace, "who follows up?")
    message = page.locator(f'article[data-ts="{ts}"]')
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    await act_as(page, "U_BEN")
    await expect(page).to_have_url(re.compile(rf"#/U_BEN/C_SALES/{ts}$"))
    await expect(page.get_by_role("textbox", name="Reply in thread")).to_be_visible()
    await act_as(page, "U_CLEO")
    await expect(box(page, "#general")).to_be_visible()
    await expect(page.get_by_role("navigation").get_by_text("sales")).to_have_count(0)
    await act_as(page, "U_ADA")
    await expect(page).to_have_url(re.compile(rf"#/U_ADA/C_SALES/{ts}$"))


async def test_each_person_has_a_talk_with_the_app_of_his_own(page: Page) -> None:
    """From Ada's talk with the app Ben comes to his."""
    await page.get_by_role("navigation").get_by_role("link", name="Rapport", exact=True).click()
    await expect(page).to_have_url(re.compile("#/U_ADA/D_ADA$"))
    await act_as(page, "U_BEN")
    await expect(page).to_have_url(re.compile("#/U_BEN/D_BEN$"))


async def test_what_came_in_elsewhere_is_counted_until_it_is_read(page: Page, workspace: RunningWorkspace) -> None:
    """The badge has the number, and going there takes it away."""
    for text in ("one", "two"):
        say(workspace, text, channel="C_CAMPAIGNS")
    link = page.get_by_role("navigation").get_by_role("link", name="campaigns")
    await expect(link.get_by_label("2 unread")).to_be_visible()
    await link.click()
    await expect(link.get_by_label("2 unread")).to_have_count(0)


async def test_keys_alone_go_everywhere(page: Page, workspace: RunningWorkspace) -> None:
    """The switcher, the message box, the list of messages, a thread and back, without a mouse."""
    say(workspace, "first")
    ts = say(workspace, "second", user="U_ADA")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Go to")).to_be_visible()
    await page.keyboard.type("camp")
    await page.keyboard.press("Enter")
    await expect(box(page, "#campaigns")).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("sal")
    await page.keyboard.press("Enter")
    log = page.get_by_role("log")
    await expect(log.get_by_text("second")).to_be_visible()
    await log.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(f'article[data-ts="{ts}"]')).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Reply in thread")).to_be_focused()
    await page.keyboard.type("done")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log", name="Thread").get_by_text("done")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Reply in thread")).to_have_count(0)


async def test_a_command_is_completed_with_its_usage(page: Page) -> None:
    """Tab takes the offered command, and its usage stays in sight while it is typed."""
    await box(page, "#sales").press_sequentially("/c")
    await expect(page.get_by_role("option", name="/crm")).to_contain_text("Log, look up")
    await page.keyboard.press("Tab")
    await expect(box(page, "#sales")).to_have_value("/crm ")
    await expect(page.locator(".usage code")).to_contain_text("/crm log Ann Lee")


async def test_the_colours_follow_the_system_until_somebody_chooses(
    browser: Browser, workspace: RunningWorkspace
) -> None:
    """Dark with a dark system, light once light was chosen, and still light after a reload."""
    context = await browser.new_context(color_scheme="dark")
    page = await context.new_page()
    await page.goto(workspace.page)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(ground) == "rgb(23, 28, 27)"
    await page.get_by_role("button", name="Theme: as the system").click()
    assert await page.evaluate(ground) == "rgb(255, 255, 255)"
    await page.reload()
    assert await page.evaluate(ground) == "rgb(255, 255, 255)"
    await expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    await context.close()


async def test_a_reaction_is_searched_given_and_taken_back(page: Page, workspace: RunningWorkspace) -> None:
    """The picker finds an emoji by a part of its name; a second press on the reaction takes it off."""
    ts = say(workspace, "we won")
    message = page.locator(f'article[data-ts="{ts}"]')
    await message.hover()
    await message.get_by_role("button", name="Add reaction").click()
    await page.get_by_label("Search emoji").fill("tro")
    await page.keyboard.press("Enter")
    mine = message.get_by_role("button", name="trophy, 1: Ada Okonkwo")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await mine.click()
    await expect(mine).to_have_count(0)


async def test_the_page_fits_a_telephone(page: Page, workspace: RunningWorkspace) -> None:
    """At 390 px nothing goes over the edge, the places are in a drawer, and the tools in one menu."""
    await page.set_viewport_size({"width": 390, "height": 800})
    say(workspace, "a-very-long-word-" * 20)
    await expect(page.get_by_role("log").get_by_text("a-very-long-word")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    for article in await page.locator("article .message-main").all():
        edge = await article.evaluate("node => node.getBoundingClientRect().right")
        assert edge <= 390
    await expect(page.get_by_text("local demo, not Slack")).to_be_visible()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("navigation").get_by_role("link", name="Rapport home").click()
    await expect(page.get_by_role("heading", name="Rapport home")).to_be_visible()
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Inspector").click()
    await expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()


async def test_the_inspector_finds_a_call_by_its_payload(page: Page, workspace: RunningWorkspace) -> None:
    """A refused call is among the failures, and its line opens to what was sent."""
    await page.get_by_role("button", name="Inspector").click()
    for text in ("needle in the hay", ""):
        await page.request.post(
            f"{workspace.slack_api}chat.postMessage",
            headers={"Authorization": "Bearer xoxb-local"}, data={"channel": "C_SALES", "text": text},
        )  # fmt: skip
    lines = page.locator(".log-lines > li:visible")
    await expect(lines).to_have_count(2)
    await page.get_by_label("Show", exact=True).select_option("failed")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("no_text")
    await page.get_by_label("Show", exact=True).select_option("all")
    await page.get_by_label("Filter calls and envelopes").fill("needle")
    await expect(lines).to_have_count(1)
    await lines.locator("summary").click()
    await expect(page.get_by_label("Payload")).to_contain_text("needle in the hay")


async def test_a_fault_ordered_on_the_page_meets_the_next_call(page: Page, workspace: RunningWorkspace) -> None:
    """One call is refused with the chosen error, the one after it is not."""
    await page.get_by_role("button", name="Inspector").click()
    await page.get_by_text("Faults and time").click()
    await page.get_by_label("Error", exact=True).fill("is_archived")
    await page.get_by_role("button", name="Refuse").click()
    await expect(page.get_by_text("The next such calls are refused.")).to_be_visible()
    said = []
    for _ in range(2):
        answer = await page.request.post(
            f"{workspace.slack_api}chat.postMessage",
            headers={"Authorization": "Bearer xoxb-local"}, data={"channel": "C_SALES", "text": "x"},
        )  # fmt: skip
        said.append((await answer.json()).get("error"))
    assert said == ["is_archived", None]


class Listener:
    """An SMTP listener that keeps what it takes, and refuses one address."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 -- the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 No such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 Kept"


async def test_a_mail_is_written_on_the_page_and_handed_over_by_smtp(page: Page, workspace: RunningWorkspace) -> None:
    """The address is filled in, the listener's own words are shown, and a refusal is one."""
    listener = Listener()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(listener), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    workspace.offer_mail(MailDoor("127.0.0.1", port, {"U_ADA": "ada-1@in.example"}))
    await page.reload()
    try:
        await page.get_by_role("button", name="Write an e-mail").click()
        await expect(page.get_by_label("From")).to_have_value("ada@halyard.example")
        await expect(page.get_by_label("To", exact=True)).to_have_value("ada-1@in.example")
        await page.get_by_role("button", name="Fill in a forwarded mail").click()
        await page.get_by_label("Attachments").set_input_files(
            {"name": "offer.txt", "mimeType": "text/plain", "buffer": b"forty units"}
        )
        dialog = page.get_by_role("dialog", name="Write an e-mail")
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog.get_by_role("status")).to_contain_text("250 2.0.0 Kept")
        await page.get_by_label("To", exact=True).fill("nobody@in.example")
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog.get_by_role("status")).to_contain_text("Not accepted: 550 5.1.1 No such address")
        [envelope] = listener.taken
        content = envelope.content
        assert isinstance(content, bytes)
        assert b"Forwarded message" in content
        assert b'filename="offer.txt"' in content
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
    finally:
        server.close()


def _entity(**payload: Any) -> Json:
    return {
        "entity_type": "slack#/entities/item", "app_unfurl_url": LINK, "url": LINK, "external_ref": {"id": "cus_1"},
        "entity_payload": {"attributes": {"title": {"text": "Ann Lee"}, "product_name": "Rapport"}, **payload},
    }  # fmt: skip


async def test_a_linked_object_opens_beside_the_channel_and_takes_a_change(
    page: Page, workspace: RunningWorkspace
) -> None:
    """The card's button asks the app for details; what it presents is shown, pressed and changed."""
    stage = {"key": "stage", "label": "Stage", "value": "Offer", "type": "string", "edit": {"enabled": True}}
    size = {"key": "size", "label": "Size", "value": "40 seats", "type": "string"}
    button = {"text": "Log a call", "action_id": "log_call", "value": "cus_1"}
    async with aiohttp.ClientSession() as http:
        call, app = Caller(workspace, http), App()
        reader = await app.connect(call)
        ts = say(workspace, LINK, user="U_ADA")
        await call.ok("chat.unfurl", channel="C_SALES", ts=ts, metadata={"entities": [_entity(custom_fields=[size])]})
        await page.get_by_role("button", name="Show details").click()
        asked = (await app.next("entity_details_requested"))["payload"]["event"]
        details = _entity(custom_fields=[size, stage], actions={"primary_actions": [button]})
        await call.ok("entity.presentDetails", trigger_id=asked["trigger_id"], metadata=details)
        pane = page.get_by_role("complementary", name="Details: Ann Lee")
        await expect(pane).to_contain_text("40 seats")
        await pane.get_by_role("button", name="Log a call").click()
        pressed = (await app.next("block_actions"))["payload"]
        assert (pressed["actions"][0]["value"], pressed["container"]["external_ref"]) == ("cus_1", {"id": "cus_1"})
        await pane.get_by_label("Stage").fill("Won")
        await pane.get_by_role("button", name="Save changes").click()
        saved = (await app.next("view_submission"))["payload"]
        assert saved["view"]["state"]["values"]["stage"]["stage.input"]["value"] == "Won"
        await page.keyboard.press("Escape")
        await expect(pane).to_have_count(0)
        assert app.socket is not None
        await app.socket.close()
        await reader


async def test_the_app_is_invited_from_the_message_box(page: Page, workspace: RunningWorkspace) -> None:
    """`/invite @Rapport` in a channel without it, as people do in Slack."""
    await page.goto(f"{workspace.page}#/U_ADA/C_NOAPP")
    await expect(page.get_by_text("Rapport is not in this channel")).to_be_visible()
    field = box(page, "#leadership")
    await field.fill("/invite @Ben Hartmann")
    await field.press("Enter")
    await expect(page.get_by_text("Here only the app can be named")).to_be_visible()
    await field.fill("/invite @Rapport")
    await field.press("Enter")
    await expect(page.get_by_text("Rapport is not in this channel")).to_have_count(0)


async def test_of_a_long_channel_the_end_is_drawn_and_the_rest_on_request(
    page: Page, workspace: RunningWorkspace
) -> None:
    """A permalink to a message of long ago draws as far back as that message."""
    stamps = [workspace.workspace.seed_message("C_SALES", "U_BEN", f"line {n}", f"{1_790_000_000 + n}.000000")
              for n in range(400)]  # fmt: skip
    articles = page.get_by_role("log").locator("article")
    await expect(articles).to_have_count(150)
    await expect(articles.last).to_contain_text("line 399")
    await page.get_by_role("button", name="Show earlier messages (250)").click()
    await expect(articles).to_have_count(300)
    await page.goto(f"{workspace.page}archives/C_SALES/p{stamps[10].replace('.', '')}")
    await page.wait_for_selector("body[data-ready]")
    await expect(page.locator("article.pointed")).to_contain_text("line 10")
    await expect(page.locator("article.pointed")).to_be_in_viewport()


async def test_a_permalink_typed_into_the_open_page_points_to_its_message(
    page: Page, workspace: RunningWorkspace
) -> None:
    ts = say(workspace, "the one that is meant")
    await expect(page.get_by_text("the one that is meant")).to_be_visible()
    await page.evaluate(f"location.hash = 'archives/C_SALES/p{ts.replace('.', '')}'")
    await expect(page.locator(f'[data-ts="{ts}"]')).to_have_class(re.compile("pointed"))
    await expect(page.locator("#thread")).to_be_hidden()


async def test_a_channel_keeps_its_room_beside_a_thread_and_the_inspector(
    page: Page, workspace: RunningWorkspace
) -> None:
    ts = say(workspace, "a thread begins here")
    await page.evaluate(f"location.hash = '#/U_ADA/C_SALES/{ts}'")
    await expect(page.locator("#thread")).to_be_visible()
    await page.locator("#inspector-button").click()
    await expect(page.locator("#inspector")).to_be_visible()
    width = await page.locator("#main").evaluate("node => node.getBoundingClientRect().width")
    assert width > 500
