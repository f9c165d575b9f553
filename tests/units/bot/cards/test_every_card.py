"""Every card is taken by Slack, whatever customers are called and write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audience import Place, PlaceKind
from bot.cards import (
    address,
    customer,
    dialogs,
    error,
    help,
    home,
    mail_why,
    messages,
    receipt,
    review,
    tasks,
    timeline,
)
from bot.grammar.commands import Unknown
from bot.local_slack.blocks.layout import Surface
from crm_store.values.acts import NewCommunication, NewTask, Receipt
from crm_store.values.day import MyDay
from crm_store.values.mail import MailLine, MailRuleView, Reason, WhyMail
from crm_store.values.people import TimelineEntry
from crm_store.values.timeline import HistoryPage, Subject, Wanted, Words
from crm_store.values.timeline import Place as PagePlace
from crm_store.values.undo import UndoView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, takes, takes_dialog

pytestmark = pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))


@pytest.mark.parametrize("kind", ["ephemeral", "dm", "private", "public", "shared"])
def test_the_card_of_a_customer(text: str, kind: PlaceKind) -> None:
    others = [figures.found(text, number) for number in range(6)]
    takes(customer.found(figures.card(text), text, False, others, now=NOW, zone=BERLIN, place=Place(kind)))


def test_choices_nothing_and_the_short_form(text: str) -> None:
    found = [figures.found(text, number) for number in range(8)]
    takes(customer.choices(text, found, "inb_1", now=NOW, zone=BERLIN))
    takes(customer.choices(text, [], "inb_1", now=NOW, zone=BERLIN))
    takes(customer.nothing(text, text))
    takes(customer.shared(figures.card(text), "U_ADA", outsiders=False, now=NOW, zone=BERLIN))
    takes(customer.shared(figures.card(text), None, outsiders=True, now=NOW, zone=BERLIN))


def test_the_receipt_of_a_log(text: str) -> None:
    communication = NewCommunication(
        "call", "out", NOW, text, "chat", "key", (), level="private", needs=(text, "40 seats"),
        tasks=(NewTask(text, NOW + timedelta(days=2), "usr_ada"),),
    )  # fmt: skip
    done = Receipt("cmm_1", "und_1", text)
    takes(
        receipt.logged(
            done, figures.brief(text), communication, deal=figures.deal(text), known=figures.known(text), now=NOW,
            zone=BERLIN,
        )
    )  # fmt: skip
    takes(receipt.logged(done, figures.brief(text), communication, deal=None, known=None, now=NOW, zone=BERLIN))


def test_the_receipt_of_a_mail(text: str) -> None:
    mail = figures.filed(text, customers=tuple(figures.brief(text, n) for n in range(9)), deal=text or None)
    for also in (False, True):
        takes(
            receipt.filed(
                mail, undo_id="und_1", sure=0.82, created=("cus_1", "cus_2"), warnings=(text, "A warning."),
                also=also, known=figures.known(text), now=NOW, zone=BERLIN,
            )
        )  # fmt: skip
    takes(receipt.filed(figures.filed(None, customers=()), undo_id=None, sure=None, now=NOW, zone=BERLIN))


def test_the_other_receipts(text: str) -> None:
    done = Receipt("row_1", "und_1", text)
    takes(receipt.of(done))
    takes(receipt.done(text, None))
    takes(receipt.customer_made(done))
    takes(receipt.several([done] * 30))
    takes(receipt.several([]))
    takes(receipt.undone(text, [text] * 12))
    takes(receipt.task_made(done, NewTask(text, NOW, "usr_ada"), figures.brief(text), now=NOW, zone=BERLIN))
    takes(receipt.which_customer_for_message(text, (), "inb_1", now=NOW, zone=BERLIN))
    takes(receipt.which_customer_for_message(text, (figures.found(text),), "inb_1", now=NOW, zone=BERLIN))


def test_questions_about_mail(text: str) -> None:
    takes(review.which_customer(figures.question(text, text), now=NOW, zone=BERLIN))
    deals = tuple(figures.deal(text) for _ in range(9))
    for kind in ("which_customer", "which_deal", "which_fact", "has_left"):
        asked = replace(
            figures.question(text, text), kind=kind, deals=deals, field=text, old=text, new=text, company=text
        )
        takes(review.question(asked, now=NOW, zone=BERLIN))
    takes(review.unknown_sender("inb_1", text, text, text))
    takes(review.unknown_sender("inb_1", text, text, text, trust=text))
    takes(review.many_at_once(text, text, 20))
    takes(review.answered(text))
    takes(review.answered(text, "und_1"))


def test_why_a_mail_is_here_and_the_rules_there_are(text: str) -> None:
    reasons = tuple(Reason(rule, text, text) for rule in ("bulk", "known-address", "never-log")) * 6
    for filed in ("cmm_1", None):
        found = WhyMail(
            "inb_1", filed, text, text, "done", reasons, addresses=(text, "ann@acme.com", text), thread_key="t",
            deal=("dea_1", text), unowned_domain=text, company=("com_1", text),
        )  # fmt: skip
        takes(mail_why.why(found))
        takes(mail_why.why(replace(found, reasons=(), deal=None)))
    line = MailLine("inb_1", NOW, "held", text, text, text)
    takes(mail_why.held([line] * 30, now=NOW, zone=BERLIN))
    takes(mail_why.held([], now=NOW, zone=BERLIN))
    takes(mail_why.rules([MailRuleView("rul_1", text), MailRuleView("", text)] * 40, 3))
    takes(mail_why.rules([], 0))
    takes(mail_why.ruled(Receipt("rul_1", "und_1", text), text))


def test_tasks_and_the_day(text: str) -> None:
    listed = [figures.task(text, number, NOW + timedelta(days=number - 5)) for number in range(40)]
    takes(tasks.due(listed, now=NOW, zone=BERLIN))
    takes(tasks.due([figures.task(text, 1, None)], now=NOW, zone=BERLIN))
    recent = [UndoView(f"und_{number}", text, NOW) for number in range(9)]
    mine = figures.my_day(text, tasks=tuple(listed), recent=tuple(recent))
    takes(home.day(text, mine, [], now=NOW, zone=BERLIN), Surface.HOME)
    takes(home.day(text, MyDay(), [], now=NOW, zone=BERLIN), Surface.HOME)
    takes(help.alone(home.short(mine, now=NOW, zone=BERLIN)))


def test_the_timeline(text: str) -> None:
    entry = TimelineEntry(
        "cmm_1", "mail", "in", NOW, text, text, True, "U_ADA", (text,), "team", False, "https://x.example/p1"
    )
    place = PagePlace(NOW - timedelta(days=99), "cmm_1")
    order = replace(entry, communication_id="", kind="order", event_id="ord_1", note=text)
    whole = HistoryPage((entry, order) * 5, place, replace(place, forward=True), 3)
    for of in ("customer", "company", "deal"):
        whose = Subject(of, "row_1", text)
        takes(timeline.page(whose, whole, Wanted(("mail",), NOW, NOW, text), now=NOW, zone=BERLIN))
        takes(timeline.page(whose, HistoryPage(()), Wanted(text=text), now=NOW, zone=BERLIN))
    for part in range(3):
        takes(timeline.whole(Words(entry, text * 3), part, now=NOW, zone=BERLIN))


def test_help_errors_and_addresses(text: str) -> None:
    takes(help.help_card(text))
    takes(help.unknown(Unknown(text, "find", f"find {text}")))
    takes(error.sentence(text, ref="7F3K2Q"))
    takes(error.sentence(f"Write `{text}` in <#C_SALES>."))
    takes(address.mine("ada-abcdefghijklmnopqrstuvwxyz@crm.example", replaced=True))


def test_the_dialogs(text: str) -> None:
    takes_dialog(dialogs.log_dialog(figures.brief(text), text))
    takes_dialog(dialogs.log_dialog(None))
    takes_dialog(messages.message_dialog(figures.brief(text), text, "C_SALES", "1.2", "U_BEN"))
    takes_dialog(dialogs.task_dialog(figures.brief(text), text))
    takes_dialog(dialogs.contact_dialog(text))
    takes_dialog(dialogs.edit_dialog(figures.card(text, title=text)))
