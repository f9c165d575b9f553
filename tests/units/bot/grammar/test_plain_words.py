"""Lines as people put them are read with the verb that they mean; names and other lines stay as they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.commands import Card, Deal, Due, Find, Forget, Help, Log, Unknown
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
    ],
)
def test_a_line_is_put_in_the_words_of_the_grammar(line: str, plain: str) -> None:
    assert plainly(line) == plain


@pytest.mark.parametrize(
    "line",
    [
        "ann lee", "Hilde Suchanek", "Zeiger GmbH", "Who", "+49 30 1234", "@ben", "<https://x.example>",
        "deal acme 12k", "\"what is acme\"", "Whois Ltd", "🎉", "log ann: who is her boss?", "x" * 4_000, "",
    ],
)  # fmt: skip
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert plainly(line) == line


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
        ("called ann, she wants a quote", "log called ann, she wants a quote"),
        ("we met john smith yesterday", "log we met john smith yesterday"),
    ],
)
def test_what_is_to_be_done_or_was_done_is_offered_with_its_verb(line: str, example: str) -> None:
    found = parse(line, NOW, BERLIN, "EUR")
    assert isinstance(found, Unknown)
    assert found.example == example
