"""A hundred thousand strings that try to ping, to link, to format and to break out, through every card there is."""

import itertools
import random
import re
from collections.abc import Iterator
from typing import Any, Final

from bot import blocks
from bot.local_slack.blocks.layout import Surface
from tests.units.bot.cards.figures import takes, takes_dialog
from tests.units.bot.cards.samples import Card, every

STRINGS: Final = 100_000
ROUNDS, ITEMS = 24, 12
_PIECES: Final = (
    "<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1>", "<@U_BEN>", "<@U_BEN|ben>", "<#C_SALES>", "@channel",
    "<https://evil.example|click>", "<mailto:a@b.example|a>", "<!date^1^{date}|x>", "*bold*", "_it_", "~no~", "`code`",
    "```block```", "> quote", "&", "&amp;", "&lt;!channel&gt;", "&am", "&#60;", "&lt", "<", ">", ">>>", "|", "\\", '"}',
    "{}", "\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u200b", "\u200d", "\ufeff", "\u2028", "\x00", "\x07",
    "\x1b[31m", "\r\n", "\n", "\t", "\ud800", "\udfff", "e\u0301" * 9, "👩‍👩‍👧‍👦", "محمد", "山田太郎", "Ann Lee",
    " ", "", ":bomb:", "%s", "{0}", "${x}", "../..", "'; --", "null", "-1", "9" * 30,
)  # fmt: skip
_LONG: Final = 0.005
_BARE: Final = re.compile(r"&(?!(?:amp|lt|gt);)")
CARDS: Final = list(every())


def strings(seed: int) -> Iterator[str]:
    """Hostile strings without end, the same ones for a seed; one in two hundred is very long."""
    chance = random.Random(seed)
    while True:
        text = "".join(chance.choices(_PIECES, k=chance.randint(1, 6)))
        yield text * 400 if chance.random() < _LONG else text


def _of_kind(value: Any, kind: str) -> list[Any]:
    if isinstance(value, dict):
        own = [value] if value.get("type") == kind else []
        return own + [found for one in value.values() for found in _of_kind(one, kind)]
    if isinstance(value, list | tuple):
        return [found for one in value for found in _of_kind(one, kind)]
    return []


def _harmless(card: Card, made: Any) -> None:
    shown: Any = made if card.is_dialog else made.blocks
    if card.is_dialog:
        takes_dialog(made)
    else:
        takes(made, Surface.HOME if card.name == "home.day" else Surface.MESSAGE)
        assert not _BARE.search(made.text), "a half entity, or a sign that was not escaped"
    assert not _of_kind(shown, "broadcast")
    assert {one["user_id"] for one in _of_kind(shown, "user")} <= {"U_ADA"}, "a text became a person"
    assert all(one["url"].startswith("https://") and "evil" not in one["url"] for one in _of_kind(shown, "link"))


def test_no_text_from_outside_does_anything_on_any_card() -> None:
    given, source = 0, strings(2)

    def following() -> str:
        nonlocal given
        given += 1
        return next(source)

    for card, made in itertools.product(CARDS, range(ROUNDS)):
        try:
            _harmless(card, card.made(following, card.variants[made % len(card.variants)], ITEMS))
        except Exception as problem:
            problem.add_note(f"The card is {card.name}.")
            raise
    assert given >= STRINGS


def test_a_hundred_thousand_strings_are_escaped_once_and_never_cut_within_an_entity() -> None:
    for text in itertools.islice(strings(1), STRINGS):
        limit = 20 + len(text) % 60
        shown = blocks.escape(text, limit)
        assert len(shown) <= limit
        assert "<" not in shown
        assert ">" not in shown
        assert not _BARE.search(shown)
        plain = blocks.plain(text, limit)["text"]
        assert 0 < len(plain) <= limit
        assert plain.isprintable() or not re.search(
            r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", plain
        )


def test_a_text_that_was_not_escaped_would_be_seen() -> None:
    assert _BARE.search("a & b")
    assert _BARE.search("a &lt b")
    assert not _BARE.search("a &amp; b")
