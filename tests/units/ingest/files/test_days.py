"""Days are read as people and programs write them, in several languages; what may be two days is none."""

from datetime import UTC, datetime

import pytest

from ingest.files.days import DayReader

FIFTH = datetime(2026, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Apr 5 2026", "April 5th, 2026", "Sunday, April 5, 2026", "5-Apr-26", "2026 Apr 5", "5 avril 2026",
        "dimanche 5 avril 2026", "Sonntag, 5. April 2026", "5 de abril de 2026", "5 aprile 2026", "5 kwi 2026",
        "20260405", "2026-04-05",
    ],
)  # fmt: skip
def test_a_month_may_be_named(written: str) -> None:
    assert DayReader([written]).read(written) == FIFTH


@pytest.mark.parametrize(
    ("written", "hour"), [("5 Apr 2026 14:30", 14), ("April 5, 2026 2:30 PM", 14), ("5 avril 2026 02:30", 2)]
)
def test_a_named_month_may_have_a_time(written: str, hour: int) -> None:
    assert DayReader([written]).read(written) == FIFTH.replace(hour=hour, minute=30)


@pytest.mark.parametrize(
    "written", ["yesterday", "April 2026", "mar 3 mar 2026", "31 Feb 2026", "5 Apr 202", "12:30", "5 6 April 2026"]
)
def test_what_may_be_another_day_or_none_is_no_day(written: str) -> None:
    assert DayReader([written]).read(written) is None


def test_numbers_are_days_only_where_the_whole_column_counts_them() -> None:
    assert DayReader(["46117", "46118.5"]).read("46117") == FIFTH
    assert DayReader(["46117", "2026-04-05", "soon"]).read("46117") is None
