"""Audiences that leave: only who consented, only by a manager's wish, each once, and told what became of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from campaigns import hand_over
from campaigns.tools import webhook
from crm_store.actions import audience_exports as acts
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed, NotFound
from crm_store.models.audiences import AudienceExport
from crm_store.models.marketing import Campaign, CampaignMember, Suppression
from crm_store.models.people import Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import audiences
from crm_store.settings import Settings, read
from crm_store.values.audiences import AudienceSource
from tests.cast import Cast
from tests.units.campaigns import shop
from tests.units.campaigns.mailchimp_double import KEY, LIST, MailchimpDouble

SPRING = AudienceSource("campaign", "cam_1", "Spring letter")
PEOPLE = ("ann", "bob", "eve", "hal", "ida")
Serve = Callable[[web.Application], Awaitable[str]]


def stocked(work: Work) -> None:
    """Ann and Bob may leave; Eve unsubscribed, Hal was held out, Ida never consented."""
    for name in PEOPLE:
        work.add(Customer(customer_id=f"cus_{name}", name=f"{name.title()} Lee", name_key=name, created_at=work.now))
        work.flush()
        shop.address(work, f"cus_{name}")
        if name != "ida":
            shop.consent(work, f"cus_{name}")
    work.add(Suppression(value_key="cus_eve@shop.example", scope="marketing", reason="unsubscribed", at=work.now))
    work.add(Campaign(campaign_id="cam_1", name="Spring letter", kind="win_back", state="approved",
                      approved_by="usr_ben", created_at=work.now))  # fmt: skip
    for name in PEOPLE:
        arm = "holdout" if name == "hal" else "treated"
        work.add(CampaignMember(campaign_id="cam_1", customer_id=f"cus_{name}", arm=arm))


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Puts applications on loopback and tells their address."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def told(cast: Cast) -> list[str]:
    def notices(work: Work) -> list[str]:
        rows = work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "notice").order_by(OutboxRow.created_at))
        return [str(row.payload["text"]) for row in rows]

    return cast.ben.read_now(notices)


def state(cast: Cast, export_id: str) -> tuple[str, int]:
    def row(work: Work) -> tuple[str, int]:
        found = work.session.get_one(AudienceExport, (work.team_id, export_id))
        return found.state, found.attempts

    return cast.ben.read_now(row)


def mailchimp_settings(url: str, **more: Any) -> Settings:
    given = {"CRM_MAILCHIMP_KEY": KEY, "CRM_MAILCHIMP_LIST": LIST, "CRM_MAILCHIMP_URL": f"{url}/3.0", **more}
    return read(given)


def asked(cast: Cast, tool: Any = "mailchimp", *, as_file: bool = False) -> str:
    return cast.ben.write_now(acts.ask, SPRING, tool, as_file=as_file)


def test_only_who_consented_and_was_written_to_is_in_the_audience(cast: Cast) -> None:
    cast.ben.write_now(stocked)
    found = cast.ben.read_now(audiences.audience, SPRING)
    assert [one.email for one in found.people] == ["cus_ann@shop.example", "cus_bob@shop.example"]
    assert dict(found.left_out) == {"no consent": 1, "unsubscribed or bounced": 1}
    assert cast.cleo.read_now(audiences.audience, SPRING).people == ()


def test_a_rep_cannot_hand_people_over(cast: Cast) -> None:
    cast.ben.write_now(stocked)
    with pytest.raises(NotAllowed, match="manager or an admin"):
        cast.ada.write_now(acts.ask, SPRING, "meta", as_file=True)


def test_a_group_is_found_by_its_name_in_any_case(cast: Cast) -> None:
    cast.ben.write_now(stocked)
    assert cast.ben.read_now(audiences.named, "SPRING  letter") == SPRING
    with pytest.raises(NotFound, match="no segment and no campaign"):
        cast.ben.read_now(audiences.named, "autumn")


async def test_mailchimp_gets_each_person_once_and_keeps_who_unsubscribed_there(cast: Cast, serve: Serve) -> None:
    cast.ben.write_now(stocked)
    double = MailchimpDouble()
    double.members["cus_bob@shop.example"] = {"status": "unsubscribed", "tags": set()}
    settings = mailchimp_settings(await serve(double.app()))
    export_id = asked(cast)
    assert await hand_over.run(cast.ben, settings) == hand_over.HandedOver(1, 0)
    assert await hand_over.run(cast.ben, settings) == hand_over.HandedOver(0, 0)
    assert double.members["cus_ann@shop.example"]["status"] == "subscribed"
    assert double.members["cus_ann@shop.example"]["tags"] == {"Spring letter"}
    assert double.members["cus_bob@shop.example"]["status"] == "unsubscribed"
    assert sorted(double.members) == ["cus_ann@shop.example", "cus_bob@shop.example"]
    assert state(cast, export_id) == ("done", 0)
    assert told(cast) == [
        "“Spring letter” is at Mailchimp: 1 new, 1 known there. Left out: 1 no consent, 1 unsubscribed or bounced."
    ]


async def test_a_busy_mailchimp_is_asked_again_later(cast: Cast, clock: MovableClock, serve: Serve) -> None:
    cast.ben.write_now(stocked)
    double = MailchimpDouble()
    double.busy = 1
    settings = mailchimp_settings(await serve(double.app()))
    export_id = asked(cast)
    assert await hand_over.run(cast.ben, settings) == hand_over.HandedOver(0, 1)
    assert await hand_over.run(cast.ben, settings) == hand_over.HandedOver(0, 0)
    assert state(cast, export_id) == ("waiting", 1)
    clock.advance(31)
    assert await hand_over.run(cast.ben, settings) == hand_over.HandedOver(1, 0)
    assert double.calls == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CRM_MAILCHIMP_KEY": "wrong-us1"}, "does not know the key"),
        ({"CRM_MAILCHIMP_LIST": "zzz"}, "has no such list"),
        ({"CRM_MAILCHIMP_KEY": ""}, "Set CRM_MAILCHIMP_KEY"),
    ],
)
async def test_a_wrong_key_is_told_with_what_to_do(cast: Cast, serve: Serve, given: Any, said: str) -> None:
    cast.ben.write_now(stocked)
    settings = mailchimp_settings(await serve(MailchimpDouble().app()), **given)
    export_id = asked(cast)
    await hand_over.run(cast.ben, settings)
    assert state(cast, export_id) == ("failed", 1)
    assert said in told(cast)[0]


async def test_what_mailchimp_refuses_is_told_by_its_reason(cast: Cast, serve: Serve) -> None:
    cast.ben.write_now(stocked)
    double = MailchimpDouble()
    double.refuses["cus_bob@shop.example"] = "looks fake"
    asked(cast)
    await hand_over.run(cast.ben, mailchimp_settings(await serve(double.app())))
    assert "1 new, 0 known there. Mailchimp refused 1: looks fake." in told(cast)[0]


async def test_a_webhook_is_signed_and_a_fault_is_tried_again_with_the_same_id(
    cast: Cast, clock: MovableClock, serve: Serve
) -> None:
    cast.ben.write_now(stocked)
    seen: list[tuple[str, bytes, str]] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        timestamp = request.headers["X-Rapport-Timestamp"]
        assert request.headers["X-Rapport-Signature"] == webhook.signature("s" * 16, timestamp, body)
        seen.append((request.headers["Idempotency-Key"], body, timestamp))
        return web.Response(status=500 if len(seen) == 1 else 204)

    app = web.Application()
    app.add_routes([web.post("/hook", take)])
    url = await serve(app)
    settings = read({"CRM_WEBHOOK_URL": f"{url}/hook", "CRM_WEBHOOK_SECRET": "s" * 16})
    export_id = asked(cast, "webhook")
    await hand_over.run(cast.ben, settings)
    assert state(cast, export_id) == ("waiting", 1)
    clock.advance(31)
    await hand_over.run(cast.ben, settings)
    assert state(cast, export_id) == ("done", 1)
    assert [one[0] for one in seen] == [f"{export_id}:1"] * 2
    assert seen[0][1] == seen[1][1]
    assert [one["email"] for one in json.loads(seen[1][1])["people"]] == [
        "cus_ann@shop.example",
        "cus_bob@shop.example",
    ]


async def test_a_redirect_of_a_webhook_is_not_followed(cast: Cast, serve: Serve) -> None:
    cast.ben.write_now(stocked)
    elsewhere = asyncio.Event()

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async def there(_request: web.Request) -> web.Response:
        elsewhere.set()
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hook", away), web.post("/elsewhere", there)])
    settings = read({"CRM_WEBHOOK_URL": f"{await serve(app)}/hook", "CRM_WEBHOOK_SECRET": "s" * 16})
    export_id = asked(cast, "webhook")
    await hand_over.run(cast.ben, settings)
    assert state(cast, export_id) == ("failed", 1)
    assert not elsewhere.is_set()


def test_a_file_is_a_row_to_the_asker_and_waits_for_no_job(cast: Cast) -> None:
    cast.ben.write_now(stocked)
    export_id = asked(cast, "meta", as_file=True)
    assert cast.ben.read_now(audiences.waiting) == ()
    kinds = cast.ben.read_now(lambda work: list(work.session.scalars(select(OutboxRow.kind))))
    assert kinds == ["audience"]
    assert state(cast, export_id) == ("file", 0)
