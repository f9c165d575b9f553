"""A request counts as Slack's when one of our secrets signed its bytes within five minutes."""

from datetime import UTC, datetime

import pytest

from bot.signatures import is_signed
from tests.journeys.apart import signed

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
BODY = b'{"type": "event_callback"}'


@pytest.mark.parametrize(("secret", "fits"), [("old", True), ("new", True), ("other", False), ("", False)])
def test_either_secret_counts_during_a_rotation(secret: str, fits: bool) -> None:
    assert is_signed(signed(BODY, NOW.timestamp(), secret), BODY, ("new", "old"), NOW) is fits


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (-300, True), (300, True), (-301, False), (301, False)])
def test_five_minutes_either_way_count(seconds: int, fits: bool) -> None:
    assert is_signed(signed(BODY, NOW.timestamp() + seconds, "s"), BODY, ("s",), NOW) is fits


def test_another_body_does_not_count() -> None:
    assert not is_signed(signed(BODY, NOW.timestamp(), "s"), BODY + b" ", ("s",), NOW)


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "٣", "9" * 400, "1764061200 ", "now"])
def test_a_time_that_is_none_does_not_count(stamp: str) -> None:
    headers = signed(BODY, NOW.timestamp(), "s") | {"X-Slack-Request-Timestamp": stamp}
    assert not is_signed(headers, BODY, ("s",), NOW)


@pytest.mark.parametrize("mark", ["", "v0=", "v0=ä", "v0=\udce4"])
def test_a_mark_that_is_none_does_not_count(mark: str) -> None:
    headers = signed(BODY, NOW.timestamp(), "s") | {"X-Slack-Signature": mark}
    assert not is_signed(headers, BODY, ("s",), NOW)


def test_without_a_secret_nothing_counts() -> None:
    assert not is_signed(signed(BODY, NOW.timestamp(), ""), BODY, (), NOW)
