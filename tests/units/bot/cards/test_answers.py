"""Answers to what people do twice, by halves or wrongly: each says what is true and offers what helps."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.cards import customer, dialogs, error, forms, imports, receipt, timeline, wording
from bot.names import Action
from crm_store.values.acts import NewCommunication, Receipt
from crm_store.values.imports import ImportCounts
from crm_store.values.people import Found
from crm_store.values.timeline import HistoryPage, Subject, Wanted
from ingest.files.preview import Preview
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NOW, buttons, labels, shown, takes


def test_a_form_that_may_not_open_is_offered_by_a_button_for_the_same_customer() -> None:
    message = takes(forms.opener(dialogs.edit_dialog(figures.card())))
    (button,) = buttons(message.blocks)
    assert (button["text"]["text"], button["action_id"]) == ("Edit", Action.EDIT.value)
    assert figures.card().customer.customer_id in button["value"]


def test_a_second_log_of_the_same_thing_says_so_and_offers_no_undo() -> None:
    said = NewCommunication("message", "outgoing", NOW, "Blue", "slack", "slack:C:1", (), needs=("blue",))
    done = Receipt("cmm_1", None, "Already logged")
    message = takes(
        receipt.logged(done, figures.brief(), said, deal=None, known=figures.known(), now=NOW, zone=BERLIN)
    )  # fmt: skip
    assert "was logged before" in shown(message)
    assert "Need" not in shown(message)
    assert "Undo" not in labels(message)


def test_a_new_customer_is_shown_beside_whoever_has_the_same_name() -> None:
    like = (figures.brief("Ann Lee", 7), replace(figures.brief("Ann Lee", 8), customer_id="cus_new"))
    message = takes(receipt.customer_made(Receipt("cus_new", "und_1", "Added Ann Lee"), like))
    assert shown(message).count("Is it the same person?") == 1
    assert labels(message) == ["Show card", "Log", "Edit", "Undo"]


def test_candidates_of_one_name_are_told_apart_by_their_address() -> None:
    found = tuple(
        Found(
            replace(figures.brief("Ann Lee"), customer_id=f"cus_{one}", email=f"{one}@globex.example"), 0.9, "ann = Ann"
        )
        for one in ("first", "second")
    )
    words = shown(takes(customer.choices("ann", found, "inb_1", now=NOW, zone=BERLIN)))
    assert "first@globex.example" in words
    assert "second@globex.example" in words
    assert "ann = Ann" not in words


@pytest.mark.parametrize(("wanted", "adds"), [("Nora New", True), ('"', False), ("x" * 3_000, False)])
def test_only_what_may_be_a_name_can_be_added(wanted: str, adds: bool) -> None:
    message = takes(customer.nothing(wanted, f"Nobody fits “{wanted}”."))
    assert any(one.startswith("Add ") for one in labels(message)) is adds
    assert len(shown(message)) < 400


def test_nothing_is_ever_quite_sure() -> None:
    score = figures.score(band=None)
    assert wording.score(replace(score, kind="potential", point=0.998, low=0.5, high=1.0)).startswith("over 99 %")
    assert wording.score(replace(score, kind="potential", point=0.001, low=0.0, high=0.5)).startswith("under 1 %")


def test_a_deal_past_its_day_was_to_close_then() -> None:
    deal = replace(figures.card().deals[0], close_on=date(2026, 11, 19))
    assert "was to close Thu 19 Nov" in wording.deal(deal, date(2026, 11, 25))
    assert "closes Thu 19 Nov" in wording.deal(deal, date(2026, 11, 18))


def test_a_mail_receipt_names_its_tasks_once_and_no_contact_that_came_later() -> None:
    known = figures.known()
    assert known.next_task is not None
    touched = replace(known, customer=replace(known.customer, last_touch_at=NOW))
    mail = replace(figures.filed(), happened_at=NOW - timedelta(hours=3), tasks=(known.next_task,))
    words = shown(receipt.filed(mail, undo_id="und_1", sure=None, known=touched, now=NOW, zone=BERLIN))
    assert "Task: " in words
    assert "Next step" not in words
    assert "Before that" not in words
    assert "Copies from" not in words


def test_a_timeline_says_its_days_and_who_spoke() -> None:
    wanted = Wanted(since=NOW - timedelta(days=30))
    ann = Subject("customer", "cus_1", "Ann Lee")
    words = shown(timeline.page(ann, HistoryPage(()), wanted, now=NOW, zone=BERLIN))
    assert "Nothing of that kind" in words


def test_a_channel_is_a_word_in_the_notification() -> None:
    message = error.sentence("Suggestions go to <#C_SALES>.")
    assert message.text == "Suggestions go to the channel."
    assert "channel_id" in str(message.blocks)


def test_files_that_came_along_are_not_passed_over_in_silence() -> None:
    trial = imports.dry_run("a.csv", _Trial(), "imp_1", others=2)
    assert "this file alone" in shown(takes(trial))
    assert "this file alone" not in shown(imports.dry_run("a.csv", _Trial(), "imp_1"))


class _Trial:
    """A file of one new row."""

    counts = ImportCounts(created=1)
    rows, created, updated, skipped, duplicates = 1, counts.created, counts.updated, counts.skipped, counts.duplicates
    errors: tuple[tuple[int, str], ...] = ()
    import_id = None
    unknown_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    possible: tuple[tuple[int, str], ...] = ()
    preview = Preview()


@pytest.mark.parametrize(
    ("field", "typed"), [("subject", "Hi {{ nonsense }}"), ("body", "Hello {{ 1 + 1 }}"), ("body", "{{ }}")]
)
def test_a_draft_that_cannot_be_filled_in_is_refused_in_its_dialog(field: str, typed: str) -> None:
    given = {"subject": "Hi {{ company }}", "body": "Hello {{first_name}}", "cap": "5", "hold_out": "10"}
    values = {name: {name: {"value": one}} for name, one in {**given, field: typed}.items()}
    assert list(dialogs.check_suggestion(values)) == [field]
    assert not dialogs.check_suggestion({name: {name: {"value": one}} for name, one in given.items()})


def test_an_address_and_a_number_are_checked_in_their_dialog() -> None:
    values = {"email": {"email": {"value": "nonsense"}}, "phone": {"phone": {"value": "abc"}}}
    assert set(dialogs.check_points(values)) == {"email", "phone"}
    good = {"email": {"email": {"value": "ann@globex.example"}}, "phone": {"phone": {"value": "+49 30 1234"}}}
    assert dialogs.check_points(good) == {}


def test_a_value_says_within_how_many_days_it_is_expected() -> None:
    card = customer.found(
        figures.card(), None, True, (), now=NOW, zone=BERLIN, place=customer.ASKER, currency="EUR", days=90
    )  # fmt: skip
    assert "in the next 90 days (low" in shown(card)
