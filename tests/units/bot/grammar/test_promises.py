"""Promises are read in five languages, with their day, and what only looks like one is left alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.promises import made_in
from tests.units.bot.grammar.promise_sentences import OTHERS, PROMISES

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # A Wednesday.


def _read(text: str, said_at: datetime = NOW) -> list[tuple[str, str]]:
    return [
        (one.title, f"{one.due.astimezone(BERLIN):%a %d %b}" if one.due else "")
        for one in made_in(text, said_at, BERLIN, NOW)
    ]


@pytest.mark.parametrize(
    ("text", "title", "day"),
    [
        ("I'll send the quote Friday", "send the quote", "Fri 27 Nov"),
        ("Hi Ann, we will get you the contract by 3.12.", "get the contract", "Thu 03 Dec"),
        ("I will call you back tomorrow at noon.", "call back", "Thu 26 Nov"),
        ("We're going to ship the samples next Tuesday.", "ship the samples", "Tue 01 Dec"),
        ("I'll let you know.", "let you know", ""),
        ("Ich schicke Ihnen das Angebot bis Freitag.", "schicke das Angebot", "Fri 27 Nov"),
        ("Morgen sende ich Ihnen den Vertrag.", "sende den Vertrag", "Thu 26 Nov"),
        ("Wir werden Ihnen die Muster nächste Woche senden.", "die Muster senden", "Mon 30 Nov"),
        ("Je vous envoie le devis vendredi.", "envoie le devis", "Fri 27 Nov"),
        ("Nous vous enverrons le contrat d'ici la fin du mois.", "enverrons le contrat", "Mon 30 Nov"),
        ("J'envoie les plans après-demain.", "envoie les plans", "Fri 27 Nov"),
        ("Le envío el presupuesto el viernes.", "envío el presupuesto", "Fri 27 Nov"),
        ("Vamos a preparar el contrato la semana que viene.", "preparar el contrato", "Mon 30 Nov"),
        ("Les enviaremos las muestras dentro de dos semanas.", "enviaremos las muestras", "Wed 09 Dec"),
        ("Ik stuur u de offerte vrijdag.", "stuur de offerte", "Fri 27 Nov"),
        ("Ik kom er volgende week op terug.", "kom er op terug", "Mon 30 Nov"),
        ("We zullen de stalen op 3 december leveren.", "de stalen leveren", "Thu 03 Dec"),
    ],
)
def test_a_promise_is_read_with_its_day(text: str, title: str, day: str) -> None:
    assert _read(text) == [(title, day)]


@pytest.mark.parametrize(
    "text",
    [
        "See you on Friday.",
        "We'll see you on Friday!",
        "I will be out of the office until Friday.",
        "If you like, I'll send it tomorrow.",
        "Shall I send it on Friday?",
        "I won't send it Friday, I will not send it at all.",
        "> I'll send the quote Friday",
        "Wenn Sie möchten, schicke ich es am Freitag.",
        "Ich freue mich auf unser Treffen am Freitag.",
        "Je vous remercie pour votre message de vendredi.",
        "Je ne vous envoie pas le devis vendredi.",
        "No le envío el presupuesto el viernes.",
        "Wij hebben de offerte vrijdag gestuurd.",
        "She sent the quote on Friday.",
        "",
    ],
)
def test_what_only_looks_like_a_promise_is_left_alone(text: str) -> None:
    assert _read(text) == []


def test_days_are_counted_from_when_it_was_said_and_what_is_over_is_left_out() -> None:
    assert _read("I'll send the quote Friday", NOW - timedelta(days=1)) == [("send the quote", "Fri 27 Nov")]
    assert _read("I'll send the quote Friday", NOW - timedelta(days=8)) == []
    assert _read("I'll send the quote", NOW - timedelta(days=30)) == []


def test_of_many_promises_the_first_three_are_offered_each_once() -> None:
    text = "I'll send one. I'll send one. I'll send two. I'll send three. I'll send four."
    assert [title for title, _ in _read(text)] == ["send one", "send two", "send three"]


@pytest.mark.parametrize("text", ["I'll send " * 5_000, "ich " * 10_000, "\u202e\x00 I'll send \ud800 Friday", "¿" * 9])
def test_odd_text_is_read_in_no_time_and_never_raises(text: str) -> None:
    assert len(_read(text)) <= 3


def test_most_promises_are_found_and_hardly_anything_else_is_taken_for_one() -> None:
    found = [one for one in PROMISES if _read(one)]
    wrong = [one for one in OTHERS if _read(one)]
    assert len(found) / len(PROMISES) >= 0.9
    assert len(found) / (len(found) + len(wrong)) >= 0.97, wrong


def test_a_word_of_another_language_is_no_day_beside_one_that_is_written_out() -> None:
    assert _read("Je vais en parler à mon chef et je vous réponds jeudi.")[0][1] == "Thu 26 Nov"
