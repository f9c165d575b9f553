"""Stretches of time: where they begin, what is within them, and what they are compared with."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.values.time_spans import UNITS, before, begin, later, parts

TODAY = date(2026, 11, 25)
_DAYS = st.dates(date(2000, 2, 1), date(2030, 12, 31))


@given(_DAYS, _DAYS, st.sampled_from(UNITS))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_parts_cover_every_day_once(one: date, other: date, unit: str) -> None:
    since, until = sorted((one, other))
    found = list(parts(since, until, unit))
    assert (found[0][1], found[-1][2]) == (since, until)
    for (_, _, last), (_, first, _) in pairwise(found):
        assert first == last + timedelta(days=1) == begin(first, unit)
    assert len({label for label, _, _ in found}) == len(found)


@given(_DAYS, st.sampled_from(UNITS), st.integers(-30, 30))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_going_on_and_back_comes_to_the_same_day(day: date, unit: str, units: int) -> None:
    first = begin(day, unit)
    assert later(later(first, unit, units), unit, -units) == first <= day < later(first, unit)


BEFORE = {
    "a whole month": ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
    "a whole quarter": ((date(2026, 7, 1), date(2026, 9, 30)), (date(2026, 4, 1), date(2026, 6, 30))),
    "this month so far": ((date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 10, 1), date(2026, 10, 25))),
    "this quarter so far": ((date(2026, 10, 1), date(2026, 12, 31)), (date(2026, 7, 1), date(2026, 8, 25))),
    "this year so far": ((date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 11, 25))),
    "this week so far": ((date(2026, 11, 23), date(2026, 11, 29)), (date(2026, 11, 16), date(2026, 11, 18))),
    "a day": ((date(2026, 11, 24), date(2026, 11, 24)), (date(2026, 11, 23), date(2026, 11, 23))),
    "thirty days": ((date(2026, 10, 27), date(2026, 11, 25)), (date(2026, 9, 27), date(2026, 10, 26))),
}


@pytest.mark.parametrize(("asked", "expected"), BEFORE.values(), ids=BEFORE.keys())
def test_a_stretch_is_compared_with_what_is_like_it(asked: tuple[date, date], expected: tuple[date, date]) -> None:
    assert before(*asked, TODAY) == expected
