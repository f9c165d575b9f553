"""Letters that leave: once each, to whom may get one at that moment, and known again when an answer comes."""

import asyncio
import base64
import email
import email.policy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select

from campaigns.journal import Before, name_of
from campaigns.letters import Sending, written
from campaigns.send import Sender
from campaigns.signing import Signer
from campaigns.transport import Folder, NotTaken
from crm_store.actions import sends, unsubscribing
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.models.history import Communication
from crm_store.models.marketing import Campaign, CampaignMember, Consent, Send, Suppression
from crm_store.models.people import ContactPoint, Customer
from crm_store.queries import sends as queries
from crm_store.settings import Settings, read
from crm_store.values import links, sending
from crm_store.values.sending import SendHours
from ingest import threads
from tests.cast import Cast
from tests.units.campaigns import shop

HOUSE = Sending("", "in.rapport.example", "https://crm.rapport.example")
BODY = "Hello {{ first_name }},\n\nhave a look: https://shop.example/new?a=1#top\n\n{{ owner_name }}"


def campaign(work: Work, people: int = 3) -> None:
    """A campaign to so many people who consented, with one more held out."""
    for at in range(people + 1):
        customer_id = f"cus_{at:05d}"
        work.add(
            Customer(customer_id=customer_id, name=f"Ann{at} Lee", name_key=f"ann{at} lee", owner="usr_ada",
                     created_at=work.now)
        )  # fmt: skip
        work.flush()
        shop.address(work, customer_id)
        shop.consent(work, customer_id)
        arm = "holdout" if at == people else "treated"
        work.add(CampaignMember(campaign_id="cam_1", customer_id=customer_id, arm=arm))
    work.add(
        Campaign(campaign_id="cam_1", name="Spring letter", kind="win_back", state="approved", approved_by="usr_ben",
                 created_at=work.now, audience={}, template={"subject": "For {{ first_name }}", "body": BODY})
    )  # fmt: skip
    work.flush()
    sends.start(work, "cam_1")


def settings(folder: Path, **more: str) -> Settings:
    return read({"CRM_DATA": str(folder), "CRM_SEND_HOURS": "always", "CRM_SEND_RATE": "0", **more})


def sender(cast: Cast, folder: Path, **more: str) -> Sender:
    return Sender(cast.store, settings(folder, **more), HOUSE)


def mails(folder: Path) -> list[EmailMessage]:
    found = []
    for one in sorted((folder / "outgoing").glob("*.eml")):
        found.append(email.message_from_bytes(one.read_bytes(), policy=email.policy.default))
    return found


def states(desk: Desk) -> dict[str, tuple[str, str | None]]:
    return desk.read_now(
        lambda work: {one.customer_id: (one.state, one.reason) for one in work.session.scalars(select(Send))}
    )


async def test_a_letter_comes_from_the_owner_and_can_be_answered_and_unsubscribed(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign)
    await sender(cast, tmp_path).round()
    letters = mails(tmp_path)
    assert [one["To"].addresses[0].addr_spec for one in letters] == [f"cus_{at:05d}@shop.example" for at in range(3)]
    first = letters[0]
    assert str(first["From"]) == "Ada Lovell <ada@rapport.example>"
    assert first["Reply-To"].addresses[0].addr_spec.startswith("reply-")
    assert first["Reply-To"].addresses[0].addr_spec.endswith("+re@in.rapport.example")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["Subject"] == "For Ann0"
    text = first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Hello Ann0" in text
    assert "https://shop.example/new?a=1&utm_source=rapport&utm_medium=email" in text
    assert text.split("https://shop.example/new")[1].split()[0].endswith("#top")
    markup = first.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<p>Hello Ann0,</p>" in markup
    assert await sender(cast, tmp_path).round() == 0


async def test_what_left_stands_on_the_timeline_and_answers_find_it(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign)
    await sender(cast, tmp_path).round()
    letter = mails(tmp_path)[0]
    rows = cast.ada.read_now(lambda work: list(work.session.scalars(select(Communication))))
    assert {(one.kind, one.direction, one.source) for one in rows} == {("mail", "outgoing", "campaign")}
    identifier = str(letter["Message-ID"])
    assert sending.conversation_of(identifier) in {one.thread_key for one in rows}
    assert sending.mail_key_of(identifier) == threads.mail_key(identifier)


async def test_nobody_is_written_to_who_may_not_be_at_that_moment(cast: Cast, tmp_path: Path) -> None:
    def changed(work: Work) -> None:
        campaign(work, people=6)
        work.add(Suppression(value_key="cus_00000@shop.example", scope="marketing", reason="asked", at=work.now))
        for one in work.session.scalars(select(Consent).where(Consent.customer_id == "cus_00001")):
            one.given = False
        work.session.get_one(Customer, (work.team_id, "cus_00002")).removed_at = work.now
        for point in work.session.scalars(select(ContactPoint).where(ContactPoint.owner_row == "cus_00003")):
            point.state = "bounced"
        work.session.get_one(CampaignMember, (work.team_id, "cam_1", "cus_00004")).arm = "holdout"

    cast.ben.write_now(changed)
    await sender(cast, tmp_path).round()
    assert states(cast.ben) == {
        "cus_00000": ("skipped", "unsubscribed or bounced"),
        "cus_00001": ("skipped", "no consent"),
        "cus_00002": ("skipped", "no longer a customer"),
        "cus_00003": ("skipped", "no address"),
        "cus_00004": ("skipped", "held out for comparison"),
        "cus_00005": ("sent", None),
    }
    assert len(mails(tmp_path)) == 1
    progress = cast.ben.read_now(queries.progress, "cam_1")
    assert (progress.sent, progress.waiting, len(progress.skipped)) == (1, 0, 5)


async def test_sixteen_hours_lie_between_two_mails(cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    def written_to(work: Work) -> None:
        campaign(work, people=1)
        shop.letter(work, "cmm_1", "cus_00000", work.now - timedelta(hours=1), incoming=False)

    cast.ben.write_now(written_to)
    own = sender(cast, tmp_path)
    await own.round()
    assert mails(tmp_path) == []
    clock.advance(14 * 3600)
    assert await own.round() == 0
    clock.advance(3600 + 60)
    assert await own.round() == 1
    assert len(mails(tmp_path)) == 1


async def test_letters_wait_for_the_hours_where_the_team_lives(cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    cast.ben.write_now(campaign)
    # Wednesday noon in UTC; the hours begin the next morning.
    own = sender(cast, tmp_path, CRM_SEND_HOURS="9-10 mon-fri")
    clock.advance((datetime(2026, 11, 27, 12, tzinfo=UTC) - clock.now()).total_seconds())
    await own.round()
    assert mails(tmp_path) == []
    clock.advance((datetime(2026, 11, 30, 8, 59, tzinfo=UTC) - clock.now()).total_seconds())
    assert await own.round() == 0
    clock.advance(61)
    assert await own.round() == 3


async def test_a_paused_campaign_sends_nothing(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign)
    cast.ben.write_now(lambda work: setattr(work.session.get_one(Campaign, (work.team_id, "cam_1")), "state", "paused"))
    assert await sender(cast, tmp_path).round() == 0


async def test_a_letter_with_an_empty_field_stays(cast: Cast, tmp_path: Path) -> None:
    def nameless(work: Work) -> None:
        campaign(work, people=2)
        work.session.get_one(Customer, (work.team_id, "cus_00000")).name = " "

    cast.ben.write_now(nameless)
    await sender(cast, tmp_path).round()
    assert states(cast.ben)["cus_00000"] == ("failed", "the field first_name is empty")
    assert len(mails(tmp_path)) == 1


async def test_an_unsubscription_counts_before_the_next_letter(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 2)
    await sender(cast, tmp_path).round()
    link = str(mails(tmp_path)[0]["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    team_id, send_id, proof = links.read(link) or ("", "", "")
    assert sending.is_proven("k" * 32, team_id, send_id, proof)
    assert not sending.is_proven("other", team_id, send_id, proof)
    assert cast.store.team(team_id).write_now(unsubscribing.unsubscribe, send_id)
    assert cast.store.team(team_id).write_now(unsubscribing.unsubscribe, send_id)
    stopped = cast.ben.read_now(
        lambda work: [(one.value_key, one.reason) for one in work.session.scalars(select(Suppression))]
    )
    assert stopped == [("cus_00000@shop.example", "unsubscribed")]


async def test_a_try_that_was_cut_off_after_the_letter_left_is_not_repeated(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    cast.ben.write_now(campaign, 1)
    claimed = cast.store.house().write_now(sends.claim, SendHours(always=True))
    assert len(claimed) == 1
    folder = Folder(tmp_path / "outgoing")
    own = Sender(cast.store, settings(tmp_path), HOUSE, folder)
    # The process that claimed it handed it over and died before it could say so.
    await folder.hand(written(claimed[0], HOUSE))
    before = (tmp_path / "outgoing" / f"{claimed[0].send_id}.eml").stat().st_mtime_ns
    assert await own.round() == 0
    clock.advance(121)
    assert await own.round() == 1
    assert states(cast.ben) == {"cus_00000": ("sent", None)}
    assert (tmp_path / "outgoing" / f"{claimed[0].send_id}.eml").stat().st_mtime_ns == before


async def test_a_try_that_was_cut_off_before_is_made_again(cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 1)
    cast.store.house().write_now(sends.claim, SendHours(always=True))
    clock.advance(121)
    assert await sender(cast, tmp_path).round() == 1
    assert len(mails(tmp_path)) == 1


class Doubtful:
    """A relay of which nobody knows whether it has the letter."""

    async def before(self, _send_id: str) -> Before:
        return Before.UNKNOWN

    async def hand(self, _letter: Any) -> bool:
        raise AssertionError("a letter that may have left is not sent again")

    async def settled(self, _send_ids: Sequence[str]) -> None:
        return None

    async def close(self) -> None:
        return None


async def test_a_letter_that_may_have_left_is_told_of_and_not_repeated(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    cast.ben.write_now(campaign, 1)
    cast.store.house().write_now(sends.claim, SendHours(always=True))
    clock.advance(121)
    await Sender(cast.store, settings(tmp_path), HOUSE, Doubtful()).round()
    assert states(cast.ben) == {"cus_00000": ("unknown", "may or may not have left")}


class Cut(Doubtful):
    """A relay that breaks off after the last byte, in the middle of a campaign."""

    async def before(self, _send_id: str) -> Before:
        return Before.STAYED

    async def hand(self, letter: Any) -> bool:
        return bool(letter.recipient != "cus_00001@shop.example")


async def test_a_relay_that_breaks_off_leaves_one_letter_in_doubt_and_the_rest_sent(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign)
    own = Sender(cast.store, settings(tmp_path), HOUSE, Cut())
    assert await own.round() == 3
    assert [state for state, _ in sorted(states(cast.ben).values())] == ["sent", "sent", "unknown"]
    assert await own.round() == 0


class Slow(Doubtful):
    """A relay behind which a minute passes for every letter, so that another worker takes over after the third."""

    def __init__(self, cast: Cast, clock: MovableClock, holder: str) -> None:
        self.cast, self.clock, self.holder, self.got = cast, clock, holder, list[str]()

    async def before(self, send_id: str) -> Before:
        return Before.LEFT if send_id in self.got else Before.STAYED

    async def hand(self, letter: Any) -> bool:
        self.got.append(letter.send_id)
        self.clock.advance(61)
        if len(self.got) == 3:
            await self.cast.store.house().write(sends.claim, SendHours(always=True), 50, self.holder)
        return True


class Following(MovableClock):
    """A standing clock whose seconds pass as its hours do."""

    def monotonic(self) -> float:
        return self.now().timestamp()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> MovableClock:
    """The clock of these tests: a Wednesday morning."""
    return Following(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


async def test_a_slow_worker_does_not_hand_over_what_another_has_taken(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    cast.ben.write_now(campaign, 8)
    relay = Slow(cast, clock, name_of(tmp_path / "outgoing"))
    own = Sender(cast.store, settings(tmp_path, CRM_SEND_CONNECTIONS="1"), HOUSE, relay)
    await own.round()
    assert len(relay.got) == 3
    clock.advance(121)
    await own.round()
    assert len(relay.got) == len(set(relay.got)) == 8
    assert {state for state, _ in states(cast.ben).values()} == {"sent"}


class Refusing(Doubtful):
    """A relay that refuses."""

    def __init__(self, *, passing: bool, dead: bool = False) -> None:
        self.problem = NotTaken("the relay refused the address: 550 5.1.1", passing=passing, dead=dead)

    async def hand(self, _letter: Any) -> bool:
        raise self.problem


async def test_a_busy_relay_is_tried_again_later_and_later(cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 1)
    own = Sender(cast.store, settings(tmp_path), HOUSE, Refusing(passing=True))
    tries = 0
    for _ in range(200):
        tries += await own.round()
        clock.advance(300)
    assert tries == sends.TRIES
    assert states(cast.ben)["cus_00000"][0] == "failed"


async def test_a_dead_address_gets_no_campaign_any_more(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 1)
    await Sender(cast.store, settings(tmp_path), HOUSE, Refusing(passing=False, dead=True)).round()
    stopped = cast.ben.read_now(lambda work: [one.reason for one in work.session.scalars(select(Suppression))])
    assert stopped == ["hard bounce"]


async def test_a_stopping_sender_gives_back_what_it_did_not_send(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 2)
    stop = asyncio.Event()
    stop.set()
    await sender(cast, tmp_path).round(stop)
    assert set(states(cast.ben).values()) == {("waiting", None)}
    assert await sender(cast, tmp_path).round() == 2


def test_a_signature_covers_both_unsubscribe_headers(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    content = b"From: a@b.example\r\nTo: c@d.example\r\nList-Unsubscribe: <https://x/u/1>\r\n"
    content += b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nSubject: s\r\n\r\nbody\r\n"
    signed = Signer(pem, "mail").signed(content, "b.example")
    head = signed.split(b"\r\n\r\n")[0].lower()
    assert b"list-unsubscribe-post" in head.split(b" b=")[0]
    assert dkim.verify(signed, dnsfunc=lambda *_args, **_more: record)
    assert not dkim.verify(signed.replace(b"One-Click", b"Two-Click"), dnsfunc=lambda *_args, **_more: record)


@pytest.mark.parametrize(
    ("text", "moment", "opens"),
    [
        ("8-18 mon-fri", "2026-11-25T12:00", "2026-11-25T12:00"),
        ("8-18 mon-fri", "2026-11-25T06:00", "2026-11-25T08:00"),
        ("8-18 mon-fri", "2026-11-27T18:00", "2026-11-30T08:00"),
        ("09:30-17:00", "2026-11-28T17:30", "2026-11-29T09:30"),
        ("20-24 fri-sat", "2026-11-25T12:00", "2026-11-27T20:00"),
        ("always", "2026-11-28T03:00", "2026-11-28T03:00"),
    ],
)
def test_the_hours_open_when_they_say(text: str, moment: str, opens: str) -> None:
    at, then = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (moment, opens))
    assert SendHours.parse(text).next_open(at, UTC) == then
