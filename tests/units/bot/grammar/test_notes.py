"""A note of a sales person is understood without a language model."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar.commands import Direction, Kind, NeedOffer, TaskOffer
from bot.grammar.notes import Understood, understand
from crm_store.money import Money

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
FRIDAY_NINE = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


NOTE_WORDS = "called wants a quote by friday , . I'll send 40 seats €12k private and on in 2 weeks 12.3. : needs x"


def read(text: str) -> Understood:
    return understand(text, WEDNESDAY, BERLIN, "EUR")


def test_a_call_with_a_need_and_a_next_step() -> None:
    seen = read("called, wants a quote for 200 seats, follow up friday")
    assert seen.kind is Kind.CALL
    assert seen.needs == (NeedOffer("a quote for 200 seats", 200, "seats"),)
    assert seen.tasks == (TaskOffer("follow up", FRIDAY_NINE),)


def test_a_day_in_a_wish_offers_the_task_it_means() -> None:
    seen = read("called, wants a quote for 40 seats by Friday")
    assert seen.tasks == (TaskOffer("send quote", FRIDAY_NINE),)
    assert seen.needs[0].short == "40 seats"


def test_a_promise_is_told_from_a_plain_task() -> None:
    seen = read("met yesterday at their office. I'll send the quote Friday and she wants 1,200 licences for €12k")
    assert seen.kind is Kind.MEETING
    assert seen.when == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert seen.tasks == (TaskOffer("send the quote", FRIDAY_NINE, promised=True),)
    assert seen.needs[0].quantity == 1200
    assert seen.amounts == (Money(1_200_000, "EUR"),)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("call back in 2 weeks", "call back"),
        ("left voicemail, will try again tomorrow", "try again"),
        ("remind me friday to send the deck", "send the deck"),
        ("Friday: call back", "call back"),
        ("wants me to call on tuesday at 10", "call back"),
        ("wants a call tomorrow", "call back"),
        ("she asked us to send 3 samples by 12.12.", "send 3 samples"),
        ("Send quote by Friday", "Send quote"),
        ("send contract, she signs then", "send contract"),
    ],
)
def test_next_steps_are_found(text: str, title: str) -> None:
    assert [task.title for task in read(text).tasks] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "demo went well, order coming",
        "call with Tom about renewal",
        "emailed the contract",
        "she will send it friday",
        "lunch",
    ],
)
def test_what_is_over_or_theirs_is_no_task(text: str) -> None:
    assert read(text).tasks == ()


@pytest.mark.parametrize(
    ("text", "kind", "direction"),
    [
        ("she called me on monday", Kind.CALL, Direction.INCOMING),
        ("I emailed the contract", Kind.MAIL, Direction.OUTGOING),
        ("left voicemail", Kind.CALL, Direction.OUTGOING),
        ("lunch, she is leaving in May", Kind.MEETING, Direction.NONE),
        ("texted me a photo", Kind.MESSAGE, Direction.INCOMING),
        ("budget is 15k", Kind.NOTE, Direction.NONE),
    ],
)
def test_kind_and_direction_are_read(text: str, kind: Kind, direction: Direction) -> None:
    seen = read(text)
    assert (seen.kind, seen.direction) == (kind, direction)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("met Tom at 14:30 yesterday", datetime(2026, 11, 24, 13, 30, tzinfo=UTC)),
        ("called on monday", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("Friday works for her", None),
        ("sent us the order 2 days ago", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
    ],
)
def test_when_they_talked_is_read_and_never_guessed(text: str, when: datetime | None) -> None:
    assert read(text).when == when


def test_private_at_the_end_hides_the_note_and_leaves_the_text() -> None:
    assert read("she is leaving in May private").text == "she is leaving in May"
    assert read("she is leaving (private)").private
    assert not read("she went private with her firm").private


@pytest.mark.parametrize("text", ["needs to think about it", "they need 24/7 support", "wants out by 2027-01-01 10:00"])
def test_a_number_that_counts_nothing_is_no_quantity(text: str) -> None:
    assert all(need.quantity is None for need in read(text).needs)


@given(st.lists(st.sampled_from(NOTE_WORDS.split()), max_size=14))
@settings(max_examples=200, deadline=None)
def test_any_words_are_read_and_a_read_note_reads_the_same(words: list[str]) -> None:
    once = read(" ".join(words))
    assert once.when is None or once.when <= WEDNESDAY
    assert all(task.title for task in once.tasks)
    if not once.private:
        assert read(once.text) == once
