"""Campaigns: the list, the numbers beside the hold-out's, the steps that fit, and the measured effect."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cards import campaign
from bot.names import Action
from crm_store.money import Money
from crm_store.values.acts import Receipt
from crm_store.values.lift import Arm, measure
from crm_store.values.responses import CampaignCard, CampaignNumbers
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, labels, shown, takes


def _numbers(**more: Any) -> CampaignNumbers:
    known: dict[str, Any] = {
        "sent": 90, "waiting": 4, "bounced": 2, "replied": 7, "unsubscribed": 1, "deals": 0, "treated": 94,
        "treated_ordered": 12, "revenue": Money(120_000, "EUR"), "after_letters": Money(80_000, "EUR"), "holdout": 10,
        "holdout_ordered": 1,
    }  # fmt: skip
    return CampaignNumbers(**{**known, **more})


def _card(**more: Any) -> CampaignCard:
    known: dict[str, Any] = {
        "campaign_id": "cam_1", "suggestion_id": "sug_1", "name": "Win back", "kind": "win_back", "state": "running",
        "approved_by": "U_BEN", "created_at": NOW - timedelta(days=3), "ends_at": NOW + timedelta(days=27),
        "excluded": 5, "numbers": _numbers(),
    }  # fmt: skip
    return CampaignCard(**{**known, **more})


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_campaigns_are_taken_whatever_they_are_called(text: str) -> None:
    one = _card(name=text)
    for message in (
        campaign.card(one, now=NOW, zone=BERLIN),
        campaign.listed([one] * 10, now=NOW, zone=BERLIN),
        campaign.measured(_card(name=text, lift=measure(Arm(90, 12, 1200.0, 160_000.0), Arm(10, 1, 50.0, 2500.0)))),
        campaign.doubt(one, 7, [text] * 5),
        campaign.moved(Receipt("cam_1", None, f"Paused the campaign “{text}”"), one, now=NOW, zone=BERLIN),
    ):
        takes(message)


def test_a_card_shows_numbers_beside_those_of_the_hold_out() -> None:
    said = shown(campaign.card(_card(), now=NOW, zone=BERLIN))
    assert "90 sent, 4 waiting, 2 bounced, 7 replied, 1 unsubscribed" in said
    assert "12 of 94 (€1,200); held out: 1 of 10" in said
    assert "€800, whatever would have come anyway included" in said
    assert "Opens are not counted" in said


def test_a_campaign_by_phone_counts_tasks_and_holds_nothing_back() -> None:
    one = _card(by_phone=True, numbers=_numbers(calls=7, sent=0, waiting=0, bounced=0, replied=0, unsubscribed=0))
    made = takes(campaign.card(one, now=NOW, zone=BERLIN))
    assert "7 tasks for the owners" in shown(made)
    assert labels(made) == ["Show people"]
    told = campaign.measured(
        _card(by_phone=True, lift=measure(Arm(90, 60, 1200.0, 160_000.0), Arm(90, 1, 50.0, 2500.0)))
    )
    assert "The call brought more orders" in shown(takes(told))


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("approved", ["Pause", "Stop", "Show people"]),
        ("running", ["Pause", "Stop", "Show people"]),
        ("paused", ["Resume", "Stop", "Show people"]),
        ("stopped", ["Show people"]),
        ("measured", ["Show people"]),
    ],
)
def test_only_steps_that_can_be_taken_are_offered(state: str, steps: list[str]) -> None:
    assert labels(campaign.card(_card(state=state), now=NOW, zone=BERLIN)) == steps


def test_the_thread_reads_the_effect_even_where_there_is_none() -> None:
    few = campaign.measured(_card(lift=measure(Arm(40, 3), Arm(5, 1))))
    assert "Too few to say: 3 of 40 vs 1 of 5." in shown(few)
    none = campaign.measured(_card(lift=measure(Arm(200, 30), Arm(100, 15))))
    assert "No difference is shown" in shown(none)
    assert "not measured yet" in shown(campaign.measured(_card()))


def test_the_list_says_what_to_do_where_there_is_nothing() -> None:
    assert "/crm suggest" in shown(campaign.listed([], now=NOW, zone=BERLIN))
    listed = campaign.listed([_card(), _card(campaign_id="cam_2")], now=NOW, zone=BERLIN)
    assert labels(listed) == ["Show", "Show"]
    assert Action.CAMPAIGN_SHOW.value in str(listed.blocks)


def test_without_letters_and_orders_no_numbers_are_shown() -> None:
    nothing = _numbers(sent=0, waiting=0, treated_ordered=0, holdout_ordered=0, after_letters=Money(0, "EUR"))
    assert campaign.numbers(nothing) is None


@pytest.mark.parametrize(("count", "asked"), [(1, "Send again to this one"), (3, "Send again to these 3")])
def test_letters_in_doubt_are_one_tap_from_being_sent_again(count: int, asked: str) -> None:
    message = campaign.doubt(_card(), count, ["Ann Lee"])
    assert labels(message) == [asked, "Leave it"]
    said = shown(message)
    assert "may or may not have left" in said
    assert ("Ann Lee and 2 more" in said) is (count == 3)
