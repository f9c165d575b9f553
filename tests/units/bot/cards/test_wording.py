"""Days, places and dialogs in the small."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot import blocks
from bot.audience import Place, PlaceKind
from bot.cards import dialogs, forms, help, messages, wording
from bot.gestures import Did, Gesture
from bot.names import Dialog, Field
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NOW, shown, takes, takes_dialog


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "yesterday"), (12, "12 days ago"), (70, "on Wed 16 Sep"), (400, "on Tue 21 Oct 2025")],
)
def test_what_lies_back_is_said_as_people_say_it(days: int, words: str) -> None:
    assert wording.ago(NOW - timedelta(days=days), NOW, BERLIN) == words


def test_the_readers_zone_decides_which_day_it_is() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert wording.ago(late, NOW, BERLIN) == "today"


def test_many_readers_get_a_time_each_in_a_zone_of_their_own() -> None:
    piece = blocks.moment(NOW, BERLIN)
    assert isinstance(piece, dict)
    assert piece["fallback"] == "Wed 25 Nov 10:00"
    takes(blocks.message("When", blocks.lines(["At ", piece])))


@pytest.mark.parametrize(("kind", "may"), [("dm", True), ("ephemeral", True), ("private", False), ("shared", False)])
def test_what_was_written_is_shown_to_the_asker_alone(kind: PlaceKind, may: bool) -> None:
    assert Place(kind).mail_text is may


def test_a_dialog_can_ask_for_a_day_and_a_choice() -> None:
    one = blocks.option("One", "1")
    takes_dialog(
        forms.modal(
            Dialog.TASK,
            "A title that is longer than Slack takes",
            [
                forms.date_input(Field.DUE, "Day", initial=date(2026, 11, 27)),
                forms.date_input(Field.NOTE, "Another day"),
                forms.select_input(Field.REASON, "Why", [one], initial=one),
            ],
        )
    )


def test_a_message_needs_a_customer_and_a_word() -> None:
    view = messages.message_dialog(None, "hello", "C_SALES", "1.2", "U_BEN")
    empty = {"who": {"find_customer": {"selected_option": None}}, "text": {"text": {"value": " "}}}
    sent = Gesture(Did.SUBMITTED, "T1", "U_ADA", metadata=view["private_metadata"], values=empty)
    assert set(messages.check_message(sent)) == {dialogs.WHO, dialogs.TEXT}


def test_a_guessed_customer_makes_log_the_second_click() -> None:
    view = messages.message_dialog(figures.brief(), "hello", "C_SALES", "1.2", "U_BEN")
    sent = {
        one["block_id"]: {"x": {"value": one["element"].get("initial_value"), "selected_option": None}
        | {"selected_option": one["element"].get("initial_option")}}
        for one in view["blocks"]
    }  # fmt: skip
    assert messages.check_message(Gesture(Did.SUBMITTED, "T1", "U_ADA", values=sent)) == {}


def test_help_of_a_group_shows_that_group() -> None:
    words = shown(help.help_card("Plan"))
    assert "/crm due" in words
    assert "/crm find" not in words


def test_a_long_table_of_help_needs_no_cutting() -> None:
    assert "left out" not in shown(help.help_card(""))
