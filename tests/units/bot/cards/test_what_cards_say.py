"""What people read on the cards, and what is kept from those who may not see it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.audience import Place, place
from bot.blocks import Message
from bot.cards import (
    customer,
    dialogs,
    error,
    help,
    home,
    mail_why,
    receipt,
    report,
    review,
    tasks,
    timeline,
    wording,
)
from bot.cards.customer import ASKER
from bot.cards.examples import EXAMPLES
from bot.grammar.commands import Card, Unknown
from bot.grammar.parse import parse
from bot.grammar.verbs import Verb
from bot.names import Action, Field, decode
from crm_store.values.acts import NewCommunication, NewTask, Receipt
from crm_store.values.day import Health, MyDay
from crm_store.values.mail import MailLine
from crm_store.values.people import CustomerCard, TimelineEntry
from crm_store.values.timeline import HistoryPage, Subject, Wanted, Words
from crm_store.values.timeline import Place as PagePlace
from crm_store.values.undo import UndoView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, buttons, labels, shown, takes


def _card(card: CustomerCard | None = None, *, where: Place = ASKER, query: str | None = None) -> Message:
    return customer.found(
        card or figures.card(), query, query is None, (), now=NOW, zone=BERLIN, place=where
    )  # fmt: skip


def test_a_card_shows_everything_in_its_order() -> None:
    words = shown(_card())
    order = ["Ann Lee, Globex", "Potential", "Value", "Last contact", "Next step", "Wants", "Open deals", "Log"]
    places = [words.index(one) for one in order]
    assert places == sorted(places)


def test_a_card_gives_two_reasons_and_what_they_rest_on() -> None:
    words = shown(_card())
    assert "Answered within a day" in words
    assert "A third reason" not in words
    assert "n 240, 24 Nov 2026" in words
    assert "€12,000 (low €4,000, high €20,000)" in words


def test_a_chance_without_a_number_and_money_without_a_currency_are_said_so() -> None:
    assert wording.amount(float("nan"), "EUR") == "unknown"
    assert wording.amount(1200.4, "") == "1,200"


def test_a_score_with_a_band_shows_the_band_and_no_number() -> None:
    words = shown(_card(figures.card(potential=figures.score(band="higher"))))
    assert "higher than usual" in words
    assert "42 %" not in words


def test_missing_lines_are_left_out() -> None:
    bare = figures.card(
        value=None, potential=None, next_task=None, needs=(), deals=(), deals_more=0, segments=(), private_notes=0
    )
    words = shown(_card(bare))
    assert not any(one in words for one in ("Potential", "Value", "Next step", "Wants", "Open deals", "private note"))
    assert "Why" not in labels(_card(bare))


def test_a_near_match_says_what_it_matched_and_an_exact_one_does_not() -> None:
    assert "nearest to “an lee”" in shown(_card(query="an lee"))
    assert "nearest" not in shown(_card())


def test_the_share_button_is_there_for_the_asker_alone() -> None:
    assert "Share here" in labels(_card())
    assert "Share here" not in labels(_card(where=Place("dm")))


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("shared", ("Globex", "Potential", "Value", "ann@globex.example", "private note", "40 seats", "Renewal")),
        ("public", ("Potential", "Value", "ann@globex.example", "private note")),
        ("private", ("private note",)),
        ("dm", ()),
    ],
)
def test_the_least_trusted_reader_decides_what_is_shown(kind: Any, kept: tuple[str, ...]) -> None:
    message = _card(where=Place(kind))
    assert [one for one in kept if one in shown(message) + message.text] == []
    assert "Ann Lee" in shown(message)


def test_with_outsiders_the_short_form_is_the_name_and_a_button() -> None:
    message = customer.shared(figures.card(), "U_ADA", outsiders=True, now=NOW, zone=BERLIN)
    assert shown(message).split() == ["Ann", "Lee", "Show", "me", "the", "card"]


def test_the_short_form_pings_no_owner() -> None:
    message = customer.shared(figures.card(), "U_ADA", outsiders=False, now=NOW, zone=BERLIN)
    assert "U_BEN" not in str(message.blocks)


@pytest.mark.parametrize(
    ("channel_kind", "ephemeral", "outsiders", "kind"),
    [
        ("public", True, True, "ephemeral"),
        ("im", False, False, "dm"),
        ("private", False, True, "shared"),
        ("private", False, False, "private"),
        ("public", False, False, "public"),
        ("no such kind", False, False, "public"),
    ],
)
def test_a_place_is_as_trusted_as_its_readers(
    channel_kind: str, ephemeral: bool, outsiders: bool, kind: str
) -> None:  # fmt: skip
    assert place(channel_kind=channel_kind, ephemeral=ephemeral, outsiders=outsiders).kind == kind


def test_choices_show_five_with_company_and_last_contact_and_a_way_out() -> None:
    found = [figures.found("Ann Lee", number) for number in range(7)]
    message = customer.choices("ann", found, "inb_1", now=NOW, zone=BERLIN)
    assert labels(message) == ["Choose"] * 5 + ["None of these: add a contact"]
    assert "last mail 12 days ago" in shown(message)
    assert decode(buttons(message.blocks)[0]["value"]) == {"customer": "cus_0", "then": "inb_1"}


def test_nobody_found_offers_to_add_the_one_looked_for() -> None:
    message = customer.nothing("Rayn", "Nobody fits “Rayn”.")
    assert decode(buttons(message.blocks)[0]["value"]) == {"name": "Rayn"}
    assert buttons(customer.nothing("", "Say who.").blocks) == []


def test_a_receipt_says_what_it_made_and_gives_something_back() -> None:
    communication = NewCommunication(
        "call", "out", NOW, "called", "chat", "key", (), needs=("40 seats",),
        tasks=(NewTask("send quote", NOW + timedelta(days=2), "usr_ada"),),
    )  # fmt: skip
    message = receipt.logged(
        Receipt("cmm_1", "und_1", ""), figures.brief(), communication, deal=figures.deal(), known=figures.known(),
        now=NOW, zone=BERLIN,
    )  # fmt: skip
    words = shown(message)
    for part in ("Logged a call with", "Renewal", "40 seats", "send quote · Fri 27 Nov 10:00", "Before that: mail"):
        assert part in words.replace("  ", " ")
    assert labels(message) == ["Undo", "Task", "Show card", "Correct", "Move to…", "Only for me"]


def test_a_mail_that_was_not_certain_says_so_with_its_number() -> None:
    message = receipt.filed(figures.filed(), undo_id="und_1", sure=0.82, now=NOW, zone=BERLIN)
    assert "fairly sure (0.82)" in shown(message)
    certain = receipt.filed(figures.filed(), undo_id="und_1", sure=1.0, now=NOW, zone=BERLIN)
    assert "sure" not in shown(certain)


def test_somebody_new_can_be_checked_from_the_receipt() -> None:
    message = receipt.filed(figures.filed(), undo_id=None, sure=None, created=("cus_1",), now=NOW, zone=BERLIN)
    assert labels(message)[0] == "Check details"


def test_a_second_copy_is_told_of_and_the_colleague_named() -> None:
    both = replace(figures.filed(), witnesses=("U_BEN", "U_ADA"))
    message = receipt.filed(both, undo_id=None, sure=None, also=True, now=NOW, zone=BERLIN)
    assert message.text.startswith("Already filed")
    assert {"type": "user", "user_id": "U_BEN"} in message.blocks[0]["elements"][0]["elements"]


def test_undo_says_what_stayed() -> None:
    words = shown(receipt.undone("Taken back.", ["The title stayed, since Ben changed it."]))
    assert "This stayed as it is" in words
    assert "since Ben changed it" in words


def test_a_question_offers_three_candidates_somebody_new_or_nobody() -> None:
    message = review.which_customer(figures.question(), now=NOW, zone=BERLIN)
    assert labels(message) == ["File here"] * 3 + ["Somebody new", "None of these: do not file"]


def test_where_nobody_fits_there_is_no_none_of_these() -> None:
    nobody = replace(figures.question(), candidates=())
    assert labels(review.which_customer(nobody, now=NOW, zone=BERLIN)) == ["Somebody new", "Do not file it"]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("which_customer", "Whom is “Your quote” about?"),
        ("which_deal", "Which deal is “Your quote” for?"),
        ("which_fact", "Ann: is title still Buyer, or Owner?"),
        ("has_left", "Has Ann left Acme?"),
    ],
)
def test_the_day_says_what_is_asked(kind: str, asked: str) -> None:
    one = replace(figures.question(), kind=kind, field="title", old="Buyer", new="Owner", company="Acme")
    words = shown(home.day("Ada", MyDay(questions=(one,), questions_in_all=1), [], now=NOW, zone=BERLIN))
    assert "1 question waits for your answer" in words
    assert asked in words


def test_a_receipt_names_who_came_with_other_mails_and_contacts() -> None:
    known, new = figures.brief("Bo Li", 7), figures.brief("Petra Voss", 8)
    message = receipt.filed(
        figures.filed(),
        undo_id="und_1",
        sure=None,
        created=(new.customer_id,),
        beside=(known, new),
        now=NOW,
        zone=BERLIN,
    )
    assert "The other mails are with" in shown(message)
    assert "Bo Li" in shown(message)
    assert "Petra Voss" in shown(message)
    assert "Check details" in labels(message)


def test_who_answered_first_is_shown_by_name_and_a_customer_cannot_pose_as_that() -> None:
    assert "'user_id': 'U_BEN'" in str(review.answered("<@U_BEN> answered this already.").blocks)
    assert "user_id" not in str(review.answered("Filed to <@U_BEN> answered this.").blocks)


@pytest.mark.parametrize(
    ("days", "words"),
    [(-5.0, "overdue since Fri 20 Nov"), (-0.1, "overdue since 07:36"), (0.1, "today 12:24"), (1.0, "tomorrow 10:00"),
     (2.0, "Fri 27 Nov 10:00"), (60.0, "Sun 24 Jan 2027 10:00")],
)  # fmt: skip
def test_due_is_said_in_words_of_the_readers_zone(days: float, words: str) -> None:
    assert wording.due(NOW + timedelta(days=days), NOW, BERLIN)[1] == words


def test_due_tasks_are_numbered_and_the_late_are_counted() -> None:
    listed = [figures.task(f"task {number}", number, NOW + timedelta(days=number - 3)) for number in range(1, 15)]
    words = shown(tasks.due(listed, now=NOW, zone=BERLIN))
    assert "14 open tasks, 2 overdue" in words
    assert "14 task 14" in words
    assert shown(tasks.due([], now=NOW, zone=BERLIN)) == "Nothing is due."


def _entry(**more: Any) -> TimelineEntry:
    known: dict[str, Any] = {"subject": "Quote", "text": "Dear Ada", "quoted": False, "hidden": False, **more}
    return TimelineEntry(
        "cmm_1", "mail", "in", NOW, known["subject"], known["text"], known["quoted"], "U_ADA", ("Ann Lee",), "team",
        known["hidden"], None,
    )  # fmt: skip


ANN = Subject("customer", "cus_1", "Ann Lee, Globex")


def test_what_may_not_be_read_is_marked_and_not_shown() -> None:
    page = HistoryPage((_entry(hidden=True, subject="Secret", text="Secret"),), private=2)
    words = shown(timeline.page(ANN, page, Wanted(), now=NOW, zone=BERLIN))
    assert "Secret" not in words
    assert "Only its author may read this" in words
    assert "2 private notes" in words


def test_the_older_button_keeps_the_filter() -> None:
    wanted, place = Wanted(("mail", "call"), text="quote", until=NOW), PagePlace(NOW - timedelta(days=9), "cmm_1")
    message = timeline.page(ANN, HistoryPage((_entry(),), place), wanted, now=NOW, zone=BERLIN)
    older = next(one for one in buttons(message.blocks) if one["action_id"] == Action.TIMELINE_OLDER)
    assert timeline.read(decode(older["value"])) == ("customer", "cus_1", wanted, place)
    assert not [one for one in buttons(message.blocks) if one["action_id"] == Action.TIMELINE_NEWER]


def test_the_menu_keeps_days_and_words_as_far_as_they_fit() -> None:
    for text, kept in (("quote", "quote"), ("q" * 300, "")):
        message = timeline.page(ANN, HistoryPage(()), Wanted(("mail",), text=text), now=NOW, zone=BERLIN)
        menu = next(one for one in message.blocks[-1]["elements"] if one["type"] == "static_select")
        assert menu["initial_option"]["text"]["text"] == "Mails"
        orders = next(one for one in menu["options"] if one["text"]["text"] == "Orders")
        assert timeline.read(decode(orders["value"])) == ("customer", "cus_1", Wanted(("order",), text=kept), None)


def test_a_long_text_is_shown_whole_in_parts() -> None:
    text, quoted = " ".join(f"word{number}" for number in range(3_000)), "> earlier\n" * 40
    parts = [shown(timeline.whole(Words(_entry(text=text), quoted), part, now=NOW, zone=BERLIN)) for part in range(4)]
    assert all(any(f"word{number} " in f"{part} " for part in parts) for number in range(3_000))
    assert "The earlier conversation" not in parts[0]
    assert "The earlier conversation" in parts[-1]
    assert "Part 1 of" in parts[0]


def test_help_knows_every_verb_and_each_example_is_understood() -> None:
    assert help.verbs() == {verb.value for verb in Verb} == {verb.value for verb in EXAMPLES}
    for verb in Verb:
        words = shown(help.help_card(verb.value))
        for example, _ in EXAMPLES[verb]:
            assert f"/crm {example}" in words
            command = parse(example, NOW, BERLIN, "EUR")
            assert not isinstance(command, Unknown | Card) or verb is Verb.SHOW, example


def test_an_empty_day_tells_a_newcomer_how_to_begin_and_others_that_nothing_waits() -> None:
    new = shown(home.day("Ada", MyDay(), [], now=NOW, zone=BERLIN))
    assert "How to begin" in new
    done = MyDay(recent=(UndoView("und_1", "Logged a call", NOW),))
    words = shown(home.day("Ada", done, [], now=NOW, zone=BERLIN))
    assert "How to begin" not in words
    assert "nothing is due, and nobody waits for you" in words


def test_late_sending_is_told_to_everybody_and_the_rest_to_those_who_can_help() -> None:
    late = home.day("Ada", MyDay(health=Health(NOW - timedelta(minutes=3), 4)), [], now=NOW, zone=BERLIN)
    assert "4 messages wait since" in shown(late)
    assert "Last mail" not in shown(late)
    behind = Health(unread_since=NOW - timedelta(minutes=2), unread=7)
    words = shown(home.day("Ada", MyDay(health=behind), [], now=NOW, zone=BERLIN))
    assert "7 mails are kept but not read yet, the oldest since" in words
    told = Health(None, 0, True, NOW, 2, (("nightly", NOW),))
    words = shown(home.day("Ben", MyDay(health=told), [], now=NOW, zone=BERLIN))
    for part in ("Last mail taken in Wed 25 Nov 10:00", "2 mails could not be read", "The job nightly failed"):
        assert part in words


def test_help_says_who_may_erase_a_person() -> None:
    assert "admins, asked once more" in shown(help.help_card("forget"))


def test_help_of_one_verb_shows_that_verb_alone() -> None:
    words = shown(help.help_card("snooze"))
    assert "/crm snooze 2 mon" in words
    assert "/crm find" not in words


def test_a_near_miss_has_a_button_that_does_it() -> None:
    message = help.did_you_mean("fnid acme", "find acme")
    assert decode(buttons(message.blocks)[0]["value"]) == {"line": "find acme"}


def test_an_error_shows_its_reference_and_what_to_type() -> None:
    message = error.sentence("Slack did not take it. Choose one: `/crm settings channel` in <#C_SALES>.", ref="7F3K2Q")
    assert "Ref 7F3K2Q" in shown(message)
    assert {"type": "channel", "channel_id": "C_SALES"} in message.blocks[0]["elements"][0]["elements"]
    assert message.text.endswith("Ref 7F3K2Q.")


def test_an_untouched_edit_dialog_changes_nothing() -> None:
    for text in NASTY:
        view = dialogs.edit_dialog(figures.card(text, title=text))
        values = {
            one["block_id"]: {
                one["block_id"]: {"type": "plain_text_input", "value": one["element"].get("initial_value")}
            }
            for one in view["blocks"]
        }
        fields = dialogs.read_edit(values, view["private_metadata"])
        assert (fields.customer_id, fields.changes) == ("cus_1", {})


def test_an_edit_names_only_what_was_changed_or_cleared() -> None:
    view = dialogs.edit_dialog(figures.card())
    values = {
        Field.NAME.value: {"name": {"value": "Anne Lee"}},
        Field.COMPANY.value: {"company": {"value": "Globex"}},
        Field.JOB.value: {"job": {"value": None}},
    }
    assert dialogs.read_edit(values, view["private_metadata"]).changes == {"name": "Anne Lee", "title": None}


def test_a_log_goes_to_the_customer_chosen_in_the_dialog() -> None:
    view = dialogs.log_dialog(figures.brief())
    values = {
        "who": {"find_customer": {"selected_option": {"value": "cus_2"}}},
        "text": {"text": {"value": "called"}},
        "private": {"private": {"selected_options": [{"value": "yes"}]}},
    }
    fields = dialogs.read_log(values, view["private_metadata"])
    assert (fields.customer_id, fields.text, fields.private) == ("cus_2", "called", True)


def test_a_task_and_a_contact_are_read_as_typed() -> None:
    task = dialogs.read_task({"title": {"title": {"value": " send quote "}}, "due": {"due": {"value": "fri"}}})
    assert (task.title, task.due, task.customer_id) == ("send quote", "fri", "")
    contact = dialogs.read_contact({"name": {"name": {"value": "Ann"}}, "job": {"job": {"value": "Boss"}}})
    assert (contact.name, contact.title, contact.email) == ("Ann", "Boss", "")


@pytest.mark.parametrize("text", NASTY)
def test_lists_of_mail_are_taken(text: str) -> None:
    takes(mail_why.last([MailLine("inb_1", NOW, "filed", text)] * 40, now=NOW, zone=BERLIN))
    takes(mail_why.last([], now=NOW, zone=BERLIN))
    takes(report.coming(3))
