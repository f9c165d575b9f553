"""Letters in doubt: asked about once, sent again with one tap, or left; and two workers never share a letter."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.journal import Before, name_of
from campaigns.send import Sender
from campaigns.transport import NotTaken
from crm_store.actions import doubts, responses, sends
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed, Stale
from crm_store.models.marketing import Response, Send
from crm_store.models.people import ContactPoint, User
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import sends as queries
from crm_store.values.sending import SendHours
from tests.cast import Cast
from tests.units.campaigns.test_send import HOUSE, Doubtful, campaign, settings, states

ALWAYS = SendHours(always=True)


class Cutting(Doubtful):
    """Breaks off after the last byte of some letters; the second time it takes them."""

    def __init__(self, *people: str) -> None:
        self.people, self.got = set(people), list[str]()

    async def before(self, _send_id: str) -> Before:
        return Before.STAYED

    async def hand(self, letter: Any) -> bool:
        person = letter.recipient.partition("@")[0]
        self.got.append(letter.identifier)
        cut = person in self.people
        self.people.discard(person)
        return not cut


def questions(work: Work) -> list[dict[str, Any]]:
    return [one.payload for one in work.session.scalars(select(OutboxRow)) if one.kind == "campaign_doubt"]


async def until_idle(own: Sender) -> None:
    while await own.round():
        pass


async def test_whoever_approved_is_asked_once_and_one_tap_leaves_nobody_out(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 5)
    relay = Cutting("cus_00001", "cus_00003")
    own = Sender(cast.store, settings(tmp_path), HOUSE, relay)
    await until_idle(own)
    await own.round()
    assert cast.ben.read_now(questions) == [{"campaign_id": "cam_1", "user_id": "usr_ben"}]
    assert cast.ben.read_now(queries.in_doubt, "cam_1") == (2, ("Ann1 Lee", "Ann3 Lee"))
    done = cast.ben.write_now(doubts.send_again, "cam_1")
    assert done.sentence == "Sending 2 letters of “Spring letter” again"
    await until_idle(own)
    assert {state for state, _ in states(cast.ben).values()} == {"sent"}
    assert len(relay.got) == 7
    assert len(set(relay.got)) == 5, "a letter that is sent again has the same Message-ID"
    with pytest.raises(Stale):
        cast.ben.write_now(doubts.send_again, "cam_1")


async def test_who_answered_a_letter_in_doubt_got_it(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 2)
    own = Sender(cast.store, settings(tmp_path), HOUSE, Cutting("cus_00000", "cus_00001"))
    await until_idle(own)

    def answered(work: Work) -> None:
        row = work.session.scalars(select(Send).where(Send.customer_id == "cus_00000")).one()
        work.add(Response(response_id="rsp_1", send_id=row.send_id, kind="reply", source_id="cmm_1", at=work.now))

    cast.ben.write_now(answered)
    assert cast.ben.write_now(doubts.send_again, "cam_1").sentence.startswith("Sending 1 letter of")
    assert sorted(states(cast.ben).values()) == [("sent", None), ("waiting", None)]


async def test_letters_that_are_left_are_asked_about_no_more(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 1)
    own = Sender(cast.store, settings(tmp_path), HOUSE, Cutting("cus_00000"))
    await until_idle(own)
    assert cast.ben.write_now(doubts.leave, "cam_1").sentence == "Left 1 letter of “Spring letter” as it was"
    assert states(cast.ben) == {"cus_00000": ("unknown", "left as it is")}
    assert cast.ben.read_now(queries.in_doubt, "cam_1") == (0, ())
    with pytest.raises(Stale):
        cast.ben.write_now(doubts.leave, "cam_1")


@pytest.mark.parametrize("act", [doubts.send_again, doubts.leave])
async def test_viewers_and_campaigns_that_are_over_decide_nothing(
    cast: Cast, tmp_path: Path, act: Callable[[Work, str], object]
) -> None:
    cast.ben.write_now(campaign, 1)
    await until_idle(Sender(cast.store, settings(tmp_path), HOUSE, Cutting("cus_00000")))
    cast.ben.write_now(lambda work: setattr(work.session.get_one(User, (work.team_id, "usr_ada")), "role", "viewer"))
    with pytest.raises(NotAllowed):
        cast.ada.write_now(act, "cam_1")
    cast.ben.write_now(responses.move, "cam_1", "stopped")
    with pytest.raises(Stale):
        cast.ben.write_now(act, "cam_1")


async def test_a_cut_off_try_is_taken_up_only_by_who_has_its_journal(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    cast.ben.write_now(campaign, 1)
    own, strange = name_of(tmp_path / "one"), name_of(tmp_path / "two")
    house = cast.store.house()
    assert len(house.write_now(sends.claim, ALWAYS, 50, own)) == 1
    clock.advance(121)
    assert house.write_now(sends.claim, ALWAYS, 50, strange) == ()
    (again,) = house.write_now(sends.claim, ALWAYS, 50, own)
    assert again.again
    clock.advance(2 * 3600)
    assert house.write_now(sends.claim, ALWAYS, 50, strange) == ()
    assert states(cast.ben) == {"cus_00000": ("unknown", "may or may not have left")}


class Patient(Doubtful):
    """One domain says later to every letter; the others take theirs."""

    def __init__(self) -> None:
        self.tried = list[str]()

    async def before(self, _send_id: str) -> Before:
        return Before.STAYED

    async def hand(self, letter: Any) -> bool:
        self.tried.append(letter.recipient)
        if letter.recipient.endswith("@slow.example"):
            raise NotTaken("the relay refused the address: 451 4.7.1", passing=True, slow=True)
        return True


async def test_a_domain_that_says_later_slows_itself_alone(cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    def mixed(work: Work) -> None:
        campaign(work, 8)
        for at in range(0, 8, 2):
            _moved(work, f"cus_{at:05d}")

    cast.ben.write_now(mixed)
    relay = Patient()
    own = Sender(cast.store, settings(tmp_path, CRM_SEND_CONNECTIONS="1"), HOUSE, relay)
    await until_idle(own)
    assert len([one for one in relay.tried if one.endswith("@shop.example")]) == 4
    assert len([one for one in relay.tried if one.endswith("@slow.example")]) == 1
    assert {state for state, _ in states(cast.ben).values()} == {"sent", "waiting"}


def _moved(work: Work, customer_id: str) -> None:
    for point in work.session.scalars(select(ContactPoint).where(ContactPoint.owner_row == customer_id)):
        point.value = point.value_key = f"{customer_id}@slow.example"


class Gathering(Doubtful):
    """A relay that gives way before it takes a letter, so that two workers take turns."""

    def __init__(self, got: list[str]) -> None:
        self.got = got

    async def before(self, _send_id: str) -> Before:
        return Before.STAYED

    async def hand(self, letter: Any) -> bool:
        await asyncio.sleep(0)
        self.got.append(letter.recipient)
        return True


async def test_several_workers_share_the_letters_and_none_goes_twice(cast: Cast, tmp_path: Path) -> None:
    cast.ben.write_now(campaign, 40)
    got: list[str] = []
    workers = [Sender(cast.store, settings(tmp_path / str(at)), HOUSE, Gathering(got), at_once=7) for at in range(3)]
    await asyncio.gather(*(until_idle(one) for one in workers))
    assert len(got) == len(set(got)) == 40
    assert {state for state, _ in states(cast.ben).values()} == {"sent"}
