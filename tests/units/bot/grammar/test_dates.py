"""People's words for days and hours are read in their own time zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar import dates
from crm_store.errors import BadInput

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


def local(moment: datetime, zone: ZoneInfo = BERLIN) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fri", "2026-11-27 09:00"),
        ("Friday 14:30", "2026-11-27 14:30"),
        ("next tue 9", "2026-12-01 09:00"),
        ("wed", "2026-12-02 09:00"),
        ("wed 18:00", "2026-11-25 18:00"),
        ("this fri", "2026-11-27 09:00"),
        ("12.3.", "2027-03-12 09:00"),
        ("12.3.2028 at 8", "2028-03-12 08:00"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("2026-12-01T10:15", "2026-12-01 10:15"),
        ("in 2 weeks", "2026-12-09 09:00"),
        ("2w", "2026-12-09 09:00"),
        ("3d", "2026-11-28 09:00"),
        ("a week from now", "2026-12-02 09:00"),
        ("in 30 min", "2026-11-25 17:30"),
        ("tomorrow", "2026-11-26 09:00"),
        ("tomorrow evening", "2026-11-26 18:00"),
        ("day after tomorrow", "2026-11-27 09:00"),
        ("eow", "2026-11-27 09:00"),
        ("eom", "2026-11-30 09:00"),
        ("eoq", "2026-12-31 09:00"),
        ("end of next month", "2026-12-31 09:00"),
        ("end of may", "2027-05-31 09:00"),
        ("may", "2027-05-01 09:00"),
        ("may 5", "2027-05-05 09:00"),
        ("5th of May 2028", "2028-05-05 09:00"),
        ("15th", "2026-12-15 09:00"),
        ("next week", "2026-11-30 09:00"),
        ("kw 50", "2026-12-07 09:00"),
        ("29.2.", "2028-02-29 09:00"),
        ("noon", "2026-11-26 12:00"),
        ("at 9", "2026-11-26 09:00"),
        ("9pm", "2026-11-25 21:00"),
        ("9am friday", "2026-11-27 09:00"),
        ("in a couple of days", "2026-11-27 09:00"),
        ("ende mai", "2027-05-31 09:00"),
        ("end of day", "2026-11-25 17:00"),
        ("mid may", "2027-05-15 09:00"),
        ("may 2028", "2028-05-01 09:00"),
        ("this week", "2026-11-27 09:00"),
        ("in 2 quarters", "2027-05-25 09:00"),
        ("next year", "2027-01-01 09:00"),
        ("3 hours from now", "2026-11-25 20:00"),
        ("at 10 on monday", "2026-11-30 10:00"),
    ],
)
def test_a_day_ahead_is_read(text: str, expected: str) -> None:
    assert local(dates.read(text, WEDNESDAY, BERLIN)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("may", "2026-05-01 09:00"),
        ("monday", "2026-11-23 09:00"),
        ("wed", "2026-11-18 09:00"),
        ("yesterday 14:00", "2026-11-24 14:00"),
        ("last week", "2026-11-16 09:00"),
        ("12.3.", "2026-03-12 09:00"),
        ("2 days ago", "2026-11-23 09:00"),
        ("day before yesterday", "2026-11-23 09:00"),
        ("last night", "2026-11-24 19:00"),
        ("last may", "2026-05-01 09:00"),
        ("this month", "2026-11-01 09:00"),
        ("end of october", "2026-10-31 09:00"),
        ("15th", "2026-11-15 09:00"),
    ],
)
def test_looking_back_takes_the_last_such_day(text: str, expected: str) -> None:
    assert local(dates.read(text, WEDNESDAY, BERLIN, past=True)) == expected


def test_a_slash_date_follows_the_persons_zone() -> None:
    assert local(dates.read("3/12/2027", WEDNESDAY, BERLIN)) == "2027-12-03 09:00"
    assert local(dates.read("3/12/2027", WEDNESDAY, NEW_YORK), NEW_YORK) == "2027-03-12 09:00"


def test_other_languages_are_read_where_the_person_speaks_them() -> None:
    assert local(dates.read("mañana", WEDNESDAY, BERLIN, languages=("es",))) == "2026-11-26 09:00"


def test_nine_stays_nine_over_the_change_of_clocks() -> None:
    before = datetime(2026, 10, 23, 12, 0, tzinfo=UTC)
    assert dates.read("mon", before, BERLIN) == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "blah", "31.2.", "13:75", "99.99.", "in 9999 years", "since", "40 seats"])
def test_what_is_no_date_is_said_so(text: str) -> None:
    with pytest.raises(BadInput, match="no date"):
        dates.read(text, WEDNESDAY, BERLIN)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("wants a quote for 40 seats by Friday", ["by Friday"]),
        ("she may call in May", ["in May"]),
        ("we sat in the sun, 12.3 percent, 1/2 done", []),
        ("send quote fri 9 seats", ["fri"]),
        ("call back in 2 weeks at 10, then eom", ["in 2 weeks at 10", "eom"]),
    ],
)
def test_in_prose_only_sure_dates_are_found(text: str, phrases: list[str]) -> None:
    assert [text[found.start : found.end] for found in dates.find_all(text, WEDNESDAY, BERLIN)] == phrases


def test_the_next_working_morning_skips_the_weekend() -> None:
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert local(dates.next_working_morning(friday, BERLIN)) == "2026-11-30 09:00"


@given(st.text(alphabet="0123456789./:- afimnorstuwdyekhxpl,", max_size=40), st.booleans())
@settings(max_examples=300, deadline=None)
def test_odd_text_raises_nothing_but_bad_input(text: str, past: bool) -> None:
    try:
        read = dates.read(text, WEDNESDAY, BERLIN, past=past)
    except BadInput:
        return
    assert read.tzinfo is UTC


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)), st.times())
@settings(max_examples=100, deadline=None)
def test_a_written_day_is_read_as_itself(day: date, clock: time) -> None:
    moment = dates.read(f"{day:%Y-%m-%d} {clock:%H:%M}", WEDNESDAY, NEW_YORK)
    again = dates.read(moment.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M"), WEDNESDAY, NEW_YORK)
    assert moment == again
