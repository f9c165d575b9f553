"""Days as they stand in addresses and first lines."""

from datetime import UTC, datetime

import pytest

from ingest import due

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # A Wednesday.


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("fri", "2026-11-27", ""),
        ("wed", "2026-12-02", ""),
        ("next fri", "2026-12-04", ""),
        ("next mon", "2026-11-30", ""),
        ("tomorrow send quote", "2026-11-26", "send quote"),
        ("today", "2026-11-25", ""),
        ("2w", "2026-12-09", ""),
        ("in 2 weeks call back", "2026-12-09", "call back"),
        ("eom", "2026-11-30", ""),
        ("end of month", "2026-11-30", ""),
        ("3.12. visit", "2026-12-03", "visit"),
        ("1.2.", "2027-02-01", ""),
        ("2027-01-31", "2027-01-31", ""),
        ("3m", "2027-02-25", ""),
    ],
)
def test_a_day_is_read_as_nine_in_the_morning_there(text: str, day: str, rest: str) -> None:
    at, left = due.read(text, NOW, "Europe/Berlin")
    assert at == datetime.fromisoformat(f"{day}T08:00:00+00:00")
    assert left == rest


@pytest.mark.parametrize("text", ["send quote", "", "31.2.", "2020-01-01", "99999w", "month of may"])
def test_what_is_no_day_to_come_stays_text(text: str) -> None:
    assert due.read(text, NOW, "Nowhere/Atall") == (None, text)
