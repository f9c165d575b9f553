"""Reasons in words: a customer's number, what is typical, and how much it moved the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.features import LONG_AGO, FloatArray
from crm_store import money
from crm_store.values.scores import Reason


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a column is spoken of: `before`, its number with `unit` (money where there is none), `after`.

    `none` is how the number nought is said, where it has words of its own.
    `direction` says whether more of it can honestly speak only for (1), only against (-1), or either way (0).
    """

    direction: int
    before: str = ""
    unit: str = ""
    after: str = ""
    none: str = ""

    def number(self, value: float, currency: str) -> str:
        """The part that tells one customer from another."""
        return count(value, self.unit) if self.unit else amount(value, currency)

    def text(self, value: float, currency: str) -> str:
        """The whole fact."""
        if self.none and not round(value):
            return self.none
        return f"{self.before}{self.number(value, currency)}{self.after}"


_MOST = 3
_WHOLE_FROM = 10
"""Amounts from this on are told without their smaller unit."""
PHRASES: Mapping[str, Phrase] = {
    "orders": Phrase(1, unit="order", after=" in all"),
    "orders_90": Phrase(1, unit="order", after=" in the last 90 days"),
    "days_since_order": Phrase(-1, "last order ", "day", " ago", "ordered today"),
    "mean_order": Phrase(0, "an average order of "),
    "touches": Phrase(1, unit="message", after=" since it was opened"),
    "touches_in_90": Phrase(1, unit="message", after=" from them in the last 90 days"),
    "touches_out_90": Phrase(1, unit="message", after=" to them in the last 90 days"),
    "touches_in_30": Phrase(1, unit="message", after=" from them in the last 30 days"),
    "touches_out_30": Phrase(1, unit="message", after=" to them in the last 30 days"),
    "days_since_touch": Phrase(-1, "last contact ", "day", " ago", "in touch today"),
    "open_deals": Phrase(1, unit="open deal"),
    "deals_lost": Phrase(-1, unit="deal", after=" lost before"),
    "days_known": Phrase(0, "known for ", "day", none="known since today"),
    "amount": Phrase(0, "worth "),
    "days_open": Phrase(0, "open for ", "day", none="opened today"),
    "stage_index": Phrase(1, unit="stage", after=" passed"),
    "earlier_orders": Phrase(1, unit="earlier order"),
    "earlier_won": Phrase(1, unit="deal", after=" won before"),
    "earlier_lost": Phrase(-1, unit="deal", after=" lost before"),
}


def amount(value: float, currency: str) -> str:
    """An amount for people: whole units from 10 up, with the team's currency where it is known."""
    value = round(value) if abs(value) >= _WHOLE_FROM else round(value, 2)
    return str(money.from_major(value, currency)) if currency else f"{value:,}"


def count(value: float, one: str) -> str:
    """`1 order`, `3 orders`, `no orders`."""
    number = round(value)
    return f"{number} {one}" if number == 1 else f"{f'{number:,}' if number else 'no'} {one}s"


def percent(share: float) -> str:
    """`12 %`, and `less than 1 %` where rounding would say never."""
    shown = round(share * 100)
    return f"{shown} %" if shown or not share else "less than 1 %"


def in_words(
    names: Sequence[str], values: FloatArray, typical: FloatArray, effects: FloatArray, currency: str
) -> tuple[Reason, ...]:
    """The up to three strongest reasons each way of one row; all arrays (len(names),).

    Left out are effects that hardly count, missing values, values that are typical, and absurd ones: a column that
    moved the score in a direction nobody would accept, such as more messages from a customer being a bad sign.
    """
    return all_in_words(names, values[None, :], typical, effects[None, :], currency)[0]


def all_in_words(
    names: Sequence[str], values: FloatArray, typical: FloatArray, effects: FloatArray, currency: str
) -> list[tuple[Reason, ...]]:
    """`in_words` of many rows: values and effects (n, len(names)), typical (len(names),); each fact is worded once."""
    least = np.maximum(0.05 * np.abs(effects).sum(axis=1), 1e-9)
    texts = np.empty(values.shape, dtype=object)
    for at, (name, usual) in enumerate(zip(names, typical.tolist(), strict=True)):
        absurd = PHRASES[name].direction * (values[:, at] - usual) * effects[:, at] < 0
        told = np.isfinite(values[:, at]) & (np.abs(effects[:, at]) >= least) & ~absurd
        kinds, place = np.unique(_as_told(name, values[told, at]), return_inverse=True)
        beside = PHRASES[name].number(usual, currency)
        worded = [_beside(name, each, beside, currency) for each in kinds.tolist()]
        texts[told, at] = np.array([*worded, None], dtype=object)[place]
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")
    ordered = zip(
        np.take_along_axis(texts, order, axis=1).tolist(),
        np.take_along_axis(effects, order, axis=1).tolist(),
        strict=True,
    )
    return [_foremost(row, moved) for row, moved in ordered]


def _as_told(name: str, values: FloatArray) -> FloatArray:
    """Values, (n,), as far as words tell them apart, so that few of them have to be worded."""
    whole = np.round(values)
    return whole if PHRASES[name].unit else np.where(np.abs(values) >= _WHOLE_FROM, whole, np.round(values, 2))


def _foremost(texts: Sequence[str | None], effects: Sequence[float]) -> tuple[Reason, ...]:
    """Up to three facts each way, from facts with the strongest first."""
    left = {True: _MOST, False: _MOST}
    found = []
    for text, effect in zip(texts, effects, strict=True):
        if text is not None and left[effect > 0]:
            left[effect > 0] -= 1
            found.append(Reason(text, effect))
    return tuple(found)


def _beside(name: str, value: float, typical: str, currency: str) -> str | None:
    """The fact beside what is typical; nothing where both are told alike, or where nobody could check it."""
    phrase = PHRASES[name]
    if _never_touched(name, value) or phrase.number(value, currency) == typical:
        return None
    return f"{phrase.text(value, currency)} (typical: {typical})"


def strongest(found: Sequence[Reason], most: int = _MOST) -> tuple[Reason, ...]:
    """Up to `most` reasons for and `most` against, the strongest first; ties keep their order."""
    ordered = sorted(found, key=lambda each: -abs(each.effect))
    up = [each for each in ordered if each.effect > 0][:most]
    down = [each for each in ordered if each.effect < 0][:most]
    return tuple(sorted([*up, *down], key=lambda each: -abs(each.effect)))


def _never_touched(name: str, value: float) -> bool:
    """A capped number is no fact that a person could check."""
    return name == "days_since_touch" and value >= LONG_AGO
