"""Two hundred made-up contacts, and mistyped queries for them in every class of error."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from crm_store.matching.nicknames import related
from crm_store.matching.normalise import fold, tokens
from crm_store.matching.rerank import Candidate

_FIRST = (
    "Katherine",
    "Robert",
    "Elizabeth",
    "William",
    "Margaret",
    "Giuseppe",
    "Aleksandr",
    "Katarzyna",
    "José",
    "Michael",
    "Susanne",
    "Thomas",
    "Daniela",
    "Stephen",
    "Patricia",
    "Jonathan",
    "Francesca",
    "Andrzej",
    "Yekaterina",
    "Christopher",
)
_LAST = (
    "Müller",
    "Smith",
    "García",
    "Nowak",
    "Petrov",
    "Rossi",
    "Lindqvist",
    "Okafor",
    "Haddad",
    "Tanaka",
    "Fernandes",
    "Kowalczyk",
    "Hughes",
    "Lefèvre",
    "Schneider",
    "Moreau",
    "Andersson",
    "Ferrari",
    "Dubois",
    "Whitfield",
    "Novák",
    "Ibrahim",
    "Castellanos",
    "Brandt",
    "McAllister",
    "Sørensen",
    "Vermeulen",
    "Papadakis",
    "Ó'Connor",
    "Yıldız",
)
_COMPANY = (
    "Ashby & Partners GmbH",
    "Northwind Trading Ltd",
    "Blue Harbour Logistics",
    "Kestrel Analytics Inc.",
    "Montrose Foods SA",
    "Vega Robotics AG",
    "Silverline Insurance",
    "Orchard Paper Co.",
    "Tidewater Shipping BV",
    "Larkspur Media",
    "Quarry Stone Works",
    "Helios Energy S.p.A.",
    "The Raine Group",
    "Pemberton & Sons",
    "Zenith Optics s.r.o.",
    "Fjord Seafood AS",
    "Granite Bank plc",
    "Copperfield Publishing",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of one class and the contact it means."""

    kind: str
    query: str
    wanted: Candidate


def contacts(seed: int = 7, count: int = 200) -> list[Candidate]:
    """Contacts with distinct names, one company, address and number each."""
    chance = random.Random(seed)
    pairs = [(first, last) for first in _FIRST for last in _LAST]
    chance.shuffle(pairs)
    made = []
    for number, (first, last) in enumerate(pairs[:count]):
        company = chance.choice(_COMPANY)
        domain = "".join(tokens(company)[:2]) + ".com"
        address = f"{fold(first)[0]}.{''.join(tokens(last))}@{domain}"
        phone = f"+49 170 {chance.randrange(1_000_000, 9_999_999)}"
        made.append(Candidate(f"cus_{number:03}", f"{first} {last}", company, (address,), (phone,)))
    return made


def queries(people: list[Candidate], seed: int = 11) -> list[Asked]:
    """One query a class for each contact, where the class fits it."""
    chance = random.Random(seed)
    asked = []
    for person in people:
        first, last = tokens(person.name)[0], "".join(tokens(person.name)[1:])
        words = [word for word in tokens(person.company) if word not in {"the", "and"}]
        for kind, make in _CLASSES.items():
            query = make(chance, first, last, words, person)
            if query:
                asked.append(Asked(kind, query, person))
    return asked


def typo(chance: random.Random, word: str) -> str:
    """One error: two letters swapped, one left out, doubled or replaced; the first letter is kept."""
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("aeinrst") + word[at + 1 :],
        )
    )


_Make = Callable[[random.Random, str, str, list[str], Candidate], str]
_CLASSES: dict[str, _Make] = {
    "typo_name_company": lambda r, f, n, c, p: f"{typo(r, f)} {typo(r, n)} {c[0]}",
    "swapped_company": lambda r, f, n, c, p: f"{n} {typo(r, f)} {c[0]}",
    "nickname_last_company": lambda r, f, n, c, p: f"{r.choice(sorted(related(f)))} {n} {c[0]}" if related(f) else "",
    "first_company": lambda r, f, n, c, p: f"{f} {' '.join(c[:2])}",
    "initial_last_company": lambda r, f, n, c, p: f"{f[0]} {n} {typo(r, c[0])}",
    "prefixes": lambda r, f, n, c, p: f"{f[:3]} {n[:4]} {c[0][:5]}",
    "email_part": lambda r, f, n, c, p: p.emails[0][: p.emails[0].index("@") + 5],
    "email_typo": lambda r, f, n, c, p: f"{f[0]}.{typo(r, n)}@{p.emails[0].partition('@')[2]}",
    "phone_part": lambda r, f, n, c, p: f"{p.phones[0][-7:-4]}-{p.phones[0][-4:]}",
    "folded_company": lambda r, f, n, c, p: f"{f} {n} {c[0]}",
    "typo_name": lambda r, f, n, c, p: f"{f} {typo(r, n)}",
    "three_typos_company": lambda r, f, n, c, p: f"{typo(r, f)} {typo(r, typo(r, n))} {c[0]}",
    "last_typo_company": lambda r, f, n, c, p: f"{n} {typo(r, c[0])}",
}
