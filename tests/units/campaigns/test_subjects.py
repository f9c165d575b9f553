"""Two subjects on halves drawn by lot: who gets which, what the reminder answers, and what may be said of it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.actions import plans as steps_taken
from crm_store.actions import responses, suggestions
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.marketing import Send
from crm_store.queries import campaigns
from crm_store.values import plans, variants
from crm_store.values.marketing import Idea
from crm_store.values.variants import Variant
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import letter, stock
from tests.units.campaigns.test_plans import read
from tests.units.campaigns.test_send import sender

PEOPLE = tuple(f"cus_{number:04d}" for number in range(60))
IDEA = Idea("win_back", "all", "Silent ones", "2+ orders", ("Silent.",), PEOPLE, "", "First words",
            "Hello {{ first_name }}", cap=60, holdout_share=0.0)  # fmt: skip


def approve(work: Work) -> str:
    suggestion_id = suggestions.propose(work, IDEA)
    assert suggestion_id
    steps = plans.planned(plans.REMIND, 3)
    suggestions.edit(work, suggestion_id, 1, other_subject="Second words for {{ company }}", steps=steps)
    campaign_id = suggestions.decide(work, suggestion_id, 2, "approved").campaign_id
    assert campaign_id
    return campaign_id


@pytest.fixture
def campaign_id(cast: Cast, tmp_path: Path) -> str:
    """A campaign with two subjects whose letters have left."""
    cast.ben.write_now(stock, simulate(60, with_deals=False))
    made = cast.ben.write_now(approve)
    asyncio.run(sender(cast, tmp_path).round())
    return made


def test_about_half_get_each_subject_and_the_reminder_answers_their_own(
    cast: Cast, campaign_id: str, tmp_path: Path, clock: MovableClock
) -> None:
    subjects = {str(one["To"]): str(one["Subject"]) for one in read(tmp_path)}
    first = sum(one == "First words" for one in subjects.values())
    assert 10 < first < len(subjects) - 10
    clock.advance(3 * 24 * 3600)
    cast.ben.write_now(steps_taken.advance)
    asyncio.run(sender(cast, tmp_path).round())
    reminders = {str(one["To"]): str(one["Subject"]) for one in read(tmp_path) if one["In-Reply-To"]}
    assert reminders
    assert all(subject == f"Re: {subjects[to]}" for to, subject in reminders.items())


def test_the_card_counts_replies_to_each_subject(cast: Cast, campaign_id: str, clock: MovableClock) -> None:
    clock.advance(3600)

    def reply(work: Work) -> None:
        of_first = select(Send.customer_id).where(Send.variant == variants.FIRST).order_by(Send.customer_id).limit(4)
        for at, one in enumerate(work.session.scalars(of_first).all()):
            letter(work, f"cmm_reply_{at}", one, work.now, incoming=True)

    cast.ben.write_now(reply)
    clock.advance(60)
    cast.ben.write_now(responses.attribute)
    one, other = cast.ben.read_now(campaigns.card, campaign_id).tried
    assert (one.replied, other.replied) == (4, 0)
    assert one.people + other.people == len(PEOPLE)


def test_letters_wait_for_the_day_that_was_chosen(cast: Cast, tmp_path: Path, clock: MovableClock) -> None:
    cast.ben.write_now(stock, simulate(60, with_deals=False))
    day = clock.now().date() + timedelta(days=2)

    def later(work: Work) -> None:
        suggestion_id = suggestions.propose(work, IDEA)
        assert suggestion_id
        suggestions.edit(work, suggestion_id, 1, send_on=day)
        suggestions.decide(work, suggestion_id, 2, "approved")

    cast.ben.write_now(later)
    asyncio.run(sender(cast, tmp_path).round())
    assert read(tmp_path) == []
    clock.advance(2 * 24 * 3600)
    asyncio.run(sender(cast, tmp_path).round())
    assert len(read(tmp_path)) == len(PEOPLE)


def test_a_subject_with_a_hole_nobody_can_fill_is_refused(cast: Cast) -> None:
    cast.ben.write_now(stock, simulate(60, with_deals=False))
    suggestion_id = cast.ben.write_now(suggestions.propose, IDEA)
    assert suggestion_id
    with pytest.raises(BadInput):
        cast.ben.write_now(lambda work: suggestions.edit(work, suggestion_id, 1, other_subject="For {{ nobody }}"))


@pytest.mark.parametrize(
    ("replies", "told"),
    [((40, 5), "The first brings more"), ((5, 40), "The second brings more"), ((20, 22), "Too close to tell")],
)
def test_a_difference_is_claimed_only_where_its_interval_is_clear(replies: tuple[int, int], told: str) -> None:
    tried = [Variant(name, name, 100, count) for name, count in zip("ab", replies, strict=True)]
    assert told in variants.said(tried)[-1]


def test_of_few_letters_nothing_is_said() -> None:
    assert variants.said([Variant("a", "X", 9, 9), Variant("b", "Y", 9, 0)])[-1].startswith("Too few")
    assert variants.said([]) == ()
