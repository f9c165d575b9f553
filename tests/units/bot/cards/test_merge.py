"""The dialog of a merge and the list of merges: within Slack's limits, and read back as they were sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cards import merge
from crm_store.values.merging import Choice, MergeKind, SideBySide, StandingMerge
from tests.units.bot.cards.figures import NASTY, shown, takes, takes_dialog

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def _side(name: str, fields: int = 2) -> SideBySide:
    choices = tuple(
        Choice(f"custom:fld_{number:022}", f"{name}{number}", "B", "cus_a" if number % 2 else "cus_b", "newer")
        for number in range(fields)
    )
    same = Choice("name", name, "", "cus_a", "the other is empty")
    return SideBySide(
        MergeKind.CUSTOMER, "cus_a", "cus_b", name, "B", (1, 2), (same, *choices), (("log", 2),), ()
    )  # fmt: skip


@pytest.mark.parametrize("name", NASTY, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("fields", [0, 2, 40])
def test_slack_takes_the_dialog_whatever_stands_in_it(name: str, fields: int) -> None:
    takes_dialog(merge.dialog(_side(name, fields), {}))


def _sent(**picked: str) -> dict[str, Any]:
    return {
        block.replace("_", ":"): {"value": {"selected_option": {"value": value}}} for block, value in picked.items()
    }


def test_only_what_was_changed_by_hand_is_chosen() -> None:
    view = merge.dialog(_side("Ann"), {})
    fields = merge.read(_sent(value_0="k", value_1="k", verdict="merge"), view["private_metadata"])
    assert (fields.kept, fields.absorbed, fields.versions, fields.verdict) == ("cus_a", "cus_b", (1, 2), "merge")
    assert fields.chosen == {f"custom:fld_{0:022}": "cus_a"}


@pytest.mark.parametrize("metadata", ["", "{}", "[1]", "not json"])
def test_a_broken_dialog_merges_nothing(metadata: str) -> None:
    fields = merge.read({"value:0": "?", "verdict": {}}, metadata)
    assert (fields.verdict, fields.chosen, fields.kept) == ("later", {}, "")


@pytest.mark.parametrize("name", NASTY, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("count", [0, 1, 30])
def test_slack_takes_the_list_of_merges(name: str, count: int) -> None:
    merges = [
        StandingMerge(f"mrg_{one}", MergeKind.CUSTOMER, name, "B", NOW - timedelta(days=one), "U1")
        for one in range(count)
    ]
    message = merge.standing(name, merges, now=NOW, zone=ZoneInfo("Europe/Berlin"))
    takes(message)
    assert ("nothing was merged" in shown(message)) == (count == 0)


def test_what_each_brings_is_counted_in_words() -> None:
    side = replace(_side("Ann"), kept_has=(("address or number", 2), ("log", 1)), absorbed_has=(("person", 2),))
    words = str(merge.dialog(side, {}))
    assert "2 addresses or numbers, 1 log" in words
    assert "2 people" in words
