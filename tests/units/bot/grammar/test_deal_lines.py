"""Lines that end a deal, with and without a reason, and lines that only show."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar import commands as c
from bot.grammar.parse import parse
from crm_store.money import Money

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
END = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("deal win acme", c.Deal("acme", stage="won")),
        ("deal lose acme: too expensive", c.Deal("acme", stage="lost", reason="too expensive")),
        ('deal lose "Renewal" acme: dear: really', c.Deal("acme", "Renewal", stage="lost", reason="dear: really")),
        ("deal acme lost: no budget", c.Deal("acme", stage="lost", reason="no budget")),
        ("deal lose acme because of the price", c.Deal("acme", stage="lost", reason="the price")),
        ("move acme to won", c.Deal("acme", stage="won")),
        ("move acme to lost: budget", c.Deal("acme", stage="lost", reason="budget")),
        ("deal lose acme amount:3k: price", c.Deal("acme", amount=Money(300_000, "EUR"), stage="lost", reason="price")),
        ("deal acme: 12k", c.Deal("acme", amount=Money(1_200_000, "EUR"))),
        ("deal new acme: Renewal close:eom", c.Deal("acme", "Renewal", close_on=END, new=True)),
        ('deal new "Pilot: phase 2" acme', c.Deal("acme", "Pilot: phase 2", new=True)),
        ('deal "Win Chan" 2k', c.Deal("Win Chan", amount=Money(200_000, "EUR"))),
        ("undo list", c.Undo(show=True)),
    ],
)
def test_a_line_is_read(line: str, read: c.Command) -> None:
    assert parse(line, NOW, ZoneInfo("UTC"), "EUR") == read


@pytest.mark.parametrize(("line", "changes"), [("deals", False), ("deals owner:@ben", False), ("deal acme", False)])
def test_a_line_without_a_change_shows(line: str, changes: bool) -> None:
    read = parse(line, NOW, ZoneInfo("UTC"), "EUR")
    assert isinstance(read, c.Deal)
    assert read.changes is changes
