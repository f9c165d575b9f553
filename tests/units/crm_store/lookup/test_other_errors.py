"""Errors of other kinds than slips of the finger: by ear, by thumb, mail headers, other scripts, words run together."""

from collections.abc import Callable
from random import Random
from typing import Final

import pytest

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup.search import search
from crm_store.values.acts import NewCustomer
from tests.cast import Cast

_FIRST: Final = ("Wanda", "Philip", "Catherine", "Geoffrey", "Yvonne", "Matteo", "Bjarne", "Ximena", "Rosalind", "Kofi")
_LAST: Final = (
    "Thackeray",
    "Quist",
    "De la Rosa",
    "MacDonald",
    "Jankowiak",
    "Vredenburg",
    "O'Hara",
    "Zimmerli",
    "Foxwell",
)
_FIRMS: Final = ("Harbour Optics Ltd", "Knopf & Vogt GmbH", "Pixelweave", "Nordic Salt AB", "Caldera Foods S.p.A.")
_BY_EAR: Final = (("ph", "f"), ("ck", "k"), ("th", "t"), ("qu", "kw"), ("y", "i"), ("x", "ks"), ("c", "k"), ("w", "v"))
_BESIDE: Final = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopqsdfghjklaxcvbnmz", strict=True))


def _by_ear(words: list[str], dice: Random) -> list[str]:
    """One spelling in the longest word as it sounds."""
    longest = max(words, key=len)
    fitting = [pair for pair in _BY_EAR if pair[0] in longest.lower()]
    if not fitting:
        return words
    old, new = dice.choice(fitting)
    return [word.lower().replace(old, new, 1) if word == longest else word for word in words]


def _by_thumb(words: list[str], dice: Random) -> list[str]:
    """A neighbouring key in each longer word, and a blank that was missed or hit."""
    thumbed = []
    for word in words:
        at = dice.randrange(1, len(word)) if len(word) > 4 else None
        wrong = _BESIDE.get(word[at].lower(), word[at]) if at is not None else ""
        thumbed.append(word if at is None else word[:at] + wrong + word[at + 1 :])
    return thumbed


def _as_header(words: list[str], _: Random) -> list[str]:
    """`LEE, Ann (Acme)`."""
    first, *last, firm = words
    return [f"{' '.join(last).upper()}, {first} ({firm})"]


def _run_together(words: list[str], _: Random) -> list[str]:
    """Given and family name without the blank."""
    return ["".join(words[:-1]).lower().replace("'", ""), words[-1]]


_KINDS: Final[dict[str, Callable[[list[str], Random], list[str]]]] = {
    "by ear": _by_ear,
    "by thumb": _by_thumb,
    "as a header": _as_header,
    "run together": _run_together,
}


@pytest.fixture
def people(cast: Cast) -> list[tuple[str, str, str]]:
    """Ninety people, each name once."""
    rows = [(first, last) for first in _FIRST for last in _LAST]
    made = []

    def add(work: Work) -> None:
        for at, (first, last) in enumerate(rows):
            firm = _FIRMS[at % len(_FIRMS)]
            row = customers.add(work, NewCustomer(f"{first} {last}", company=firm)).row_id
            made.append((row, f"{first} {last}", firm))

    cast.ada.write_now(add)
    return made


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_people_are_found_among_the_first_five(cast: Cast, people: list[tuple[str, str, str]], kind: str) -> None:
    dice = Random(f"{kind} 1")
    missed = []
    for customer_id, name, firm in people:
        typed = " ".join(_KINDS[kind]([*name.split(), firm.split()[0]], dice))
        answer = cast.ada.read_now(search, typed)
        if customer_id not in [one.customer.customer_id for one in answer.found]:
            missed.append(typed)
    assert len(missed) <= len(people) // 20, missed


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Елена Соколова", "elena sokolova"),
        ("Νίκος Παπαδόπουλος", "nikos papadopoulos"),
        ("王小明", "wang xiaoming"),
        ("محمد علي", "mohammed ali"),
        ("دانيال كوهين", "daniel cohen"),
        ("Sokolova Elena", "Елена Соколова"),
        ("Åsa Bjørnstad", "asa bjornstad"),
        ("De la Rosa Ximena", "ximena delarosa"),
        ("Ewan MacDonald", "mac donald ewan"),
        ("J. R. Hartley", "hartley jr"),
    ],
)
def test_a_name_is_found_in_another_script_or_spacing(cast: Cast, stored: str, typed: str) -> None:
    meant = cast.ada.write_now(customers.add, NewCustomer(stored, company="Globex")).row_id
    cast.ada.write_now(customers.add, NewCustomer("Peter Pan", company="Neverland"))
    answer = cast.ada.read_now(search, typed)
    assert [one.customer.customer_id for one in answer.found][:1] == [meant]


@pytest.mark.parametrize(
    "typed",
    [
        "monika9469@globex.example", "omnika9469@globex.example", "monika946@globex.example",
        "monika9649@globex.example", "monika9469", "mmonika9469@globex.example", "monika94699",
    ],
)  # fmt: skip
def test_a_mailbox_is_found_with_an_error_in_either_half(cast: Cast, typed: str) -> None:
    meant = cast.ada.write_now(customers.add, NewCustomer("M. W.", ("monika9469@globex.example",))).row_id
    cast.ada.write_now(customers.add, NewCustomer("Peter Pan", ("peter.pan@globex.example",)))
    assert cast.ada.read_now(search, typed).found[0].customer.customer_id == meant


def test_what_is_a_whole_mailbox_means_its_owner_before_others_of_the_name(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Rahul Gupta", ("rahul.gupta@acme.example",), company="Acme"))
    meant = cast.ada.write_now(customers.add, NewCustomer("Rajesh Gupta", ("r.gupta@sage.example",), company="Sage"))
    assert cast.ada.read_now(search, "r.gupta").found[0].customer.customer_id == meant.row_id
