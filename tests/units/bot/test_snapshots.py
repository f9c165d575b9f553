"""Every card is as it was: one file a card and variant, made anew by `python -m tests.units.bot.snapshots`."""

import json

import pytest

from bot.local_slack.blocks.layout import Surface
from tests.units.bot import snapshots
from tests.units.bot.cards.figures import takes, takes_dialog
from tests.units.bot.cards.samples import Card, every

CARDS = list(every())
MADE = [(card, variant) for card in CARDS for variant in card.variants]
AGAIN = "Look at what changed; where it is meant, run `python -m tests.units.bot.snapshots`."


def _name(value: object) -> str:
    return value.name if isinstance(value, Card) else str(value)


@pytest.mark.parametrize(("card", "variant"), MADE, ids=_name)
def test_a_card_is_as_it_was(card: Card, variant: str) -> None:
    file = snapshots.FOLDER / snapshots.name(card, variant)
    assert file.exists(), f"{card.name} has no snapshot {file.name}: run `python -m tests.units.bot.snapshots`."
    shown = snapshots.written(card, variant)
    assert shown == file.read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize(("card", "variant"), MADE, ids=_name)
def test_slack_takes_what_a_snapshot_shows(card: Card, variant: str) -> None:
    made = card.made(snapshots.words(), variant)
    if card.is_dialog:
        takes_dialog(made)
    else:
        takes(made, Surface.HOME if card.name == "home.day" else Surface.MESSAGE)


def test_no_snapshot_is_left_of_a_card_that_is_gone() -> None:
    known = {snapshots.name(card, variant) for card, variant in MADE}
    there = {one.name for one in snapshots.FOLDER.glob("*.json")}
    assert there - known == set(), AGAIN


def test_a_changed_card_would_be_seen() -> None:
    card = next(one for one in CARDS if one.name == "customer.found")
    assert snapshots.written(card, "full") != snapshots.written(card, "bare")
    assert len(json.loads(snapshots.written(card, "full"))["blocks"]) > 3
    assert len(CARDS) > 100
