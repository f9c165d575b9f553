"""Answers of every client in every tongue: the new text alone, and nothing of it lost."""

import pytest

from ingest import mime, replies
from tests.mail.answering import ANSWER, OLD, RICH, SECOND, TEXTS, below, between, unmarked
from tests.mail.tongues import TONGUES
from tests.units.ingest.letters import rich

# A sentence that begins with a name alone on its line cannot be told from an answer that ends with one.
_OPEN_WITH_A_NAME = {("three lines of sentence", "zh"), ("three lines of sentence", "invented")}


@pytest.mark.parametrize("shape", TEXTS)
def test_only_the_answer_is_new(shape: str) -> None:
    for code in (one for one in TONGUES if (shape, one) not in _OPEN_WITH_A_NAME):
        found = replies.split(TEXTS[shape](TONGUES[code]))
        assert found.new_text == ANSWER, code
        assert "crane" in found.quoted_text, code
        assert found.answered, code


@pytest.mark.parametrize("code", [code for code, tongue in TONGUES.items() if tongue.known])
def test_a_quote_that_is_only_announced_is_cut(code: str) -> None:
    assert replies.split(unmarked(TONGUES[code])).new_text == ANSWER


@pytest.mark.parametrize("code", TONGUES)
def test_an_answer_below_the_quote_is_kept(code: str) -> None:
    assert replies.split(below(TONGUES[code])).new_text == ANSWER


@pytest.mark.parametrize("code", TONGUES)
def test_answers_between_quoted_lines_are_kept_in_order(code: str) -> None:
    found = replies.split(between(TONGUES[code])).new_text
    assert found.split("\n\n") == [*ANSWER.split("\n\n"), SECOND]


@pytest.mark.parametrize("shape", RICH)
def test_of_html_only_the_answer_is_new(shape: str) -> None:
    for code, tongue in TONGUES.items():
        mail = mime.read(rich(f"<html><body>{RICH[shape](tongue)}</body></html>"))
        assert mail.new_text.split() == ANSWER.split(), code
        assert "crane" in mail.quoted_text, code


@pytest.mark.parametrize("code", TONGUES)
def test_a_device_line_is_a_signature(code: str) -> None:
    tongue = TONGUES[code]
    mail = mime.read_text(f"{ANSWER}\n\n{tongue.device}\n\n> {OLD.splitlines()[2]}", "Re: site")
    assert mail.new_text == (ANSWER if tongue.known else f"{ANSWER}\n\n{tongue.device}")


PROSE = (
    "On Monday 2 November 2026 we met at 17:40 and Ines wrote:\nnothing at all, which surprised me.",
    "Am 2. November 2026 schrieb ich schon einmal, dass wir warten.\nBitte melden Sie sich.",
    "Le 2 novembre 2026 nous avons écrit à la mairie.\nMerci de relancer.",
    "From: the kitchen window you see the crane.\nTo: be honest, it is ugly.\nCan we move it?",
    "Agenda:\n- 17:40 arrival\n- 18:00 dinner\nNote: bring boots.",
    "Time: 17:40\nPlace: Main Street 4\nPrice: 120 EUR\nSee you there.",
    "Contact: Zoe Marsh, zoe@marsh.example\nPhone: +44 20 7946 0018\nShe knows the details.",
    "-- not a signature but a dash --\nand the text goes on after it.",
    "Sent from my desk, this is much easier to read than yesterday's draft.\nShall we sign?",
    "She wrote to bob@x.example on 2 November 2026 at 17:40 that it is fine:\n\nso I think it is fine.",
    "Original plan: two cranes.\nForwarded costs: none.",
    "a > b is what we need, and c < d.\nDoes it hold?",
)


@pytest.mark.parametrize("text", PROSE)
def test_prose_that_looks_like_a_quote_is_kept(text: str) -> None:
    mail = mime.read_text(f"Hello Ines,\n\n{text}\n\nThat is all for now, and thank you for the visit.", "Re: site")
    for line in text.split("\n"):
        assert line in mail.new_text
    assert mail.forwarded is None
