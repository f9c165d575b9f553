"""Gathers what each column says of each pair, with columns that repeat one another counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates import cells, roofs, together
from analytics.duplicates.cells import Codes, Column
from analytics.duplicates.columns import Kind
from analytics.duplicates.compare import DIFFERENT, EQUAL, LEVELS, MIDDLE, MISSING, Compared, compare, compare_codes
from analytics.duplicates.dependence import Shares
from analytics.duplicates.roofs import Roofs
from analytics.duplicates.together import Together
from crm_store.matching.contact_points import FREE_MAIL_DOMAINS

_SAMPLED: Final = 40_000
_EXPECTED_DOUBLES: Final = 0.5
_EXPECTED_TEXTS: Final = 1.0
"""Of texts hardly two are alike by chance, so that half of the doubles left in would be all that is seen."""
_FREE_MAIL_BITS: Final = 3.0
_PATTERN_BITS: Final = 1.0
_SWAP_BITS: Final = 2.0
_REST: Final = 0.35
_SECOND: Final = 0.25
_NAME_BITS: Final = 5.0
_SHARED_ADDRESS: Final = 1 / 32
"""How often namesakes at one mail domain have one address between them, by experience."""
# How often two records of one person, company or place are different, weak, middle, near and equal, by experience:
# fields that people keep for life differ seldom, fields that change or are written freely differ often.
_SAME: Final = {
    Kind.FIRST: (0.06, 0.03, 0.06, 0.12, 0.73), Kind.LAST: (0.04, 0.03, 0.05, 0.10, 0.78),
    Kind.NAME: (0.03, 0.05, 0.10, 0.17, 0.65), Kind.COMPANY: (0.10, 0.06, 0.09, 0.13, 0.62),
    Kind.EMAIL: (0.15, 0.04, 0.05, 0.08, 0.68), Kind.DOMAIN: (0.15, 0.04, 0.05, 0.08, 0.68),
    Kind.PHONE: (0.16, 0.01, 0.02, 0.06, 0.75),
    Kind.ADDRESS: (0.15, 0.07, 0.09, 0.14, 0.55), Kind.HOUSE: (0.15, 0.02, 0.02, 0.03, 0.78),
    Kind.CITY: (0.14, 0.03, 0.04, 0.07, 0.72), Kind.POSTCODE: (0.14, 0.02, 0.06, 0.02, 0.76),
    Kind.DATE: (0.03, 0.03, 0.05, 0.06, 0.83), Kind.NUMBER: (0.05, 0.03, 0.03, 0.05, 0.84),
    Kind.MEASURE: (0.12, 0.08, 0.12, 0.20, 0.48),
    Kind.CODE: (0.25, 0.01, 0.01, 0.01, 0.72), Kind.TEXT: (0.25, 0.10, 0.10, 0.10, 0.45),
}  # fmt: skip
_PLACE: Final = frozenset({Kind.ADDRESS, Kind.HOUSE, Kind.CITY, Kind.POSTCODE, Kind.CODE})
_NAMES: Final = frozenset({Kind.FIRST, Kind.LAST, Kind.NAME})
Bits = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One column's evidence: levels and rarity of each pair, and how often two random rows reach each level."""

    kind: Kind
    label: str
    compared: Compared
    chance: NDArray[np.float64]
    same: NDArray[np.float64]
    principal: bool = False

    def weights(self, same: NDArray[np.float64]) -> Bits:
        """Bits (p,) of each pair, given how often each level is reached by two records of one thing, (6,)."""
        agreed = np.log2(same)
        limit = -np.log2(self.chance)
        table = agreed + limit
        levels, rarity = self.compared.levels, self.compared.rarity
        # How many rows lie as near as two numbers do is counted, so that no sample need bound it.
        bounded = (
            rarity
            if self.kind is Kind.MEASURE
            else np.where(levels == EQUAL, rarity, np.minimum(rarity, limit[levels]))
        )
        found = np.where(levels >= MIDDLE, agreed[levels] + bounded, table[levels])
        found[levels == MISSING] = 0
        return found.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All fields of a table's pairs, the swapped reading of names, and what depends on what."""

    fields: tuple[Field, ...]
    swapped: tuple[Field, Field] | None
    follows: NDArray[np.bool_]
    both_follow: NDArray[np.bool_]
    shares: Shares
    roofs: Roofs
    together: tuple[tuple[int, Together], ...] = ()

    def weigh(
        self, same: Sequence[NDArray[np.float64]], partners: int, likely: NDArray[np.float64] | None = None
    ) -> list[Bits]:
        """The bits (p,) of each field, dependent evidence counted once; their sum is the pair's weight.

        `likely` (p,) are the chances of the round before.
        """
        found = [field.weights(one) for field, one in zip(self.fields, same, strict=True)]
        if self.swapped is not None:
            first, last = self.swapped
            turned = [first.weights(same[0]), last.weights(same[1])]
            better = turned[0] + turned[1] - _SWAP_BITS > found[0] + found[1]
            found[0] = np.where(better, turned[0] - _SWAP_BITS, found[0])
            found[1] = np.where(better, turned[1], found[1])
        levels = [field.compared.levels for field in self.fields]
        for at, (parent, share) in self.shares.parents.items():
            repeated = (levels[at] == EQUAL) & (levels[parent] == EQUAL)
            found[at] = np.where(repeated, found[at] * share, found[at])
        self._mail(found)
        self._once([at for at, field in enumerate(self.fields) if field.kind in _PLACE], found)
        found = self.roofs.limit(found, partners)
        for at, one in self.together:
            found[at] = np.where(one.agree, found[at] + np.float32(one.bits(likely)), found[at])
        return found

    def _mail(self, found: list[Bits]) -> None:
        """A mailbox made of the name repeats the name; a mail domain repeats the company."""
        labels = [field.label for field in self.fields]
        if "mailbox" not in labels:
            return
        box, domain = labels.index("mailbox"), labels.index("mail domain")
        people = [at for at, field in enumerate(self.fields) if field.kind in _NAMES]
        if people:
            named = sum((found[at] for at in people), np.zeros_like(found[box]))
            nameless = np.any([self.fields[at].compared.levels == MISSING for at in people], axis=0)
            most = np.where(nameless, _NAME_BITS, _PATTERN_BITS)
            spent = self.follows & (found[box] > 0) & (named != 0)
            found[box] = np.where(spent, np.clip(found[box] - np.maximum(named, 0), 0, most), found[box])
            rewritten = self.both_follow & (found[box] < -_PATTERN_BITS) & (named > 0)
            found[box] = np.where(rewritten, -_PATTERN_BITS, found[box]).astype(np.float32)
        companies = [at for at, field in enumerate(self.fields) if field.kind is Kind.COMPANY]
        self._once([domain, *companies[:1]], found, positive=True)

    @staticmethod
    def _once(group: list[int], found: list[Bits], *, positive: bool = False) -> None:
        """Of differences in one group the heaviest counts in full, the rest in part; agreements likewise if asked."""
        if len(group) < 2:
            return
        stack = np.stack([found[at] for at in group])
        low, high = stack.min(axis=0), stack.max(axis=0)
        for row, at in enumerate(group):
            less = (stack[row] < 0) & (stack[row] > low)
            found[at] = np.where(less, stack[row] * _REST, stack[row])
            if positive:
                more = (stack[row] > 0) & (stack[row] < high)
                found[at] = np.where(more, stack[row] * _SECOND, found[at])


def gather(columns: Sequence[Column], one: Codes, other: Codes, rows: int) -> Evidence:
    """Compare all columns over pairs of rows (one, other), each (p,)."""
    columns = _people_first(columns)
    random = np.random.default_rng(7)
    sample = random.integers(0, rows, (2, _SAMPLED)).astype(np.int32)
    sample = sample[:, sample[0] != sample[1]]
    ready, follows = _mail_apart(columns, rows)
    called = _principal(ready)
    fields = [_field(column, one, other, sample, rows, column in called) for column in ready]
    swapped = None
    if len(ready) > 1 and ready[0].kind is Kind.FIRST and ready[1].kind is Kind.LAST:
        swapped = _turned(ready[0], ready[1], fields, one, other, rows)
    kinds, levels = [field.kind for field in fields], [field.compared.levels for field in fields]
    own = next((at for at, field in enumerate(fields) if field.principal), None)
    under = roofs.of(kinds, levels, own, swapped[0].compared.levels if swapped else None, rows)
    both = follows[one] & follows[other]
    # What a mailbox repeats of the name is taken off the mailbox; taken off the name as well, nothing would be left.
    named = [(column.label, "mailbox") for column in ready if column.kind in _NAMES]
    shares = Shares.of(ready, rows, named)
    joint = _together(ready, fields, follows, one, other)
    return Evidence(tuple(fields), swapped, follows[one] | follows[other], both, shares, under, joint)


def prior(kind: Kind) -> NDArray[np.float64]:
    """How often each level (6,) is reached by two records of one thing, before the table is seen; missing is 1."""
    return np.array([1.0, *_SAME[kind]])


def _together(
    ready: Sequence[Column], fields: Sequence[Field], follows: NDArray[np.bool_], one: Codes, other: Codes
) -> tuple[tuple[int, Together], ...]:
    """A whole address made of the name, and a name in one company: with the field whose evidence they add to."""
    labels = [column.label for column in ready]
    people = [at for at, column in enumerate(ready) if column.kind in _NAMES]
    levels = [fields[at].compared.levels for at in people]
    found: list[tuple[int, Together]] = []
    addressed = np.zeros(len(one), dtype=bool)
    if people and "mailbox" in labels:
        box, domain = labels.index("mailbox"), labels.index("mail domain")
        address = together.joined([ready[at].codes for at in (box, domain)])
        # Where a name is misspelt its address is still made of the name: another row of the address shows it.
        address[~np.isin(address, address[follows])] = -1
        called = np.all([(level == MISSING) | (level >= MIDDLE) for level in levels], axis=0)
        addressed = (address[one] >= 0) & (address[one] == address[other]) & called
        codes = [ready[at].codes for at in (*people, domain)]
        found.append((box, together.of(addressed, codes, address, _SHARED_ADDRESS)))
    firm = next((at for at, column in enumerate(ready) if column.kind is Kind.COMPANY), None)
    if people and firm is not None:
        codes = [ready[at].codes for at in (*people, firm)]
        joint = together.joined(codes)
        agree = (joint[one] >= 0) & (joint[one] == joint[other]) & ~addressed
        found.append((firm, together.of(agree, codes, joint, 1.0)))
    return tuple(found)


def _people_first(columns: Sequence[Column]) -> list[Column]:
    order = {Kind.FIRST: 0, Kind.LAST: 1}
    return sorted(columns, key=lambda column: order.get(column.kind, 2))


def _mail_apart(columns: Sequence[Column], rows: int) -> tuple[list[Column], NDArray[np.bool_]]:
    """The first address column as mailbox and domain; where a mailbox follows from its row's name."""
    follows = np.zeros(rows, dtype=bool)
    people = [column for column in columns if column.kind in _NAMES]
    ready: list[Column] = []
    for column in columns:
        if column.kind is Kind.EMAIL and not any(done.label == "mailbox" for done in ready):
            named = [
                " ".join(part.values[code] for part in people if (code := int(part.codes[at])) >= 0)
                for at in range(rows)
            ]
            box, domain, follows = cells.mailboxes(column, named)
            ready += [box, domain]
        else:
            ready.append(column)
    return ready, follows


def _field(column: Column, one: Codes, other: Codes, sample: NDArray[np.int32], rows: int, called: bool) -> Field:
    compared = compare(column, one, other, rows)
    if column.label == "mail domain":
        free = np.array([value in FREE_MAIL_DOMAINS for value in (*column.values, "")])
        levels = compared.levels
        limited = np.where(free[column.codes[one]] | free[column.codes[other]], _FREE_MAIL_BITS, compared.rarity)
        compared = replace(compared, rarity=np.minimum(compared.rarity, limited).astype(np.float32), levels=levels)
    if column.label == "mailbox":
        compared = _numbered_apart(compared, column, one, other)
    seen = compare(column, sample[0], sample[1], rows).levels
    # A small table has fewer pairs than are drawn: each of them counts once, or what is seldom would seem impossible.
    share = min(1.0, rows * (rows - 1) / 2 / len(seen))
    # Some of the random pairs are doubles themselves; a rare level must not be taken for chance because of them.
    expected = _EXPECTED_TEXTS if column.kind is Kind.TEXT else _EXPECTED_DOUBLES
    doubles = expected * len(seen) / rows
    counts = share * np.maximum(np.bincount(seen[seen != MISSING], minlength=LEVELS) - doubles, 0) + 0.5
    chance = counts / counts[DIFFERENT:].sum()
    chance[MISSING] = 1.0
    return Field(
        column.kind,
        column.label,
        compared,
        chance,
        prior(Kind.NAME if called and column.kind is Kind.COMPANY else column.kind),
        called,
    )


def _principal(columns: Sequence[Column]) -> list[Column]:
    """The columns by which a row is called: a person's names, else the first name of a company or place."""
    people = [column for column in columns if column.kind in _NAMES]
    return people or [column for column in columns if column.kind in {Kind.COMPANY, Kind.TEXT}][:1]


def _numbered_apart(compared: Compared, column: Column, one: Codes, other: Codes) -> Compared:
    """`anna.lee` and `anna.lee2` are near as words, but the number was given to tell two people apart."""
    stems: dict[str, int] = {}
    stem = ("".join(mark for mark in value if not mark.isdigit()) for value in (*column.values, ""))
    letters = np.array([stems.setdefault(text, len(stems)) for text in stem])
    same = (letters[column.codes[one]] == letters[column.codes[other]]) & (compared.levels > DIFFERENT)
    return replace(
        compared, levels=np.where(same & (compared.levels < EQUAL), DIFFERENT, compared.levels).astype(np.int8)
    )


def _turned(
    first: Column, last: Column, fields: list[Field], one: Codes, other: Codes, rows: int
) -> tuple[Field, Field]:
    """First names against last names: both columns' values in one vocabulary."""
    places = {value: at for at, value in enumerate(first.values)}
    both = list(first.values)
    for value in last.values:
        if value not in places:
            places[value] = len(both)
            both.append(value)
    moved = np.array([places[value] for value in last.values] + [-1], dtype=np.int32)[last.codes]
    codes = np.concatenate([first.codes, moved])
    counts = np.bincount(codes[codes >= 0], minlength=len(both)).astype(np.int32)
    joined = Column(Kind.LAST, "name", tuple(both), codes, counts)
    turned = [
        compare_codes(joined, first.codes[one], moved[other], rows),
        compare_codes(joined, moved[one], first.codes[other], rows),
    ]
    return replace(fields[0], compared=turned[0]), replace(fields[1], compared=turned[1])
