"""Lines as people put them are read with the verb that they mean; names and other lines stay as they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar import courtesies
from bot.grammar.commands import Ask, Card, Deal, Due, Find, Forget, Help, Log, Unknown
from bot.grammar.courtesies import Courtesy
from bot.grammar.parse import parse
from bot.grammar.plain_words import plainly

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("what's up with acme?", "find acme"),
        ("show me everything about acme", "find acme"),
        ("tell me about Ann Lee", "find Ann Lee"),
        ("how is acme doing", "find acme"),
        ("how's Ann doing?", "find Ann"),
        ("who is john smith?", "find john smith"),
        ("wer ist john smith", "find john smith"),
        ("what do we know about Globex", "find Globex"),
        ("hilfe", "help"),
        ("suche acme", "find acme"),
        ("zeige aufgaben", "due"),
        ("zeige mir acme", "show acme"),
        ("show my tasks", "due"),
        ("show me the pipeline", "pipeline"),
        ("list deals", "deals"),
        ("🎉 log ann lee: party", "log ann lee: party"),
        (":tada: :memo: log ann: hello", "log ann: hello"),
        ("please find ann", "find ann"),
        ("bitte log ann: hallo", "log ann: hallo"),
        ("my deals", "deals"),
        ("meine Aufgaben", "due"),
        ("show me the report", "report"),
        ("what's next with acme?", "find acme"),
        ("email of ann lee", "find ann lee"),
        ("what is Ann Lee's phone number?", "find Ann Lee"),
        ("ann lee phone?", "find ann lee"),
        ("When did we last talk to Ann Lee?", "timeline Ann Lee"),
        ("What did Ann say?", "timeline Ann"),
        ("could you please find ann?", "find ann"),
    ],
)
def test_a_line_is_put_in_the_words_of_the_grammar(line: str, plain: str) -> None:
    assert plainly(line) == plain


@pytest.mark.parametrize(
    "line",
    [
        "ann lee", "Hilde Suchanek", "Zeiger GmbH", "Who", "+49 30 1234", "@ben", "<https://x.example>",
        "deal acme 12k", "\"what is acme\"", "Whois Ltd", "🎉", "log ann: who is her boss?",
        "log ann asked for our address",
        "edit ann email", "ann: new phone number", "x" * 4_000, "",
    ],
)  # fmt: skip
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert plainly(line) == line


@pytest.mark.parametrize(
    ("line", "courtesy"),
    [
        ("hi", Courtesy.GREETING), ("Good morning!", Courtesy.GREETING), ("Hello there", Courtesy.GREETING),
        ("thanks a lot", Courtesy.THANKS), ("Vielen Dank!", Courtesy.THANKS), ("bye", Courtesy.FAREWELL),
        ("never mind", Courtesy.STOP), ("what can you do?", Courtesy.HELP), ("help me", Courtesy.HELP),
        ("Hi Ann Lee", None), ("Perfect Ltd", None), ("Cancellara", None), ("", None),
    ],
)  # fmt: skip
def test_a_courtesy_is_told_from_a_name(line: str, courtesy: Courtesy | None) -> None:
    assert courtesies.read(line) is courtesy


@pytest.mark.parametrize(
    "line", ["revenue this month", "how many deals did we win this month?", "win rate", "how many"]
)
def test_a_question_for_a_number_needs_no_verb(line: str) -> None:
    found = parse(line, NOW, BERLIN, "EUR")
    assert isinstance(found, Card if line == "how many" else Ask)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("wer ist john smith", Find), ("ayuda", Help), ("zeige aufgaben", Due), ("list deals", Deal),
        ("🎉 log ann lee: party 🎉", Log), ("delete acme", Forget), ("Caller Ltd", Card),
    ],
)  # fmt: skip
def test_the_line_becomes_the_command_that_is_meant(line: str, kind: type) -> None:
    assert isinstance(parse(line, NOW, BERLIN, "EUR"), kind)


@pytest.mark.parametrize(
    ("line", "example"),
    [
        ("call ann lee", "task call ann lee"),
        ("meeting with john smith tomorrow 3pm", "task meeting with john smith tomorrow 3pm"),
        ("lunch with Ann on Friday", "task lunch with Ann on Friday"),
        ("Ann Lee: budget is 12k", "log Ann Lee: budget is 12k"),
    ],
)
def test_what_may_be_to_do_or_was_said_is_offered_with_its_verb(line: str, example: str) -> None:
    found = parse(line, NOW, BERLIN, "EUR")
    assert isinstance(found, Unknown)
    assert found.example == example
