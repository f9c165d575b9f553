"""Alerts, digests and briefs: what they say, what can be done from them, and that Slack takes them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import alerts, briefs
from crm_store.values.alerts import (
    AlertView,
    DigestView,
    MeetingBrief,
    MeetingLine,
    MorningBrief,
    Risk,
    Waits,
)
from crm_store.values.noise import NO_BRIEF, Kind, Muted, MuteView, Noise, Reader
from crm_store.values.promises import PromiseView
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, labels, shown, takes

RISKS = (Kind.CHAMPION, Kind.CONTACT, Kind.STEP)
ALERTS = (Kind.REPLY, Kind.PROMISE, *RISKS)


def view(kind: Kind, text: str = "Ann Lee") -> AlertView:
    """An alert about Ann and her deal."""
    task = figures.task(text, due=NOW + timedelta(minutes=30)) if kind is Kind.PROMISE else None
    deal = None if kind is Kind.REPLY else figures.deal("Renewal" if text == "Ann Lee" else text)
    return AlertView(
        kind, figures.brief(text), deal, task, NOW - timedelta(hours=1), NOW - timedelta(days=31), text, text
    )


def day(text: str = "Ann Lee", n: int = 1) -> MorningBrief:
    """A day with so many of each."""
    return MorningBrief(
        NOW.date(),
        tuple(figures.task(text, number) for number in range(n)),
        tuple(Waits("cus_1", text, NOW - timedelta(days=2)) for _ in range(n)),
        tuple(MeetingLine(text, NOW + timedelta(hours=2), (text,) * 5) for _ in range(n)),
        tuple(Risk(RISKS[number % 3], figures.deal(text), NOW) for number in range(n)),
        tuple((f"sug_{number}", 1, text) for number in range(n)),
        DigestView(
            tuple(view(kind, text) for kind in ALERTS), n, tuple((f"sug_{number}", 1, text) for number in range(n))
        ),
    )


def meeting(text: str = "Ann Lee") -> MeetingBrief:
    """A meeting with two customers in a quarter of an hour."""
    promise = PromiseView("tsk_1", text, NOW, NOW, "U_ADA", "cus_1", text, None, "open")
    people = ((text, "accepted"), (text, "tentative"), (text, ""))
    return MeetingBrief(text, NOW + timedelta(minutes=15), people, (figures.card(text),) * 2, (promise,) * 7)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_slack_takes_every_card_whatever_customers_are_called(text: str) -> None:
    for kind in ALERTS:
        takes(alerts.alert(view(kind, text), now=NOW, zone=BERLIN))
    takes(alerts.alert(replace(view(Kind.STEP, text), customer=None), now=NOW, zone=BERLIN))
    takes(alerts.digest(DigestView(tuple(view(kind, text) for kind in ALERTS) * 9, 3), now=NOW, zone=BERLIN))
    takes(briefs.morning(text, day(text, 9), now=NOW, zone=BERLIN))
    takes(briefs.meeting(meeting(text), now=NOW, zone=BERLIN))
    mutes = tuple(MuteView(f"mut_{n}", Muted.CUSTOMER, "cus_1", text, NOW + timedelta(days=1)) for n in range(30))
    takes(alerts.mutes(Noise(Reader("usr_ada", "UTC"), mutes, ()), now=NOW, zone=BERLIN))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.REPLY, "wrote today at"),
        (Kind.PROMISE, "waits for what we promised: Ann Lee"),
        (Kind.CHAMPION, "has not been heard of since"),
        (Kind.CONTACT, "rests on one live contact, Ann Lee"),
        (Kind.STEP, "has no next step"),
    ],
)
def test_an_alert_says_what_about_whom_why_and_how_to_hear_less(kind: Kind, words: str) -> None:
    message = alerts.alert(view(kind), now=NOW, zone=BERLIN)
    said = shown(message)
    assert words in said
    assert words in message.text
    assert {"Show card", "New task"} <= set(labels(message))
    assert "Mute for today" in said
    assert "Mute Ann Lee" in said


def test_a_digest_puts_what_customers_wrote_first() -> None:
    said = shown(alerts.digest(DigestView((view(Kind.STEP), view(Kind.REPLY)), 2), now=NOW, zone=BERLIN))
    assert said.index("wrote today") < said.index("has no next step")
    assert "3 things at once instead of one by one" in said
    assert "2 chances of yours moved" in said


def test_the_morning_says_how_many_of_each_and_what_was_held_back() -> None:
    said = shown(briefs.morning("Ada", day(n=6), now=NOW, zone=BERLIN))
    for words in ("6 tasks due", "6 customers wait for an answer", "6 meetings", "6 deals at risk", "and 1 more",
                  "Held back for this brief", "no next step"):  # fmt: skip
        assert words in said


def test_an_empty_day_has_no_brief() -> None:
    nothing = MorningBrief(NOW.date(), (), (), (), (), (), DigestView())
    assert nothing.is_empty
    assert not day().is_empty


def test_before_a_meeting_one_reads_who_comes_and_what_is_open() -> None:
    said = shown(briefs.meeting(meeting(), now=NOW, zone=BERLIN))
    assert "In 15 minutes" in said
    assert "Ann Lee · comes" in said
    assert "Ann Lee · may come" in said
    assert "Deal: " in said
    assert "We promised" in said


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (
            Reader("usr_ada", "UTC"),
            "Nothing comes from 18:00 to 8:00 and at weekends; your morning brief comes at 8:30",
        ),
        (Reader("usr_ada", "UTC", 0, 0, NO_BRIEF), "Nothing comes at weekends; no morning brief"),
        (Reader("usr_ada", "UTC", 24, 24), "You have no quiet hours"),
    ],
)
def test_the_list_of_mutes_says_a_persons_hours_and_what_mutes_have_lowered(reader: Reader, words: str) -> None:
    said = shown(alerts.mutes(Noise(reader, (), ((Kind.SCORE, 2),)), now=NOW, zone=BERLIN))
    assert words in said
    assert "Scores: muted 2 times in 90 days, so they share in 2 of your 6 messages a day" in said
