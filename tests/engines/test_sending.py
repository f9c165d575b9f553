"""Letters are claimed once by whichever worker comes, and doubts are settled, alike on both engines."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from crm_store.actions import doubts, sends, unsubscribing
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.marketing import Send
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import sends as queries
from crm_store.values.sending import ClaimedLetter, LetterLeft, SendHours
from tests.cast import gather
from tests.units.campaigns.test_send import campaign

ALWAYS = SendHours(always=True)
PEOPLE = 30


@pytest.fixture
def ben(store: Store) -> Any:
    """Ben's desk, with a campaign that he approved."""
    desk = gather(store).ben
    desk.write_now(campaign, PEOPLE)
    return desk


def left(one: ClaimedLetter) -> LetterLeft:
    return LetterLeft(one.send_id, one.attempts, f"<{one.send_id}@rapport.example>", "News", "Hello")


def states(work: Work) -> list[str]:
    return sorted(work.session.scalars(select(Send.state)))


def test_workers_that_claim_at_once_never_share_a_letter(store: Store, ben: Any) -> None:
    def worker(name: str) -> list[str]:
        own = []
        while some := store.house().write_now(sends.claim, ALWAYS, 4, name):
            own += [one.send_id for one in some]
            ben.write_now(sends.sent, [left(one) for one in some])
        return own

    with ThreadPoolExecutor(3) as pool:
        shares = list(pool.map(worker, ("one", "two", "three")))
    claimed = [send_id for share in shares for send_id in share]
    assert len(claimed) == len(set(claimed)) == PEOPLE
    assert ben.read_now(states) == ["sent"] * PEOPLE


def test_a_cut_off_try_is_left_to_who_has_its_journal_and_then_in_doubt(
    store: Store, ben: Any, clock: MovableClock
) -> None:
    house = store.house()
    assert len(house.write_now(sends.claim, ALWAYS, 100, "one")) == PEOPLE
    clock.advance(121)
    assert house.write_now(sends.claim, ALWAYS, 100, "two") == ()
    again = house.write_now(sends.claim, ALWAYS, 10, "one")
    assert [one.again for one in again] == [True] * 10
    clock.advance(2 * 3600)
    assert house.write_now(sends.claim, ALWAYS, 100, "two") == ()
    assert ben.read_now(states) == ["unknown"] * PEOPLE
    assert house.write_now(doubts.ask) == 1
    assert house.write_now(doubts.ask) == 0
    asked = ben.read_now(lambda work: [one.kind for one in work.session.scalars(select(OutboxRow))])
    assert asked.count("campaign_doubt") == 1


def test_one_word_sends_what_is_in_doubt_again(store: Store, ben: Any, clock: MovableClock) -> None:
    claimed = store.house().write_now(sends.claim, ALWAYS, 3, "one")
    for one in claimed:
        assert ben.write_now(doubts.unknown, one.send_id, one.attempts)
        assert not ben.write_now(doubts.unknown, one.send_id, one.attempts)
    assert ben.read_now(queries.in_doubt, "cam_1")[0] == 3
    ben.write_now(doubts.send_again, "cam_1")
    clock.advance(1)
    again = store.house().write_now(sends.claim, ALWAYS, 100, "two")
    assert {one.send_id for one in claimed} <= {one.send_id for one in again}
    assert {one.attempts for one in again if one.send_id == claimed[0].send_id} == {2}, "a try of its own"


def test_a_letter_that_waited_is_looked_at_once_more(store: Store, ben: Any) -> None:
    one, *_ = store.house().write_now(sends.claim, ALWAYS, 1, "one")
    assert ben.write_now(sends.look_again, one.send_id, one.attempts, ALWAYS)
    ben.write_now(unsubscribing.unsubscribe, one.send_id)
    assert not ben.write_now(sends.look_again, one.send_id, one.attempts, ALWAYS)
    assert "skipped" in ben.read_now(states)
