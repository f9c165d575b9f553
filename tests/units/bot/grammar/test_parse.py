"""Every verb of the product is read from one line."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar import commands as c
from bot.grammar.house_commands import Link, RunJob, Unlink
from bot.grammar.parse import parse
from bot.grammar.verbs import SYNONYMS, Verb
from crm_store.errors import BadInput
from crm_store.money import Money

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
FRIDAY_NINE = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
FIRST_OF_MAY = datetime(2026, 4, 30, 22, 0, tzinfo=UTC)


def read(text: str) -> c.Command:
    return parse(text, WEDNESDAY, BERLIN, "EUR")


CASES: list[tuple[str, c.Command]] = [
    ("", c.Help(alone=True)),
    ("help deals", c.Help("deals")),
    ("rayn group", c.Card("rayn group")),
    ("show ann", c.Card("ann")),
    ("/crm FIND Ann", c.Find("Ann")),
    ("look up ann", c.Find("ann")),
    ('task "send quote" ann fri deal:renewal', c.AddTask("send quote", "ann", FRIDAY_NINE, "renewal")),
    ("task ann: send quote fri owner:@ben", c.AddTask("send quote", "ann", FRIDAY_NINE, owner="ben")),
    ("task due: fri call Ann private", c.AddTask("call Ann", due=FRIDAY_NINE, private=True)),
    ("task fri send quote", c.AddTask("send quote", due=FRIDAY_NINE)),
    ("due", c.Due()),
    ("due ann friday", c.Due("ann", until=datetime(2026, 11, 27, 23, 0, tzinfo=UTC))),
    ("done 2", c.Done((2,))),
    ("done 1,3-4", c.Done((1, 3, 4))),
    ("done send quote", c.Done(text="send quote")),
    ("snooze 2 mon", c.Snooze((2,), MONDAY_NINE)),
    ("snooze 2", c.Snooze((2,), datetime(2026, 11, 26, 8, 0, tzinfo=UTC))),
    (
        "deal acme 12k stage:proposal close:eom",
        c.Deal("acme", amount=Money(1_200_000, "EUR"), stage="proposal", close_on=date(2026, 11, 30)),
    ),
    ('deal new "Renewal" acme 1200 usd', c.Deal("acme", "Renewal", Money(120_000, "USD"), new=True)),
    ("deal acme won", c.Deal("acme", stage="won")),
    ("move acme to proposal", c.Deal("acme", stage="proposal")),
    ("move acme proposal", c.Deal("acme", stage="proposal")),
    (
        'order acme 3 x "Seat" 120 eur',
        c.Order("acme", (c.OrderLine("Seat", Decimal(3), Money(12_000, "EUR")),)),
    ),
    (
        "order acme 3x seat 120, 1 x setup",
        c.Order("acme", (c.OrderLine("seat", Decimal(3), Money(12_000, "EUR")), c.OrderLine("setup", Decimal(1)))),
    ),
    ("order acme 1200 eur", c.Order("acme", total=Money(120_000, "EUR"))),
    ("need ann: 40 seats with SSO", c.Need("ann", c.NeedOffer("40 seats with SSO", 40, "seats"))),
    (
        "add Ann Lee at Acme GmbH ann@acme.com +49 170 1234567 title:CFO",
        c.AddContact("Ann Lee", "Acme GmbH", ("ann@acme.com",), ("+49 170 1234567",), title="CFO"),
    ),
    ("add Ann Lee, Acme", c.AddContact("Ann Lee", "Acme")),
    ("add company Umbra umbra.example", c.AddContact("Umbra", domains=("umbra.example",), is_company=True)),
    (
        "add Ann Lee at Acme ann@acme.com, Head of Purchasing",
        c.AddContact("Ann Lee", "Acme", ("ann@acme.com",), title="Head of Purchasing"),
    ),
    ("add Ann Lee, Acme, Inc.", c.AddContact("Ann Lee", "Acme, Inc.")),
    ("add Ann Lee, Acme, CFO", c.AddContact("Ann Lee", "Acme", title="CFO")),
    ("add Ann Lee at Acme, tel:+44 20 7946 0018", c.AddContact("Ann Lee", "Acme", (), ("+44 20 7946 0018",))),
    ("add Ann Lee , Acme tel.: 020 7946 0018", c.AddContact("Ann Lee", "Acme", (), ("020 7946 0018",))),
    ("add Ann Lee ann@acme.com Acme", c.AddContact("Ann Lee", "Acme", ("ann@acme.com",))),
    ("add Ann Lee at Operations, Inc.", c.AddContact("Ann Lee", "Operations, Inc.")),
    ("add company Acme acme.com", c.AddContact("Acme", domains=("acme.com",), is_company=True)),
    ("edit ann title: Head of IT phone:", c.Edit("ann", (("title", "Head of IT"), ("phone", "")))),
    ("timeline acme mails since:may", c.Timeline("acme", (c.Kind.MAIL,), FIRST_OF_MAY)),
    ("timeline mails with Acme since May", c.Timeline("Acme", (c.Kind.MAIL,), FIRST_OF_MAY)),
    ("who knows Acme?", c.WhoKnows("Acme")),
    ("who-knows acme", c.WhoKnows("acme")),
    ('segment "2+ orders since May" save:regulars', c.Segment("2+ orders since May", "regulars")),
    ("why ann", c.Why("ann")),
    ("why mail", c.Why(topic="mail")),
    ("why mail ann", c.Why("ann", "mail")),
    ("remind me to call ann fri", c.AddTask("call ann", due=FRIDAY_NINE)),
    ('who knows "Acme Inc"?', c.WhoKnows("Acme Inc")),
    ("value", c.Value()),
    ("potential ann", c.Potential("ann")),
    ("report pipeline since:may", c.Report("pipeline", FIRST_OF_MAY)),
    ("pipeline", c.Report("pipeline")),
    ("ask revenue by month since:may", c.Ask("revenue by month since:may")),
    ("campaign spring", c.Campaign("spring")),
    ("suggest", c.Suggest()),
    ("import leads.csv", c.Import("leads.csv")),
    ("export Ann Lee", c.Export("Ann Lee")),
    ('merge "Ann Lee" "A. Lee"', c.Merge("Ann Lee", "A. Lee")),
    ("merge ann lee with a. lee", c.Merge("ann lee", "a. lee")),
    ("merge ann bob", c.Merge("ann", "bob")),
    ('merge "Ann Lee" bob', c.Merge("Ann Lee", "bob")),
    ("merge ann", c.Merge("ann", "")),
    ("undo und_0123456789abc", c.Undo(undo_id="und_0123456789abc")),
    ("order acme: 3 seats 120 eur", c.Order("acme", (c.OrderLine("seats", Decimal(3), Money(12_000, "EUR")),))),
    ("mute today", c.Mute("today", datetime(2026, 11, 25, 22, 59, tzinfo=UTC))),
    ('add "Ann Lee" "Acme GmbH"', c.AddContact("Ann Lee", "Acme GmbH")),
    ("deal acme € 12k", c.Deal("acme", amount=Money(1_200_000, "EUR"))),
    ("snooze 2 next week", c.Snooze((2,), MONDAY_NINE)),
    ("unmerge ann", c.Unmerge("ann")),
    ("undo", c.Undo()),
    ("undo 3", c.Undo(3)),
    ("mute acme until:fri", c.Mute("acme", FRIDAY_NINE)),
    ("settings channel #sales", c.Settings("channel", ("#sales",))),
    ("forget ann", c.Forget("ann")),
    ("what-if merge a b", c.WhatIf("merge a b")),
    ("address new", c.Address("new")),
    ("duplicates", c.Duplicates()),
    ("link acme", Link("acme")),
    ("link to Acme Corp", Link("Acme Corp")),
    ("link this channel to acme", Link("acme")),
    ("link", Link()),
    ("unlink", Unlink()),
    ("run nightly as_of:2026-11-01", RunJob("nightly", date(2026, 11, 1))),
    ("fnid acme", c.Unknown("fnid acme", "find", "find acme")),
    ("lag ann: called", c.Unknown("lag ann: called", "log", "log ann: called")),
    ("timelime acme", c.Unknown("timelime acme", "timeline", "timeline acme")),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text or "bare" for text, _ in CASES])
def test_a_line_becomes_its_command(text: str, expected: c.Command) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("verb", [*Verb, *SYNONYMS])
def test_every_verb_alone_is_answered_and_never_taken_for_a_name(verb: str) -> None:
    assert not isinstance(read(verb), c.Card | c.Unknown)


@pytest.mark.parametrize(
    "name", ["Fin Acme", "Dean Smith", "dela Cruz", "Don Lock", "Long Wei", "Tasha Moor", "Ed", '"log"']
)
def test_a_customers_name_is_not_taken_for_a_verb(name: str) -> None:
    command = read(name)
    assert isinstance(command, c.Card)
    assert command.who == name.strip('"')


def test_a_doubtful_name_says_what_else_may_have_been_meant() -> None:
    assert read("Fin Acme") == c.Card("Fin Acme", perhaps="find Acme")


def test_a_logged_call_carries_offers() -> None:
    command = read("log ann: called, wants a quote for 200 seats, follow up friday")
    assert command == c.Log(
        "ann",
        "called, wants a quote for 200 seats, follow up friday",
        c.Kind.CALL,
        needs=(c.NeedOffer("a quote for 200 seats", 200, "seats"),),
        tasks=(c.TaskOffer("follow up", FRIDAY_NINE),),
    )


@pytest.mark.parametrize(
    ("text", "who", "note", "direction"),
    [
        ("log Ann Lee called yesterday", "Ann Lee", "called yesterday", c.Direction.INCOMING),
        ("log called Ann Lee, no answer", "Ann Lee", "called Ann Lee, no answer", c.Direction.OUTGOING),
        ("log Ann, called, no answer", "Ann", "called, no answer", c.Direction.NONE),
        ("log ann wants 3 seats", "ann", "wants 3 seats", c.Direction.NONE),
        ('log "van Dyk" nice chat', "van Dyk", "nice chat", c.Direction.NONE),
        ("note ann@acme.com sent plans", "ann@acme.com", "sent plans", c.Direction.NONE),
        ("log ann: met at 14:30", "ann", "met at 14:30", c.Direction.NONE),
        ("log", "", "", c.Direction.NONE),
    ],
)
def test_whom_a_note_is_about(text: str, who: str, note: str, direction: c.Direction) -> None:
    command = read(text)
    assert isinstance(command, c.Log)
    assert (command.who, command.text, command.direction) == (who, note, direction)


def test_pairs_are_taken_out_of_a_note() -> None:
    command = read('log ann: lunch deal:"acme renewal" private')
    assert isinstance(command, c.Log)
    assert (command.text, command.deal, command.private) == ("lunch", "acme renewal", True)


@pytest.mark.parametrize(
    "text", ["task x due:blah", "deal acme amount:lots", "snooze 2 yesterday", "undo everything now", "run x as_of:no"]
)
def test_what_cannot_be_read_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(BadInput) as problem:
        read(text)
    assert problem.value.sentence.endswith((".", "”"))


WORDS = [
    *(verb.value for verb in Verb),
    "ann",
    "Acme",
    '"Ann',
    'Lee"',
    "3",
    "x",
    "12k",
    "eur",
    "fri",
    "due:",
    "since:may",
    ":",
]
WORDS += [
    "stage:",
    "owner:@ben",
    "private",
    "ann:",
    "to",
    "€",
    "1-9",
    "deal:",
    "x@y.z",
    "+49",
    "by",
    "\n",
    "🙂",
    "00",
    "31.2.",
]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_any_line_is_a_command_or_bad_input_and_the_same_each_time(text: str) -> None:
    try:
        first = read(text)
    except BadInput:
        return
    assert read(text) == first
    if isinstance(first, c.Unknown):
        assert not isinstance(read(first.example), c.Unknown)


@given(st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_command_or_bad_input(text: str) -> None:
    try:
        command = read(text)
    except BadInput:
        return
    assert command is not None
