"""Small checks that compose: each looks at one JSON value and notes every fault with the path to it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any


class Faults:
    """The faults found so far, each with a JSON pointer."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, path: str, problem: str) -> None:
        """Note one fault."""
        self.messages.append(f"[ERROR] {problem} [json-pointer:{path}]")


Check = Callable[[Any, str, Faults], None]
Fields = Mapping[str, Check]


def string(most: int, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.add(path, "must be a string")
        elif len(value) > most:
            faults.add(path, f"must be less than {most + 1} characters")
        elif len(value) < least:
            faults.add(path, f"must be more than {least - 1} characters")

    return check


def url(most: int) -> Check:
    """An address of at most `most` characters."""
    length = string(most, 1)

    def check(value: Any, path: str, faults: Faults) -> None:
        length(value, path, faults)
        if isinstance(value, str) and ":" not in value:
            faults.add(path, "must be a valid URL")

    return check


def whole(least: int, most: int) -> Check:
    """A whole number between two bounds, both allowed."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            faults.add(path, "must be an integer")
        elif not least <= value <= most:
            faults.add(path, f"must be between {least} and {most}")

    return check


def number(above: float | None = None) -> Check:
    """Any number, or any above a bound."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            faults.add(path, "must be a number")
        elif above is not None and not value > above:
            faults.add(path, f"must be greater than {above}")

    return check


def boolean(value: Any, path: str, faults: Faults) -> None:
    """True or false."""
    if not isinstance(value, bool):
        faults.add(path, "must be a boolean")


def mapping(value: Any, path: str, faults: Faults) -> None:
    """Any JSON object; what is in it is not looked at."""
    if not isinstance(value, dict):
        faults.add(path, "must be an object")


def calendar_day(value: Any, path: str, faults: Faults) -> None:
    """A day that exists, as YYYY-MM-DD."""
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        faults.add(path, "must be a real date as YYYY-MM-DD")


def time_of_day(value: Any, path: str, faults: Faults) -> None:
    """A time as HH:mm."""
    hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    fits = colon and len(hours) == 2 and len(minutes) == 2 and hours.isdigit() and minutes.isdigit()
    if not fits or int(hours) > 23 or int(minutes) > 59:
        faults.add(path, "must be a time as HH:mm")


def one_of(*allowed: str) -> Check:
    """One of the given words."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if value not in allowed:
            faults.add(path, f"must be one of {', '.join(allowed)}")

    return check


def list_of(each: Check, least: int = 0, most: int = 10_000) -> Check:
    """A list of `least` to `most` things that each pass a check."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.add(path, "must be an array")
            return
        if len(value) > most:
            faults.add(path, f"no more than {most} items allowed")
        if len(value) < least:
            faults.add(path, f"no fewer than {least} items allowed")
        for position, item in enumerate(value[: most + 1]):
            each(item, f"{path}/{position}", faults)

    return check


def _check_fields(known: Fields, required: Fields, value: dict[str, Any], path: str, faults: Faults) -> None:
    for name in required:
        if value.get(name) is None:
            faults.add(path, f"missing required field: {name}")
    for name, inner in value.items():
        if name in known and inner is not None:
            known[name](inner, f"{path}/{name}", faults)
        elif name not in known and name != "type":
            faults.add(f"{path}/{name}", f"unknown field: {name}")


def shape(required: Fields, optional: Fields | None = None, *also: Check) -> Check:
    """An object with these fields and no others; `also` are checks across its fields, run when the fields are right."""
    known = {**(optional or {}), **required}

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(path, "must be an object")
            return
        before = len(faults.messages)
        _check_fields(known, required, value, path, faults)
        if len(faults.messages) == before:
            for rule in also:
                rule(value, path, faults)

    return check


def typed(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` decides what it may hold."""

    def check(value: Any, path: str, faults: Faults) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            faults.add(path, "must be an object")
        elif not isinstance(kind, str):
            faults.add(path, "missing required field: type")
        elif kind not in kinds:
            faults.add(f"{path}/type", f"unsupported {what} type: {kind}")
        else:
            kinds[kind](value, path, faults)

    return check


def at_least_one(*names: str) -> Check:
    """At least one of these fields is there and not empty."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if not any(value.get(name) for name in names):
            faults.add(path, f"must provide at least one of {', '.join(names)}")

    return check


def exactly_one(*names: str) -> Check:
    """Exactly one of these fields is there."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            faults.add(path, f"must provide exactly one of {', '.join(names)}")

    return check
