"""The second rows that real address books have: people entered twice, with other spellings, mailboxes or employers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from anyascii import anyascii

from bot.demo.names import OTHER_SPELLINGS, SHORT_FORMS
from bot.demo.values import DemoCompany, DemoDuplicate, DemoPerson, DemoPoint

DUPLICATES = 25
_UNTOUCHED = {"person-john-smith", "person-ann-lee"}


def duplicates(
    chance: Random, people: list[DemoPerson], companies: list[DemoCompany], today: date
) -> tuple[list[DemoPerson], list[DemoDuplicate]]:
    """25 further rows of people who are there already, and which two are one."""
    ann = next(person for person in people if person.key == "person-ann-lee")
    again = [_entered_again(chance, ann, "A. Lee", today, 0)]
    pairs = [DemoDuplicate(again[0].key, ann.key, "initial")]
    flaws = _FLAWS
    candidates = [person for person in people if person.company and person.key not in _UNTOUCHED]
    chance.shuffle(candidates)
    turn = 0
    for person in candidates:
        if len(again) == DUPLICATES:
            break
        how, flaw = flaws[turn % len(flaws)]
        name = flaw(person)
        if name is None:
            continue
        again.append(_second_row(chance, person, name, how, companies, today, len(again)))
        pairs.append(DemoDuplicate(again[-1].key, person.key, how))
        turn += 1
    return again, pairs


def _second_row(
    chance: Random,
    person: DemoPerson,
    name: str,
    how: str,
    companies: list[DemoCompany],
    today: date,
    number: int,
) -> DemoPerson:
    row = _entered_again(chance, person, name, today, number)
    if how == "shared mailbox":
        address = replace(row.points[0], value=f"office@{_domain(person)}")
        return replace(row, points=(address, *_phones(person)))
    if how == "moved":
        company = chance.choice([company for company in companies if company.key != person.company])
        local = (person.address or "").split("@")[0]
        address = replace(row.points[0], value=f"{local}@{company.domain}")
        return replace(row, company=company.key, points=(address, *_phones(person)), owner=company.owner)
    return row


def _entered_again(chance: Random, person: DemoPerson, name: str, today: date, number: int) -> DemoPerson:
    """The same person under that name, reached at an address of another fashion or at the known number."""
    since = person.since + timedelta(days=chance.randint(10, 200))
    since = min(since, today - timedelta(days=2))
    words = anyascii((person.address or "").split("@")[0]).replace(".", " ").split()
    local = f"{words[0][0]}{words[-1]}" if len(words) > 1 else f"{words[0]}.office"
    address = DemoPoint("email", f"{local}@{_domain(person)}", "import", since)
    points = (address, *_phones(person)) if number % 2 == 0 else (address,)
    title = person.title if chance.random() < 0.5 else None
    return replace(
        person, key=f"person-again-{number:02d}", name=name, title=title, since=since, points=points, former=()
    )


def _domain(person: DemoPerson) -> str:
    return (person.address or "").split("@")[1]


def _phones(person: DemoPerson) -> tuple[DemoPoint, ...]:
    return tuple(point for point in person.points if point.kind == "phone")


def _word_for_word(table: dict[str, str]) -> Callable[[DemoPerson], str | None]:
    def changed(person: DemoPerson) -> str | None:
        words = [table.get(word, word) for word in person.name.split()]
        return " ".join(words) if words != person.name.split() else None

    return changed


def _swapped_letters(person: DemoPerson) -> str | None:
    """Two letters of the family name changed places, as fast typing does."""
    given, _, family = person.name.rpartition(" ")
    if not given or len(family) < 6 or not family.isascii() or family[2] == family[3]:
        return None
    return f"{given} {family[:2]}{family[3]}{family[2]}{family[4:]}"


def _without_accents(person: DemoPerson) -> str | None:
    plain = anyascii(person.name)
    is_latin = person.language in {"de", "fr", "es", "pl", "sv", "pt", "tr", "vi", "yo"}
    return plain if is_latin and plain != person.name else None


def _family_first(person: DemoPerson) -> str | None:
    given, _, family = person.name.rpartition(" ")
    return f"{family.upper()}, {given}" if given and person.name.isascii() else None


def _same(person: DemoPerson) -> str | None:
    return person.name


def _same_if_reached_by_phone(person: DemoPerson) -> str | None:
    return person.name if _phones(person) else None


_FLAWS: tuple[tuple[str, Callable[[DemoPerson], str | None]], ...] = (
    ("spelling", _word_for_word(OTHER_SPELLINGS)),
    ("short form", _word_for_word(SHORT_FORMS)),
    ("swapped letters", _swapped_letters),
    ("without accents", _without_accents),
    ("family first", _family_first),
    ("shared mailbox", _same),
    ("moved", _same_if_reached_by_phone),
)
