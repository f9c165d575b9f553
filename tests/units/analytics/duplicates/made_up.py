"""Tables of made-up people and companies whose duplicates are known, each with a difficulty of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.duplicates.engine import Table

_FIRST_TEXT = """
anna ben clara david elena frank greta hugo ines jonas karin lukas maria nils olga peter quinn rosa stefan teresa
ulrich vera walter xenia yusuf zara robert william katherine elizabeth michael thomas sofia ivan amir
"""
_LAST_TEXT = """
adler brandt castell dorn ehlers falk garcia huber ivanov jansen keller lorenz meyer novak okafor pavlov quast richter
schulz tanaka ullmann vogel winter xu yilmaz ziegler moreau rossi silva kowalski haddad nguyen
"""
_ROOTS_TEXT = "alba bora cene dori elva fano gira hesto ivor jula kano limo mera nova orin pola quor rema silo tava"
_ENDS_TEXT = "tec soft med gas bau log print parts foods net rail pharm"
FIRST, LAST, _ROOTS, _ENDS = (text.split() for text in (_FIRST_TEXT, _LAST_TEXT, _ROOTS_TEXT, _ENDS_TEXT))
_WAYS = ("oak", "mill", "park", "lake", "hill", "river", "church")
STREETS: Final = [f"{name} {kind}" for name in _WAYS for kind in ("street", "road", "lane")]
_TOWNS = [start + end for start in ("nor", "sud", "wes", "ost", "lang") for end in ("burg", "heim", "stadt", "feld")]
CITIES: Final = [(town, f"{10_000 + 137 * at}") for at, town in enumerate(_TOWNS)]
_NICK_TEXT = "robert bob william bill katherine kate elizabeth liz michael mike thomas tom"
NICK: Final = dict(zip(_NICK_TEXT.split()[::2], _NICK_TEXT.split()[1::2], strict=True))
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """One table or two, and the pairs of ids that are the same."""

    left: Table
    right: Table | None
    same: frozenset[tuple[str, str]]


class Maker:
    """Draws people, firms and writing errors from one seed."""

    def __init__(self, seed: int, firsts: int = 35, lasts: int = 32) -> None:
        self.random = np.random.default_rng(seed)
        self.firsts, self.lasts = FIRST[:firsts], LAST[:lasts]

    def pick(self, items: Sequence[str]) -> str:
        return items[int(self.random.integers(len(items)))]

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def phone(self) -> str:
        return f"+49 {self.random.integers(150, 180)} {self.random.integers(1_000_000, 9_999_999)}"

    def firm(self) -> str:
        return f"{self.pick(_ROOTS)}{self.pick(_ENDS)}"

    def rare_last(self) -> str:
        return self.pick(LAST)[:4] + self.pick(_ROOTS) + self.pick(["", "er", "mann", "sen"])

    def address(self) -> Row:
        city, code = CITIES[int(self.random.integers(len(CITIES)))]
        return {"street": f"{self.random.integers(1, 200)} {self.pick(STREETS)}", "zip": code, "city": city}

    def birth(self) -> str:
        return f"{self.random.integers(1940, 2005)}-{self.random.integers(1, 13):02}-{self.random.integers(1, 29):02}"

    def slip(self, text: str) -> str:
        """One letter left out, doubled, changed, or two turned round."""
        if len(text) < 3:
            return text
        at = int(self.random.integers(len(text) - 1))
        return (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + chr(97 + int(self.random.integers(26))) + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )[int(self.random.integers(4))]

    def blanks(self, row: Row, share: float, kept: Sequence[str] = ()) -> Row:
        return {key: "" if key not in kept and self.chance(share) else value for key, value in row.items()}


def _known(rows: Sequence[tuple[int, Row]], seed: int) -> Known:
    """One table of (person, row), shuffled."""
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = [rows[at] for at in order.tolist()]
    ids = tuple(f"k{at}" for at in range(len(shuffled)))
    of: dict[int, list[str]] = {}
    for name, (person, _) in zip(ids, shuffled, strict=True):
        of.setdefault(person, []).append(name)
    same = {(min(a, b), max(a, b)) for group in of.values() for a in group for b in group if a != b}
    columns = tuple(shuffled[0][1])
    return Known(Table(columns, ids, tuple(tuple(row.values()) for _, row in shuffled)), None, frozenset(same))


def dependent_mail(seed: int, people: int = 1_200, doubled: float = 0.15) -> Known:
    """A team's contacts: the address is made of the name and the firm, so that the four repeat one another."""
    make = Maker(seed)
    firms = [make.firm() for _ in range(80)]
    taken: set[str] = set()
    rows: list[tuple[int, Row]] = []
    for person in range(people):
        while True:
            first, last, firm = make.pick(make.firsts), make.pick(make.lasts), make.pick(firms)
            if f"{first} {last} {firm}" not in taken:
                taken.add(f"{first} {last} {firm}")
                break
        row = {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@{firm}.com",
            "phone": make.phone(),
            "company": firm,
        }
        rows.append((person, make.blanks(row, 0.15, ("last_name",))))
        if make.chance(doubled):
            again = dict(row)
            if make.chance(0.4):
                again["first_name"] = NICK.get(first, make.slip(first))
            if make.chance(0.3):
                again["last_name"] = make.slip(last)
            if make.chance(0.3):
                again["phone"] = make.phone()
            if make.chance(0.3):
                again["company"] = f"{firm} GmbH"
            if make.chance(0.2):
                again["email"] = f"{first[0]}{last}@{firm}.com"
            rows.append((person, make.blanks(again, 0.15, ("last_name",))))
    return _known(rows, seed)


def few_names(seed: int, people: int = 2_000, doubled: float = 0.1) -> Known:
    """Twelve first and twelve last names, free mail: dozens of namesakes share name and address."""
    make = Maker(seed, 12, 12)
    rows: list[tuple[int, Row]] = []
    for person in range(people):
        first, last = make.pick(make.firsts), make.pick(make.lasts)
        mail = f"{first}.{last}@{make.pick(['gmail.com', 'gmx.de', 'web.de', 'yahoo.com'])}"
        row = {"given": first, "family": last, "mail": mail, "tel": make.phone(), **make.address()}
        rows.append((person, row))
        if make.chance(doubled):
            again = dict(row)
            again["given"] = make.slip(first) if make.chance(0.3) else first
            if make.chance(0.3):
                again |= make.address()
            elif make.chance(0.3):
                again["tel"] = ""
            rows.append((person, again))
    return _known(rows, seed)


def households(seed: int, homes: int = 400) -> Known:
    """Families under one roof share last name, telephone and address; some members stand twice."""
    make = Maker(seed)
    rows: list[tuple[int, Row]] = []
    for _ in range(homes):
        last, roof, phone = make.rare_last(), make.address(), make.phone()
        names = make.random.permutation(len(make.firsts))[: int(make.random.integers(1, 5))]
        for at in names.tolist():
            person = len(rows)
            row = {"first_name": make.firsts[at], "last_name": last, "phone": phone, **roof, "birthday": make.birth()}
            rows.append((person, make.blanks(row, 0.1, ("first_name", "last_name"))))
            if make.chance(0.15):
                again = row | {"first_name": make.slip(row["first_name"]) if make.chance(0.5) else row["first_name"]}
                rows.append((person, make.blanks(again, 0.1, ("first_name", "last_name"))))
    return _known(rows, seed)


def many_blanks(seed: int, people: int = 1_000) -> Known:
    """Half of all cells but the name are empty."""
    make = Maker(seed)
    rows: list[tuple[int, Row]] = []
    for person in range(people):
        first, last = make.pick(make.firsts), make.rare_last()
        row = {
            "name": f"{first} {last}",
            "email": f"{last}{make.random.integers(100)}@{make.firm()}.org",
            "mobile": make.phone(),
            "city": make.address()["city"],
        }
        rows.append((person, make.blanks(row, 0.5, ("name",))))
        if make.chance(0.2):
            again = row | {"name": make.slip(row["name"]) if make.chance(0.4) else f"{last}, {first}"}
            rows.append((person, make.blanks(again, 0.5, ("name",))))
    return _known(rows, seed)


def firms(seed: int, count: int = 900) -> Known:
    """Companies with legal forms, weak words and branches in other cities that are not the same."""
    make = Maker(seed)
    rows: list[tuple[int, Row]] = []
    for at in range(count):
        core = f"{make.pick(_ROOTS)}{make.pick(_ROOTS)} {make.pick(_ENDS)}"
        row = {"company": f"{core} {make.pick(['GmbH', 'Ltd', 'Inc.', 'AG'])}", "phone": make.phone(), **make.address()}
        rows.append((at, make.blanks(row, 0.1, ("company",))))
        if make.chance(0.15):
            again = dict(row)
            again["company"] = (
                core
                if make.chance(0.5)
                else f"The {make.slip(core)} {make.pick(['Gesellschaft mit beschränkter Haftung', 'Limited', 'Group'])}"
            )
            if make.chance(0.3):
                again["street"] = again["street"].replace("street", "st.").replace("road", "rd")
            rows.append((at, make.blanks(again, 0.2, ("company",))))
        if make.chance(0.1):
            rows.append((count + at, row | make.address() | {"phone": make.phone()}))
    return _known(rows, seed)


def two_lists(seed: int, people: int = 700) -> Known:
    """Two lists that each hold everybody once: a third stands in both."""
    make = Maker(seed)
    lists: tuple[list[Row], list[Row]] = ([], [])
    both: list[tuple[int, int]] = []
    for _ in range(people):
        first, last, firm = make.pick(make.firsts), make.pick(make.lasts), make.firm()
        row = {"name": f"{first} {last}", "company": firm, "city": make.address()["city"], "phone": make.phone()}
        where = int(make.random.integers(3))
        if where != 1:
            lists[0].append(make.blanks(row, 0.1, ("name",)))
        if where != 0:
            again = row | {"name": f"{last}, {NICK.get(first, first)}", "phone": row["phone"].replace("+49 ", "0")}
            lists[1].append(make.blanks(again, 0.2, ("name",)))
        if where == 2:
            both.append((len(lists[0]) - 1, len(lists[1]) - 1))
    left, right = (
        Table(
            tuple(rows[0]), tuple(f"{side}{at}" for at in range(len(rows))), tuple(tuple(row.values()) for row in rows)
        )
        for side, rows in zip("ab", lists, strict=True)
    )
    return Known(left, right, frozenset((f"a{a}", f"b{b}") for a, b in both))


def nobody_twice(seed: int, people: int = 2_000) -> Known:
    """No duplicates at all, though names, firms and cities are shared by many."""
    return dependent_mail(seed, people, doubled=0.0)


def registered(seed: int, people: int = 1_500) -> Known:
    """A register with birth dates and numbers, several errors a double, and moves to other cities."""
    make = Maker(seed)
    rows: list[tuple[int, Row]] = []
    for person in range(people):
        row = {
            "forename": make.pick(make.firsts),
            "surname": make.rare_last(),
            "dob": make.birth(),
            **make.address(),
            "gender": make.pick("mf"),
            "policy no": str(make.random.integers(10**7, 10**8)),
        }
        rows.append((person, make.blanks(row, 0.05)))
        while make.chance(0.3):
            again = dict(row)
            for key in make.random.permutation(list(row))[:3].tolist():
                again[key] = make.slip(again[key])
            if make.chance(0.1):
                again |= make.address()
            rows.append((person, make.blanks(again, 0.05)))
    return _known(rows, seed)


def places(seed: int, count: int = 800) -> Known:
    """Shops: several under one roof share telephone and address, chains share their name."""
    make = Maker(seed)
    rows: list[tuple[int, Row]] = []
    chains = [f"{make.pick(_ROOTS)} {kind}" for kind in ("burger", "coffee", "books", "shoes")]
    at = 0
    while at < count:
        roof, phone = make.address(), make.phone()
        for _ in range(int(make.random.choice([1, 1, 1, 1, 3]))):
            name = (
                make.pick(chains)
                if make.chance(0.15)
                else f"{make.pick(_ROOTS)}{make.pick(_ROOTS)} {make.pick(['cafe', 'bar', 'grill', 'deli', 'inn'])}"
            )
            row = {
                "name": name,
                "addr": roof["street"],
                "city": roof["city"],
                "phone": phone,
                "type": make.pick(["food", "drinks", "other"]),
            }
            at += 1
            rows.append((at, row))
            if make.chance(0.15):
                again = row | {
                    "name": make.slip(name) if make.chance(0.4) else f"the {name}",
                    "type": make.pick(["food", "drinks", "other"]),
                }
                again["addr"] = again["addr"].replace("street", "st").replace("lane", "ln.") + make.pick(
                    ["", "", " 2nd floor"]
                )
                rows.append((at, make.blanks(again, 0.05, ("name",))))
    return _known(rows, seed)


EVERY: Final[Mapping[str, Callable[[int], Known]]] = {
    made.__name__: made
    for made in (dependent_mail, few_names, households, many_blanks, firms, two_lists, nobody_twice, registered, places)
}


def score(known: Known, proposed: Iterable[tuple[str, str]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of proposed pairs; a table without duplicates counts by the absence of proposals."""
    found = {(min(a, b), max(a, b)) for a, b in proposed}
    right = len(found & known.same)
    precision = right / len(found) if found else 1.0
    recall = right / len(known.same) if known.same else 1.0
    return precision, recall, 2 * right / (len(found) + len(known.same)) if known.same else float(not found)
