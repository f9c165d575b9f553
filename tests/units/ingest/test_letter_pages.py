"""The pages behind a letter's links: what somebody wants to get, and redirects that lead only where the team wrote."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from campaigns.letters import Sending, written
from crm_store.actions import clicks as click_acts
from crm_store.actions import letter_limits, sends
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.learning import CampaignLink
from crm_store.models.marketing import Campaign, Consent, Response, Send, Suppression
from crm_store.queries import preferences, suggestions
from crm_store.values import clicks, links, sending
from crm_store.values.purposes import Purpose
from crm_store.values.sending import SendHours
from ingest.api.clicks import Clicking
from ingest.api.unsubscribe import Unsubscribing
from tests.cast import Cast
from tests.units.campaigns.test_letter_limits import campaign

KEY = "k" * 32
TEAM = "tea_rapport"
SHOP = "https://shop.example/new?a=1"
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
Door = TestClient[web.Request, web.Application]


@pytest.fixture
async def door(cast: Cast) -> AsyncIterator[Door]:
    """The web application with both kinds of pages."""
    app = web.Application()
    app.add_routes([*Unsubscribing(cast.store).routes(), *Clicking(cast.store).routes()])
    async with TestClient(TestServer(app)) as client:
        yield client


def first_letter(work: Work) -> str:
    return str(work.session.scalars(select(Send.send_id).order_by(Send.customer_id).limit(1)).one())


def refused(work: Work) -> list[str]:
    return sorted(work.session.scalars(select(Consent.purpose).where(Consent.given.is_(False))))


async def test_a_reader_keeps_some_letters_and_gives_up_others(cast: Cast, door: Door) -> None:
    cast.ben.write_now(campaign, 1)
    send_id = cast.ben.read_now(first_letter)
    path = f"/u/{sending.unsubscribe_token(KEY, TEAM, send_id)}"
    shown = await (await door.get(path)).text()
    assert shown.count(" checked") == 3
    assert cast.ben.read_now(refused) == []
    done = await door.post(path, data={"choice": "some", "purpose": "service"})
    assert "From now on you get: Letters about your own orders and talks." in await done.text()
    assert cast.ben.read_now(refused) == ["news", "offers"]
    standing = cast.ben.read_now(suggestions.standings, ["cus_0"])["cus_0"]
    assert standing.consents(Purpose.SERVICE)
    assert not standing.consents(Purpose.OFFERS)
    assert cast.ben.write_now(sends.claim, SendHours(always=True)) == ()
    assert (await (await door.get(path)).text()).count(" checked") == 1
    await door.post(path, data={"choice": "some", "purpose": ["service", "offers"]})
    assert cast.ben.read_now(refused) == ["news"]


async def test_leaving_a_box_ticked_consents_to_nothing(cast: Cast, door: Door) -> None:
    cast.ben.write_now(campaign, 1)

    def never_agreed(work: Work) -> None:
        for one in work.session.scalars(select(Consent)):
            work.session.delete(one)

    cast.ben.write_now(never_agreed)
    path = f"/u/{sending.unsubscribe_token(KEY, TEAM, cast.ben.read_now(first_letter))}"
    await door.post(path, data={"choice": "some", "purpose": [one.value for one in Purpose]})
    assert not cast.ben.read_now(suggestions.standings, ["cus_0"])["cus_0"].consents(Purpose.OFFERS)


@pytest.mark.parametrize(
    "body",
    [b"List-Unsubscribe=One-Click", b"", b"choice=some", b"choice=some&purpose=everything", b"\xff%%%=&&", b"x" * 9000],
)
async def test_one_click_and_whatever_names_no_purpose_ends_all_letters(cast: Cast, door: Door, body: bytes) -> None:
    cast.ben.write_now(campaign, 1)
    send_id = cast.ben.read_now(first_letter)
    path = f"/u/{sending.unsubscribe_token(KEY, TEAM, send_id)}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert "no campaign mail from us any more" in await (await door.post(path, data=body, headers=kind)).text()
    assert cast.ben.read_now(lambda work: work.session.scalars(select(Suppression.reason)).all()) == ["unsubscribed"]
    assert cast.ben.read_now(preferences.wanted, send_id) == frozenset()
    assert "You get no campaign mail from us." in await (await door.get(path)).text()


async def test_one_click_of_a_letter_that_names_its_purpose_ends_that_alone_however_often(
    cast: Cast, door: Door
) -> None:
    cast.ben.write_now(campaign, 1)
    (letter,) = cast.ben.write_now(sends.claim, SendHours(always=True))
    house = Sending("", "in.rapport.example", "https://crm.rapport.example", by_purpose=True)
    mail = message_from_bytes(written(letter, house).content, policy=policy.default)
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert address.endswith("?only=offers")
    assert str(mail["List-Id"]).startswith("Offers and reminders to order <")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "ends this kind alone" in text
    assert f"say so here: {address.partition('?')[0]}" in text, "the page for all is in the letter as well"
    path = address.removeprefix("https://crm.rapport.example")
    for _ in range(2):
        told = await (await door.post(path, data={"List-Unsubscribe": "One-Click"})).text()
        assert "From now on you get: News and introductions · Letters about your own orders and talks." in told
    assert cast.ben.read_now(refused) == ["offers"]
    await door.post(path, data={})
    assert cast.ben.read_now(preferences.wanted, letter.send_id) == frozenset(), "the button of the page ends all"


async def test_a_purpose_that_is_none_ends_all_letters(cast: Cast, door: Door) -> None:
    cast.ben.write_now(campaign, 1)
    send_id = cast.ben.read_now(first_letter)
    path = f"/u/{sending.unsubscribe_token(KEY, TEAM, send_id)}?only=everything"
    await door.post(path, data={"List-Unsubscribe": "One-Click"})
    assert cast.ben.read_now(preferences.wanted, send_id) == frozenset()


def clickable(work: Work) -> tuple[str, str]:
    """A letter that left and names an address; its id and the token of the link."""
    campaign(work, 1)
    letter_limits.change_clicks(work, on=True)
    click_acts.fix(work, "cam_1", [f"Look: {SHOP}. And https://shop.example/{{{{ first_name }}}}"])
    send_id = first_letter(work)
    row = work.session.get_one(Send, (work.team_id, send_id))
    row.state, row.at = sending.SENT, work.now - timedelta(minutes=1)
    return send_id, links.token(KEY, clicks.PURPOSE, TEAM, clicks.row_of(send_id, 0))


def clicked(work: Work) -> int:
    return len(work.session.scalars(select(Response).where(Response.kind == "click")).all())


async def test_a_click_leads_where_the_letter_said_and_counts_once(cast: Cast, door: Door) -> None:
    _, token = cast.ben.write_now(clickable)
    for _ in range(2):
        found = await door.get(
            f"/k/{token}?utm_source=rapport&next=//evil.example", headers=READER, allow_redirects=False
        )
        assert found.status == 302
        assert found.headers["Location"] == f"{SHOP}&utm_source=rapport"
    assert cast.ben.read_now(clicked) == 1


async def test_machines_are_led_on_and_not_counted(cast: Cast, door: Door, clock: MovableClock) -> None:
    send_id, token = cast.ben.write_now(clickable)
    for agent in ("", "GoogleImageProxy", "Mozilla/5.0 (compatible; bingbot/2.0)", "curl/8", "python-requests/2"):
        found = await door.get(f"/k/{token}", headers={"User-Agent": agent}, allow_redirects=False)
        assert found.headers["Location"] == SHOP
    assert (await door.head(f"/k/{token}", headers=READER, allow_redirects=False)).status == 302

    def just_left(work: Work) -> None:
        work.session.get_one(Send, (work.team_id, send_id)).at = work.now

    cast.ben.write_now(just_left)
    await door.get(f"/k/{token}", headers=READER, allow_redirects=False)
    assert cast.ben.read_now(clicked) == 0
    clock.advance(31 * 86_400)
    await door.get(f"/k/{token}", headers=READER, allow_redirects=False)
    assert cast.ben.read_now(clicked) == 0


async def test_nothing_but_the_teams_own_links_is_led_anywhere(cast: Cast, door: Door) -> None:
    send_id, token = cast.ben.write_now(clickable)
    unsubscribes = sending.unsubscribe_token(KEY, TEAM, send_id)
    forged = links.token("x" * 32, clicks.PURPOSE, TEAM, clicks.row_of(send_id, 0))
    other = links.token(KEY, clicks.PURPOSE, TEAM, clicks.row_of(send_id, 7))
    for bad in (unsubscribes, forged, other, token[:-6] + "AAAAAA", "https:evil.example", "x" * 40):
        assert (await door.get(f"/k/{bad}", headers=READER, allow_redirects=False)).status == 404
    cast.ben.write_now(_spoiled)
    assert (await door.get(f"/k/{token}", headers=READER, allow_redirects=False)).status == 404


def _spoiled(work: Work) -> None:
    for one in work.session.scalars(select(CampaignLink)):
        one.url = "javascript:alert(1)"


def test_letters_carry_redirects_only_where_clicks_are_counted_and_the_timeline_never_does(cast: Cast) -> None:
    house = Sending("", "in.rapport.example", "https://crm.rapport.example")

    def with_link(work: Work) -> None:
        clickable(work)
        row = work.session.get_one(Send, (work.team_id, first_letter(work)))
        row.state, row.at = sending.WAITING, None
        from_campaign = work.session.scalars(select(CampaignLink)).all()
        assert [one.url for one in from_campaign] == [SHOP]

    cast.ben.write_now(with_link)
    cast.ben.write_now(_body)
    (letter,) = cast.ben.write_now(sends.claim, SendHours(always=True))
    mail = written(letter, house)
    assert b"https://crm.rapport.example/k/" in mail.content.replace(b"=\r\n", b"")
    assert "/c/" not in mail.text
    assert f"{SHOP}&utm_source" in mail.text


def _body(work: Work) -> None:
    from_row = work.session.get_one(Campaign, (work.team_id, "cam_1"))
    from_row.template = {"subject": "Hello", "body": f"Look: {SHOP}."}


def test_without_the_setting_no_link_is_kept(cast: Cast) -> None:
    cast.ben.write_now(campaign, 1)
    assert cast.ben.write_now(click_acts.fix, "cam_1", [f"Look: {SHOP}"]) == 0
