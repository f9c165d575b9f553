"""Every card with made-up contents: arguments are filled by their types, so that a new card needs no line here.

A name of a field or an argument decides where any text would do no good: ids, currencies, people, addresses.
"""

import enum
import functools
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks, cards
from bot.blocks import Block, Message
from crm_store.money import Money
from crm_store.values.noise import Kind
from tests.units.bot.cards.figures import BERLIN, NOW

VARIANTS: Final = ("full", "other", "bare")
_NEVER_EMPTY: Final = frozenset({"duplicates.may_be"})
"""Cards that are shown only where there is something to choose from."""
_LAST: Final[Mapping[Any, Any]] = {Kind: Kind.STEP}
"""The last choice where the very last one cannot be shown."""
_DEEPEST: Final = 7
_WORDS: Final[Mapping[str, str]] = {
    "currency": "EUR", "kind": "call", "direction": "incoming", "level": "team", "state": "open", "band": "usual",
    "source": "mail", "shape": "bars", "time_zone": "Europe/Berlin", "role": "rep", "verdict": "approved",
    "channel": "C_SALES", "domain": "acme.example", "stage_color": "green", "job": "nightly", "rule": "bulk",
    "callback_id": "log", "of": "customer", "tool": "mailchimp", "last_touch_kind": "mail", "outcome": "open",
}  # fmt: skip
_PEOPLE: Final = frozenset(
    {"by", "owner", "decided_by", "last_touch_by", "slack_user_id", "witnesses", "user", "asker"}
)
_ADDRESSES: Final = frozenset({"url", "permalink", "image_url"})


@dataclass(frozen=True, slots=True)
class Card:
    """A public function that builds a message or a dialog."""

    name: str
    build: Callable[..., Any]

    @property
    def is_dialog(self) -> bool:
        """Whether it opens as a dialog."""
        return _hints(self.build)["return"] is not Message

    @property
    def variants(self) -> tuple[str, ...]:
        """In which ways it is made."""
        return ("full", "other") if self.name in _NEVER_EMPTY else VARIANTS

    def made(self, text: Callable[[], str], variant: str = "full", items: int = 2) -> Any:
        """The card with such a text wherever a text from outside can stand.

        `bare` leaves out what may be left out; `other` takes the last choice instead of the first, and yes for no.
        A list that is an argument of its own, or in one, has so many items.
        """
        return self.build(**_Filler(text, variant, items).arguments(self.build))


@functools.cache
def _hints(of: Any) -> dict[str, Any]:
    return typing.get_type_hints(of)


def every() -> Iterator[Card]:
    """All cards in all modules of the package, by name."""
    for module in sorted(one.name for one in pkgutil.iter_modules(cards.__path__)):
        loaded = importlib.import_module(f"bot.cards.{module}")
        for name, build in inspect.getmembers(loaded, inspect.isfunction):
            if build.__module__ == loaded.__name__ and not name.startswith("_") and _shows(name, build):
                yield Card(f"{module}.{name}", build)


def _shows(name: str, build: Callable[..., Any]) -> bool:
    given = _hints(build).get("return")
    return given is Message or (given == Block and (name == "dialog" or name.endswith("_dialog")))


class _Filler:
    def __init__(self, text: Callable[[], str], variant: str, items: int) -> None:
        self._items = items
        self._text, self._full, self._at = text, variant != "bare", -1 if variant == "other" else 0

    def arguments(self, build: Callable[..., Any]) -> dict[str, Any]:
        hints = _hints(build)
        return {
            name: self._of(hints[name], name, 0)
            for name, one in inspect.signature(build).parameters.items()
            if self._full or one.default is inspect.Parameter.empty
        }

    def _of(self, hint: Any, name: str, depth: int) -> Any:
        origin, given = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._either(given, name, depth)
        if origin is typing.Literal:
            return given[self._at]
        if hint in (Block, Message):
            return blocks.divider() if hint == Block else blocks.message(self._text(), blocks.section(self._text()))
        if origin is not None and not is_dataclass(origin):
            return self._several(origin, given, name, depth)
        plain = self._choice(hint) if isinstance(hint, enum.EnumMeta) else self._plain(hint, name)
        return self._whole(hint, given, depth) if plain is None else plain

    def _choice(self, hint: enum.EnumMeta) -> Any:
        return _LAST.get(hint, list(hint)[-1]) if self._at else next(iter(hint))

    def _either(self, given: tuple[Any, ...], name: str, depth: int) -> Any:
        if type(None) in given and not (self._full and depth < _DEEPEST):
            return None
        return self._of(next(one for one in given if one is not type(None)), name, depth)

    def _several(self, origin: Any, given: tuple[Any, ...], name: str, depth: int) -> Any:
        if origin is tuple and not (len(given) == 2 and given[1] is Ellipsis):
            return tuple(self._of(one, name, depth + 1) for one in given)
        if issubclass(origin, Mapping):
            return {"key": self._of(given[1], name, depth + 1)} if self._full else {}
        count = (self._items if depth < 2 else 2) if self._full and depth < _DEEPEST else 0
        items = [self._of(given[0], name, depth + 1) for _ in range(count)]
        return frozenset(items) if origin in (frozenset, set) else tuple(items)

    def _plain(self, hint: Any, name: str) -> Any:
        if hint is str or hint is Any:
            return self._words(name)
        values: dict[Any, Any] = {
            bool: self._at < 0, int: 3, float: 0.42, bytes: b"png", datetime: NOW, date: NOW.date(), time: time(9),
            timedelta: timedelta(days=2), ZoneInfo: BERLIN, Money: Money(1_200_000, "EUR"),
        }  # fmt: skip
        return self._text() if hint is object else values.get(hint)

    def _words(self, name: str) -> str:
        if name in _WORDS:
            return _WORDS[name]
        if name in _PEOPLE:
            return "U_ADA"
        if name in _ADDRESSES:
            return "https://acme.slack.com/archives/C1/p1"
        return f"{name[:-3]}_1" if name.endswith("_id") or name == "id" else self._text()

    def _whole(self, hint: Any, given: tuple[Any, ...], depth: int) -> Any:
        made = typing.get_origin(hint) or hint
        if getattr(made, "_is_protocol", False):
            shown = {name: one.fget for name, one in inspect.getmembers(made) if isinstance(one, property)}
            told = {name: _hints(one)["return"] for name, one in shown.items() if one is not None}
            return types.SimpleNamespace(**{name: self._of(one, name, depth + 1) for name, one in told.items()})
        if not is_dataclass(made):
            raise TypeError(f"samples.py knows no value for {hint!r}: add one to _plain")
        kind: Any = made
        hints = _hints(kind)
        known = dict(zip(getattr(made, "__parameters__", ()), given, strict=False))
        return kind(
            **{one.name: self._of(known.get(hints[one.name], hints[one.name]), one.name, depth + 1)
               for one in fields(made) if one.init}
        )  # fmt: skip
