"""The pure clockwork: pace, faults, tickets, typed text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.errors import RefusedError, SlackError
from bot.local_slack.faults import Faults
from bot.local_slack.limits import Pace
from bot.local_slack.rates import Limiter
from bot.local_slack.tickets import Tickets
from bot.local_slack.typed_text import as_sent, escaped, links
from crm_store.clock import MovableClock

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_burst_is_taken_and_the_next_call_is_told_how_long_to_wait() -> None:
    clock = MovableClock(DAY)
    limiter = Limiter(clock)
    for _ in range(3):
        limiter.take(("channel",), Pace(3, 20))
    with pytest.raises(SlackError) as refusal:
        limiter.take(("channel",), Pace(3, 20))
    assert (refusal.value.status, refusal.value.retry_after) == (429, 3)
    limiter.take(("another",), Pace(3, 20))
    clock.advance(3)
    limiter.take(("channel",), Pace(3, 20))
    with pytest.raises(SlackError, match="ratelimited"):
        limiter.take(("channel",), Pace(3, 20))


def test_a_fault_strikes_as_often_as_ordered_and_an_empty_order_clears_all() -> None:
    faults = Faults()
    faults.order({"rate_limit": {"method": "chat.update", "times": 1, "retry_after": 7}, "duplicate_next": 1})
    faults.before("chat.delete")
    with pytest.raises(SlackError) as refusal:
        faults.before("chat.update")
    assert refusal.value.retry_after == 7
    faults.before("chat.update")
    assert [faults.copies(), faults.copies()] == [2, 1]
    faults.order({"http_500": {"method": "*"}, "delay_next_ms": 500})
    assert [faults.delay(), faults.delay()] == [0.5, 0]
    faults.order({})
    faults.before("chat.update")


@pytest.mark.parametrize("body", [{"earthquake": 1}, {"error": "x"}, {"error": {}}, {"duplicate_next": "many"}])
def test_a_fault_nobody_knows_is_refused_with_a_sentence(body: dict[str, object]) -> None:
    with pytest.raises(RefusedError):
        Faults().order(body)


def test_a_trigger_is_taken_once_within_three_seconds() -> None:
    clock = MovableClock(DAY)
    tickets = Tickets(clock)
    first, second = tickets.trigger("T", "U"), tickets.trigger("T", "U")
    assert tickets.use_trigger(first, "T").user == "U"
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        tickets.use_trigger(first, "T")
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        tickets.use_trigger(second, "T_OTHER")
    clock.advance(3.1)
    with pytest.raises(SlackError, match="expired_trigger_id"):
        tickets.use_trigger(second, "T")


def test_a_response_address_serves_five_times_within_half_an_hour() -> None:
    clock = MovableClock(DAY)
    tickets = Tickets(clock)
    often, late = tickets.address("T", "U", "C"), tickets.address("T", "U", "C")
    for _ in range(5):
        tickets.open_address(often).uses += 1
    with pytest.raises(SlackError, match="used_url"):
        tickets.open_address(often)
    clock.advance(1801)
    with pytest.raises(SlackError, match="expired_url"):
        tickets.open_address(late)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("mail ann@acme.example now", "mail <mailto:ann@acme.example|ann@acme.example> now"),
        ("see https://crm.example.com/c/1?a=1&b=2.", "see <https://crm.example.com/c/1?a=1&amp;b=2>."),
        ("@ben please ask @nobody", "<@U_BEN> please ask @nobody"),
        ("in #sales not #nowhere", "in <#C_SALES|sales> not #nowhere"),
        ("<@U_BEN> and <https://a.example|label> stay", "<@U_BEN> and <https://a.example|label> stay"),
        ("&amp; stays", "&amp; stays"),
        ("an <odd> thing", "an &lt;odd&gt; thing"),
    ],
)
def test_typed_text_arrives_as_slack_sends_it(typed: str, sent: str) -> None:
    assert as_sent(typed, demo_workspace(MovableClock(DAY)), "T_RAPPORT") == sent


@given(st.text(alphabet=st.sampled_from("<>&@#!|abc :/.-\n"), max_size=60))
def test_no_bare_sign_is_left_in_a_command(text: str) -> None:
    sent = escaped(text)
    assert escaped(sent) == sent


def test_only_links_under_registered_domains_are_shared() -> None:
    text = "<https://crm.example.com/c/1?a=1&amp;b=2> <https://eu.crm.example.com/x|label> <https://crm.example.com.evil.example/>"
    assert links(text, ("crm.example.com",)) == [
        {"url": "https://crm.example.com/c/1?a=1&b=2", "domain": "crm.example.com"},
        {"url": "https://eu.crm.example.com/x", "domain": "crm.example.com"},
    ]


def test_a_seeded_message_takes_its_place_in_the_past() -> None:
    space = demo_workspace(MovableClock(DAY))
    later = space.seed_message("C_SALES", "U_ADA", "second", at=datetime(2026, 2, 2, tzinfo=UTC))
    earlier = space.seed_message("C_SALES", "U_BEN", "first", at=datetime(2026, 2, 1, tzinfo=UTC))
    same = space.seed_message("C_SALES", "U_RAPPORT", "third", at=datetime(2026, 2, 2, tzinfo=UTC), thread_ts=earlier)
    assert [one.text for one in space.channels["C_SALES"].in_order()] == ["first", "second", "third"]
    assert later < same
    assert space.channels["C_SALES"].messages[same].bot_id == "B_RAPPORT"
    assert space.channels["C_SALES"].replies[earlier] == [same]
