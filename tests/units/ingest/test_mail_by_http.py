"""Mail that programs hand in by HTTP: signed, kept before it is acknowledged, and refused with the right word."""

import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from crm_store import inbox
from crm_store.actions import teams
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.errors import StoreUnavailable
from ingest import address
from ingest.api.mail import MailDoor
from ingest.intake import StoreIntake
from ingest.smtp.received import ReceivedMail
from tests.cast import Cast

DOMAIN = "in.rapport.example"
SECRET = "a-secret-of-the-house"
RAW = b"From: ada@rapport.example\r\nSubject: by http\r\n\r\nHello"


class Wire:
    """A program that hands in mail."""

    def __init__(self, client: "TestClient[Any, Any]", clock: MovableClock, to: str) -> None:
        self.client = client
        self.clock = clock
        self.to = to

    def headers(self, raw: bytes, to: str | None = None, secret: str = SECRET, age: float = 0) -> dict[str, str]:
        at, sender, to = f"{self.clock.now().timestamp() - age:.0f}", "ada@rapport.example", to or self.to
        text = f"{at}\n{sender}\n{to}\n".encode() + raw
        return {
            "X-Rapport-Timestamp": at,
            "X-Rapport-From": sender,
            "X-Rapport-To": to,
            "X-Rapport-Signature": "sha256=" + hmac.new(secret.encode(), text, "sha256").hexdigest(),
        }

    async def send(self, raw: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        answer = await self.client.post("/v1/mail", data=raw, headers=headers)
        return answer.status, await answer.text()


class Broken(StoreIntake):
    """A store that is down."""

    async def keep(self, mail: ReceivedMail, more: Callable[[], bool] | None = None) -> None:
        raise StoreUnavailable("the disk of /secret/place is full")


def _app(intake: StoreIntake, clock: MovableClock, most: int = 10_000) -> web.Application:
    app = web.Application(client_max_size=2_000)
    app.add_routes(MailDoor(intake, SECRET, clock, most_bytes=most).routes())
    return app


def _mint(cast: Cast) -> str:
    minted = address.mint("ada")
    cast.ada.write_now(teams.mint_address, "usr_ada", minted.local_part, address.secret_hash(minted.secret))
    return f"{minted.local_part}@{DOMAIN}"


@pytest_asyncio.fixture
async def wire(cast: Cast, store: Store, clock: MovableClock) -> AsyncIterator[Wire]:
    async with TestClient(TestServer(_app(StoreIntake(store, DOMAIN), clock))) as client:
        yield Wire(client, clock, _mint(cast))


def _kept(store: Store) -> list[inbox.InboxLine]:
    return store.house().read_now(inbox.lines)


async def test_a_signed_mail_is_kept_as_it_came_before_the_answer(wire: Wire, store: Store) -> None:
    assert (await wire.send(RAW, wire.headers(RAW)))[0] == 200
    [line] = _kept(store)
    assert (line.source, line.state) == ("mail", "waiting")
    assert store.team("tea_rapport").read_now(inbox.read_raw, line.inbox_id) == RAW


async def test_the_same_mail_sent_again_is_acknowledged_and_kept_once(wire: Wire, store: Store) -> None:
    assert (await wire.send(RAW, wire.headers(RAW)))[0] == 200
    wire.clock.advance(3)
    assert (await wire.send(RAW, wire.headers(RAW)))[0] == 200
    assert len(_kept(store)) == 1


async def test_a_captured_request_cannot_be_played_again(wire: Wire, store: Store) -> None:
    headers = wire.headers(RAW)
    assert (await wire.send(RAW, headers))[0] == 200
    assert (await wire.send(RAW, headers))[0] == 409
    wire.clock.advance(301)
    assert (await wire.send(RAW, headers))[0] == 401
    assert len(_kept(store)) == 1


@pytest.mark.parametrize("age", [301, -301])
async def test_a_timestamp_of_another_time_is_refused(wire: Wire, age: float) -> None:
    assert (await wire.send(RAW, wire.headers(RAW, age=age)))[0] == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Rapport-To": f"ben-{'a' * 26}@{DOMAIN}"},
        {"X-Rapport-From": "mallory@far.example"},
        {"X-Rapport-Signature": "sha256=" + "0" * 64},
        {"X-Rapport-Signature": "sha256=zz"},
        {"X-Rapport-Signature": ""},
        {"X-Rapport-Timestamp": "nan"},
        {"X-Rapport-Timestamp": "yesterday"},
    ],
)
async def test_what_is_not_signed_so_is_refused(wire: Wire, store: Store, wrong: dict[str, str]) -> None:
    assert (await wire.send(RAW, wire.headers(RAW) | wrong))[0] == 401
    assert _kept(store) == []


async def test_another_body_or_another_secret_does_not_fit_the_signature(wire: Wire, store: Store) -> None:
    assert (await wire.send(RAW + b"!", wire.headers(RAW)))[0] == 401
    assert (await wire.send(RAW, wire.headers(RAW, secret="a-secret-of-others")))[0] == 401
    assert _kept(store) == []


async def test_an_unknown_recipient_is_told_and_nothing_is_kept(wire: Wire, store: Store) -> None:
    stranger = f"ada-{'a' * 26}@{DOMAIN}"
    status, said = await wire.send(RAW, wire.headers(RAW, to=f"{wire.to},{stranger}"))
    assert (status, stranger in said) == (404, True)
    assert _kept(store) == []


async def test_a_mail_that_is_too_large_or_empty_is_refused(wire: Wire) -> None:
    large = RAW + b"x" * 10_000
    assert (await wire.send(large, wire.headers(large)))[0] == 413
    assert (await wire.send(b"", wire.headers(b"")))[0] == 400


async def test_a_fault_of_ours_asks_to_try_again_and_says_nothing_of_it(
    cast: Cast, store: Store, clock: MovableClock
) -> None:
    async with TestClient(TestServer(_app(Broken(store, DOMAIN), clock))) as client:
        wire = Wire(client, clock, _mint(cast))
        headers = wire.headers(RAW)
        answer = await client.post("/v1/mail", data=RAW, headers=headers)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert "secret" not in await answer.text()
        # What was not kept is not held against its sender.
        assert (await wire.send(RAW, headers))[0] == 503
