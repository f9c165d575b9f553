"""Domains that letters go to: all workers together keep to one pace, and a domain that asks for patience gets it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_store.actions import mail_domains, sends
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import MailDomain
from crm_store.values.sending import SendHours
from tests.cast import Cast
from tests.units.campaigns.test_send import campaign

ALWAYS = SendHours(always=True)
TEN = timedelta(seconds=10)


def claimed(cast: Cast, holder: str, gap: timedelta = TEN) -> int:
    return len(cast.store.house().write_now(sends.claim, ALWAYS, 50, holder, gap))


def test_two_workers_together_send_one_letter_to_a_domain_in_its_time(cast: Cast, clock: MovableClock) -> None:
    cast.ben.write_now(campaign, people=4)
    sent = []
    for _ in range(8):
        sent.append(claimed(cast, "one") + claimed(cast, "two"))
        clock.advance(5)
    assert sent == [1, 0, 1, 0, 1, 0, 1, 0]


def test_without_a_rate_nothing_is_kept_and_all_leave_at_once(cast: Cast) -> None:
    cast.ben.write_now(campaign, people=4)
    assert claimed(cast, "one", timedelta(0)) == 4
    assert cast.ben.read_now(lambda work: work.session.scalar(select(func.count()).select_from(MailDomain))) == 0


def test_what_one_worker_was_told_the_other_keeps_to(cast: Cast, clock: MovableClock) -> None:
    cast.ben.write_now(campaign, people=2)
    cast.cleo.write_now(mail_domains.slow, "shop.example")
    assert claimed(cast, "two", timedelta(0)) == 0, "whichever team's letter was refused"
    clock.advance(60)
    assert claimed(cast, "two", timedelta(0)) == 2


def test_a_domain_that_asks_for_patience_gets_more_each_time_until_it_took_letters(
    cast: Cast, clock: MovableClock
) -> None:
    def asked() -> float:
        return (cast.ben.write_now(mail_domains.slow, "slow.example") - clock.now()).total_seconds()

    pauses = []
    for _ in range(8):
        pauses.append(asked())
        assert asked() == pauses[-1], "letters under way at the same time say nothing new"
        clock.advance(pauses[-1])
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    clock.advance(3601)
    assert asked() == 60


@pytest.mark.parametrize(("hours", "kept"), [(1, 1), (30, 0)])
def test_domains_that_have_long_been_free_are_let_go(cast: Cast, clock: MovableClock, hours: int, kept: int) -> None:
    cast.ben.write_now(mail_domains.slow, "slow.example")
    clock.advance(hours * 3600)
    assert cast.ben.write_now(mail_domains.forget) == 1 - kept

    def count(work: Work) -> int:
        return work.session.scalar(select(func.count()).select_from(MailDomain)) or 0

    assert cast.ben.read_now(count) == kept
