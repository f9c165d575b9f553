"""Suggestions: what is asked, what is held out, and who decided."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import dialogs, home, suggestion
from bot.local_slack.blocks.layout import Surface
from bot.names import Action, Field, decode
from crm_store.values.campaign_calendar import Coming, What
from crm_store.values.day import MyDay
from crm_store.values.marketing import CampaignView, DecisionOutcome, SuggestionView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, buttons, labels, shown, takes, takes_dialog


def _view(text: str = "Silent since May", **more: Any) -> SuggestionView:
    known: dict[str, Any] = {
        "suggestion_id": "sug_1",
        "kind": "win_back",
        "title": text,
        "who": "2+ orders, silent for 90 days",
        "n": 12,
        "holdout": 2,
        "why": ("30 customers are silent", text, "14 of 40 came back last time", "a fourth fact"),
        "expected": "2 more orders (1 to 4) than writing to everybody silent for 90 days",
        "left_out": (("no consent", 3), ("open deal", 1), ("over the cap", 0)),
        "subject": text,
        "body": text,
        "example": text,
        "subject_template": text,
        "body_template": text,
        "cap": 100,
        "holdout_share": 0.1,
        "window_days": 30,
        "state": "proposed",
        "version": 3,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=7),
        "decided_by": None,
        "decided_at": None,
        "reason": None,
        "campaign": None,
    }
    return SuggestionView(**{**known, **more})


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_suggestions_are_taken_whatever_is_in_them(text: str) -> None:
    view = _view(text, who=text, expected=text, why=(text,) * 9, left_out=((text, 3),) * 12)
    takes(suggestion.proposed(view, now=NOW, zone=BERLIN))
    takes(suggestion.why(view))
    takes(suggestion.listed([view] * 12, now=NOW, zone=BERLIN))
    takes(suggestion.listed([view], now=NOW, zone=BERLIN))
    takes(suggestion.people([figures.brief(text, number) for number in range(40)], now=NOW, zone=BERLIN))
    takes_dialog(suggestion.edit_dialog(view))
    takes_dialog(suggestion.dismiss_dialog(view))
    done = _view(text, state="dismissed", decided_by="U_BEN", decided_at=NOW, reason=text)
    takes(suggestion.decided(done, now=NOW, zone=BERLIN))
    takes(home.day(text, MyDay(), [view] * 5, now=NOW, zone=BERLIN), Surface.HOME)


def test_nothing_open_nobody_left_and_no_chart_are_said() -> None:
    assert "No suggestion is open" in shown(takes(suggestion.listed([], now=NOW, zone=BERLIN)))
    assert "Nobody fits" in shown(takes(suggestion.people([], now=NOW, zone=BERLIN)))


def test_a_suggestion_says_who_why_what_comes_of_it_and_who_is_left_out() -> None:
    words = shown(suggestion.proposed(_view(), now=NOW, zone=BERLIN))
    for part in (
        "12 people: 2+ orders, silent for 90 days", "30 customers are silent", "2 more orders (1 to 4)",
        "3 without consent, 1 with an open deal, 2 held out by lot", "Open until Wed 2 Dec 10:00",
    ):  # fmt: skip
        assert part in words
    assert "over the cap" not in words
    assert "a fourth fact" not in words


def test_the_button_says_the_act_and_asks_before_it() -> None:
    approve = buttons(suggestion.proposed(_view(), now=NOW, zone=BERLIN).blocks)[0]
    assert approve["text"]["text"] == "Approve mail to 12 people"
    assert "2 others get nothing" in approve["confirm"]["text"]["text"]
    assert decode(approve["value"]) == {"suggestion": "sug_1", "version": 3}


def test_calls_show_the_task_and_speak_of_no_letter() -> None:
    view = _view("Call", by_phone=True, body="ask how things are", holdout=0, holdout_share=0.0, budget="7 letters",
                 left_out=(("no phone number", 3), ("said no", 1)))  # fmt: skip
    said = shown(takes(suggestion.proposed(view, now=NOW, zone=BERLIN)))
    assert "Call Call: ask how things are" in said
    assert "3 without a phone number, 1 who said no to letters" in said
    assert "Nobody gets a task before somebody approves" in said
    assert "letters" not in said.replace("said no to letters", "")
    assert "Approve calls to 12 people" in labels(suggestion.proposed(view, now=NOW, zone=BERLIN))
    takes(suggestion.listed([view, view], now=NOW, zone=BERLIN))
    done = suggestion.outcome(DecisionOutcome(True, "U_BEN", NOW, "approved", by_phone=True), now=NOW, zone=BERLIN)
    assert "Each owner has a task for each call" in shown(takes(done))


def test_a_hold_out_of_nobody_is_said_where_letters_would_be_measured() -> None:
    said = shown(suggestion.proposed(_view(holdout=0, holdout_share=0.0), now=NOW, zone=BERLIN))
    assert "nobody held out, so that the effect is not measured" in said


def test_the_dialog_of_calls_asks_for_no_subject_and_nothing_that_follows() -> None:
    dialog = suggestion.edit_dialog(_view(by_phone=True))
    takes_dialog(dialog)
    fields = {one["block_id"] for one in dialog["blocks"]}
    assert fields.isdisjoint({Field.SUBJECT, Field.OTHER_SUBJECT, Field.THEN, Field.WAIT, Field.REMINDER})
    values = _typed(body="ask", cap="5", hold_out="0")
    assert dialogs.check_suggestion(values, dialog["private_metadata"]) == {}
    assert set(dialogs.check_suggestion(_typed(cap="5", hold_out="0"), dialog["private_metadata"])) == {Field.BODY}


def test_a_decided_suggestion_shows_who_and_has_no_buttons_left() -> None:
    campaign = CampaignView("cam_1", "running", 11, 2, 4)
    view = _view(state="approved", decided_by="U_BEN", decided_at=NOW, campaign=campaign)
    message = suggestion.decided(view, now=NOW, zone=BERLIN)
    assert labels(message) == []
    assert "The mail is for 11 people; 2 were held out" in shown(message)
    assert "not part of this version" not in shown(message)
    assert "'user_id': 'U_BEN'" in str(message.blocks)


def test_a_dismissal_shows_its_reason_in_words() -> None:
    view = _view(state="dismissed", decided_by="U_BEN", decided_at=NOW, reason="wrong_time: it is Christmas")
    assert "Reason: The wrong time: it is Christmas" in shown(suggestion.decided(view, now=NOW, zone=BERLIN))


def test_an_expired_suggestion_says_so() -> None:
    assert "Expired" in shown(suggestion.decided(_view(state="expired"), now=NOW, zone=BERLIN))


def test_the_second_press_reads_who_was_first_and_when() -> None:
    late = suggestion.outcome(DecisionOutcome(False, "U_BEN", NOW, "approved"), now=NOW, zone=BERLIN)
    assert "approved this, Wed 25 Nov 10:00" in shown(takes(late))
    first = suggestion.outcome(DecisionOutcome(True, "U_ADA", NOW, "approved"), now=NOW, zone=BERLIN)
    assert "The letters leave in the hours set for it" in shown(takes(first))
    takes(suggestion.outcome(DecisionOutcome(False, None, NOW, "dismissed"), now=NOW, zone=BERLIN))


def _typed(**typed: str) -> dict[str, Any]:
    return {name: {name: {"type": "plain_text_input", "value": one}} for name, one in typed.items()}


def test_an_edit_is_read_with_its_version() -> None:
    view = suggestion.edit_dialog(_view())
    values = _typed(subject="Hi", body="Text", cap="50", hold_out="20 %")
    assert dialogs.check_suggestion(values) == {}
    fields = dialogs.read_suggestion(values, view["private_metadata"])
    assert (fields.suggestion_id, fields.version, fields.cap, fields.holdout_share) == ("sug_1", 3, 50, 0.2)


def _as_shown(element: dict[str, Any]) -> dict[str, Any]:
    if "initial_option" in element:
        return {"selected_option": element["initial_option"]}
    return {"value": element.get("initial_value"), "selected_date": element.get("initial_date")}


def test_what_follows_the_letter_is_chosen_in_the_dialog_and_said_on_the_card() -> None:
    view = suggestion.edit_dialog(_view())
    values = {one["block_id"]: {"x": _as_shown(one["element"])} for one in view["blocks"]}
    values["then"] = {"then": {"selected_option": {"value": "both"}}}
    values["wait"] = {"wait": {"selected_option": {"value": "7"}}}
    fields = dialogs.read_suggestion(values, view["private_metadata"])
    assert [(one.after_days, one.do) for one in fields.steps] == [(7, "mail"), (7, "task")]
    card = suggestion.proposed(_view(steps=fields.steps), now=NOW, zone=BERLIN)
    assert "after 7 days a reminder, then after 7 more days a task" in str(card.blocks)


def test_an_untouched_edit_passes_its_own_check() -> None:
    view = suggestion.edit_dialog(_view())
    values = {one["block_id"]: {"x": _as_shown(one["element"])} for one in view["blocks"]}
    assert dialogs.check_suggestion(values) == {}
    assert dialogs.read_suggestion(values, view["private_metadata"]).holdout_share == pytest.approx(0.1)


@pytest.mark.parametrize("cap", ["", "0", "-1", "many", "²", "9" * 9])
def test_a_number_that_is_none_is_named_at_its_field(cap: str) -> None:
    errors = dialogs.check_suggestion(_typed(subject="", body=" ", cap=cap, hold_out="51"))
    assert set(errors) == {Field.SUBJECT, Field.BODY, Field.CAP, Field.HOLD_OUT}


def test_a_dismissal_keeps_the_reason_and_the_words() -> None:
    view = suggestion.dismiss_dialog(_view())
    values = {"reason": {"reason": {"selected_option": {"value": "wrong_time"}}}, **_typed(note=" it is\nChristmas ")}
    fields = dialogs.read_dismissal(values, view["private_metadata"])
    assert (fields.suggestion_id, fields.version, fields.reason) == ("sug_1", 3, "wrong_time: it is Christmas")
    assert dialogs.read_dismissal({}, "").reason == "other"


def test_every_button_carries_what_can_be_read_back() -> None:
    message = suggestion.proposed(_view(), now=NOW, zone=BERLIN)
    assert {one["action_id"] for one in buttons(message.blocks)} <= set(Action)
    assert all(json.loads(one["value"]) for one in buttons(message.blocks))


def test_what_reaches_nobody_any_more_cannot_be_approved() -> None:
    card = suggestion.proposed(_view(n=0, holdout=0), now=NOW, zone=BERLIN)
    assert "Mail to nobody at present" in card.text
    assert [one.split(":")[0] for one in labels(card)] == ["Edit", "Dismiss", "Show people", "Show why"]
    assert "Approve" not in str(suggestion.listed([_view(n=0)] * 2, now=NOW, zone=BERLIN).blocks)


def test_home_tells_what_campaigns_do_in_the_next_two_weeks() -> None:
    letters = [Coming(NOW + timedelta(days=at), What.LETTERS, f"Win back {at}", 40, f"cam_{at}") for at in range(6)]
    card = takes(home.day("Ben", MyDay(), [], letters, now=NOW, zone=BERLIN), Surface.HOME)
    assert "Campaigns in the next two weeks" in shown(card)
    assert "Win back 3: 40 letters to leave" in shown(card)
    assert "and 2 more" in shown(card)
    assert "Campaigns in" not in shown(home.day("Ben", MyDay(), [], now=NOW, zone=BERLIN))
