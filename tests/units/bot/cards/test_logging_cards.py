"""Dialogs and cards of logging: threads, corrections, promises and linked channels, whatever texts they hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import channels, corrections, dialogs, messages, receipt
from bot.gestures import Did, Gesture
from crm_store.values.acts import NewCommunication, Receipt
from crm_store.values.corrections import LoggedView
from crm_store.values.threads import LinkView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, shown, takes, takes_dialog

every_text = pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))


def _log(text: str = "called", **more: Any) -> LoggedView:
    plain = LoggedView("cmm_1", "call", "outgoing", NOW, text, "team", (figures.brief(text),), True, True, False)
    return replace(plain, **more)


def _choice(block_id: str, value: str) -> dict[str, Any]:
    return {block_id: {block_id: {"selected_option": {"value": value}}}}


@every_text
def test_every_dialog_of_logging(text: str) -> None:
    takes_dialog(corrections.correct_dialog(_log(text), BERLIN))
    takes_dialog(corrections.correct_dialog(_log(text * 90, customers=(), level="private"), BERLIN))
    takes_dialog(corrections.correct_dialog(_log(text, kind="mail", by_hand=False, own=False), BERLIN))
    takes_dialog(corrections.move_dialog(_log(text)))
    takes_dialog(messages.message_dialog(figures.brief(text), text, "C_SALES", "1.2", "U_BEN", "1.1", whole=True))


@every_text
def test_every_card_of_logging(text: str) -> None:
    done = Receipt("cmm_1", "und_1", text, ("cmm_1", "nee_1"))
    said = NewCommunication("message", "outgoing", NOW, text, "slack", "key", (), needs=(text,))
    offers = [receipt.Offer(text, NOW + timedelta(days=2), "usr_ada"), receipt.Offer("send it", None, "usr_ben")]
    takes(
        receipt.logged(
            done, figures.brief(text), said, deal=None, known=None, now=NOW, zone=BERLIN, promises=offers,
            told=(text,) * 9,
        )
    )  # fmt: skip
    takes(receipt.promised(done, text, NOW, now=NOW, zone=BERLIN))
    takes(receipt.promised(Receipt("tsk_1", None, text), text, None, now=NOW, zone=BERLIN))
    takes(channels.announced(text, "U_ADA", outsiders=True))
    takes(channels.ended(text, "U_ADA"))
    takes(channels.confirm_outsiders("com_1", text))
    takes(channels.linked(done))
    takes(channels.listed([LinkView("C_SALES", "com_1", text, "U_ADA", NOW, True)] * 40, now=NOW, zone=BERLIN))
    takes(channels.listed([], now=NOW, zone=BERLIN))


def test_a_receipt_shows_how_it_was_understood_and_what_can_be_put_right() -> None:
    done = Receipt("cmm_1", "und_1", "Logged", ("cmm_1", "nee_1"))
    said = NewCommunication("call", "incoming", NOW, "called", "chat", "key", (), needs=("40 seats",))
    words = shown(receipt.logged(done, figures.brief(), said, deal=None, known=None, now=NOW, zone=BERLIN))
    for part in ("Call · Wed 25 Nov 10:00 · from them", "Need: 40 seats", "Drop", "Correct", "Move to…", "Only for me"):
        assert part in words


def test_only_what_differs_is_put_right() -> None:
    log = _log("called")
    view = corrections.correct_dialog(log, BERLIN)
    values = {
        **_choice("kind", "call"), **_choice("direction", "incoming"), **_choice("who", "cus_1"),
        "day": {"day": {"selected_date": "2026-11-24"}}, "clock": {"clock": {"value": "10:00"}},
        "text": {"text": {"value": "called"}}, "private": {"private": {"selected_options": []}},
    }  # fmt: skip
    fields = corrections.read_correction(values, view["private_metadata"])
    put_right = corrections.corrected(fields, log, BERLIN)
    assert (put_right.kind, put_right.text, put_right.customer_id, put_right.level) == (None, None, None, None)
    assert (put_right.direction, put_right.happened_at) == ("incoming", NOW - timedelta(days=1))


def test_an_untouched_dialog_puts_nothing_right() -> None:
    log = _log("called", happened_at=NOW + timedelta(seconds=17))
    view = corrections.correct_dialog(log, BERLIN)
    assert corrections.corrected(corrections.read_correction({}, view["private_metadata"]), log, BERLIN).is_empty


@pytest.mark.parametrize(
    ("clock", "fine"), [("9:05", True), ("14.30", True), ("7", True), ("25:00", False), ("x", False)]
)
def test_a_time_is_checked_before_it_is_sent(clock: str, fine: bool) -> None:
    sent = Gesture(Did.SUBMITTED, "T1", "U_ADA", values={"clock": {"clock": {"value": clock}}})
    assert (corrections.check_correction(sent) == {}) is fine


def test_a_move_needs_somebody_to_move_to() -> None:
    assert corrections.check_move(Gesture(Did.SUBMITTED, "T1", "U_ADA")) != {}
    sent = _choice("who", "cus_2")
    assert corrections.check_move(Gesture(Did.SUBMITTED, "T1", "U_ADA", values=sent)) == {}
    assert corrections.read_move(sent, '{"communication":"cmm_1"}') == ("cmm_1", "cus_2")


@pytest.mark.parametrize(("values", "whole"), [({}, True), (_choice("extent", "message"), False)])
def test_the_dialog_of_a_message_says_how_much_is_logged(values: dict[str, Any], whole: bool) -> None:
    view = messages.message_dialog(figures.brief(), "hello", "C_SALES", "1.1", "U_BEN", "1.1", whole=True)
    fields = messages.read_message(values, view["private_metadata"])
    assert (fields.whole, fields.root_ts, fields.ts) == (whole, "1.1", "1.1")


def test_a_message_outside_of_threads_is_not_asked_about() -> None:
    view = messages.message_dialog(figures.brief(), "hello", "C_SALES", "1.1", "U_BEN", whole=True)
    assert "extent" not in [one["block_id"] for one in view["blocks"]]
    assert messages.read_message({}, view["private_metadata"]).whole


def test_a_message_dialog_knows_which_message_it_is() -> None:
    view = messages.message_dialog(None, "hello", "C_SALES", "1.2", "U_BEN")
    fields = messages.read_message({"text": {"text": {"value": "hello"}}}, view["private_metadata"])
    assert (fields.channel, fields.ts, fields.author, fields.customer_id) == ("C_SALES", "1.2", "U_BEN", "")


def test_a_cleared_customer_is_not_filled_in_behind_the_persons_back() -> None:
    view = dialogs.log_dialog(figures.brief())
    empty = {"who": {"find_customer": {"selected_option": None}}}
    assert dialogs.read_log(empty, view["private_metadata"]).customer_id == ""
    assert dialogs.read_log({}, view["private_metadata"]).customer_id == "cus_1"
