"""What each thing needs: reading is everybody's, what is new writes until somebody says that it reads."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot import permissions
from bot.dropped_files import DroppedFile
from bot.gestures import Did, Gesture
from bot.grammar.parse import parse
from bot.names import Action
from crm_store.values.roles import ROLES, Right, rights_of, who_may

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("john smith", Right.READ), ("find ann", Right.READ), ("report", Right.READ), ("deals", Right.READ),
        ("deal acme", Right.READ), ("undo list", Right.READ), ("segment", Right.READ), ("campaign", Right.READ),
        ("settings roles", Right.READ), ("settings limit", Right.READ), ("settings stages", Right.READ),
        ("log ann: called", Right.WRITE), ("deal acme 5k", Right.WRITE), ("deal new acme", Right.WRITE),
        ("deal win acme", Right.WRITE), ("undo", Right.WRITE), ("merge a b", Right.WRITE),
        ('segment "2+ orders" save:x', Right.WRITE), ("campaign spring pause", Right.WRITE),
        ("settings limit 5k", Right.SETTINGS), ("settings stages A, B", Right.SETTINGS),
        ("settings channel here", Right.SETTINGS), ("settings report off", Right.SETTINGS),
        ("settings role @ben admin", Right.ROLES), ("run nightly", Right.JOBS), ("export customers", Right.EXPORT),
        ("forget ann", Right.PRIVACY), ("export person ann", Right.PRIVACY),
    ],
)  # fmt: skip
def test_a_line_needs(line: str, right: Right) -> None:
    assert permissions.for_command(parse(line, NOW, ZoneInfo("UTC"), "EUR")) is right


@pytest.mark.parametrize(
    ("gesture", "right"),
    [
        (Gesture(Did.PRESSED, "T", "U", action_id="card:2"), Right.READ),
        (Gesture(Did.PRESSED, "T", "U", action_id="undo"), Right.WRITE),
        (Gesture(Did.PRESSED, "T", "U", action_id="something_new"), Right.WRITE),
        (Gesture(Did.PRESSED, "T", "U", action_id="forget_erase"), Right.PRIVACY),
        (Gesture(Did.SUBMITTED, "T", "U", callback_id="deal"), Right.WRITE),
        (Gesture(Did.GLOBAL_SHORTCUT, "T", "U", callback_id="new_deal"), Right.WRITE),
        (Gesture(Did.MESSAGE_SHORTCUT, "T", "U", callback_id="log_to_crm"), Right.WRITE),
        (Gesture(Did.REACTED, "T", "U", reaction="memo"), Right.WRITE),
        (Gesture(Did.REACTED, "T", "U", reaction="tada"), Right.READ),
        (Gesture(Did.EDITED, "T", "U"), Right.READ),
        (Gesture(Did.OPENED_HOME, "T", "U"), Right.READ),
        (Gesture(Did.DIRECT, "T", "U", files=(DroppedFile("F", "a.csv", "u", 1),)), Right.WRITE),
        (Gesture(Did.SAID, "T", "U", files=(DroppedFile("F", "a.csv", "u", 1),)), Right.READ),
    ],
)
def test_a_gesture_needs(gesture: Gesture, right: Right) -> None:
    assert permissions.for_gesture(gesture, "memo") is right


def test_every_button_that_reads_is_there() -> None:
    assert set(Action) >= permissions.READING


def test_each_role_may_what_the_one_below_may() -> None:
    for below, above in pairwise(ROLES):
        assert rights_of(below) < rights_of(above)
    assert rights_of("nonsense") == {Right.READ}


def test_who_may_is_a_sentence() -> None:
    assert who_may(Right.JOBS) == "Only managers and admins run jobs."
    assert who_may(Right.WRITE) == "Only reps, managers and admins log, add and change things."
    assert who_may(Right.PRIVACY) == "Only admins export or erase a person's data."
    assert permissions.refusal(Right.JOBS, "admin").count("an admin") == 1


@pytest.mark.parametrize(
    ("verb", "right"),
    [("role", Right.ROLES), ("settings", Right.SETTINGS), ("stages", Right.SETTINGS), ("log", Right.WRITE)],
)
def test_taking_back_needs_what_doing_needed(verb: str, right: Right) -> None:
    assert permissions.for_undo(verb) is right
