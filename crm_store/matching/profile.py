"""What the ranking knows of one contact: its words, their fields, and what of them may be written as one."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crm_store.matching import companies
from crm_store.matching.contact_points import email_key
from crm_store.matching.normalise import clean, tokens

FIRST_HAND: Final = frozenset({"name", "company", "alias"})
SHORTEST_TOGETHER: Final = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the index knows of one contact: texts as stored, not folded."""

    id: str
    name: str
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A word with the writing it came from, which is shown, and its field."""

    word: str
    shown: str
    field: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A candidate's words, made once: where each stands, and those beside each other written as one.

    The first `named` targets are the name's; `forms` are the places of a company's legal forms, `telling` of the rest.
    `written` are the words of name and company in their order, where these have several; `places` are of words as the
    customer writes them, `standing` of all, addresses and words written as one as well.
    """

    targets: tuple[Target, ...]
    standing: dict[str, tuple[int, ...]]
    places: dict[str, tuple[int, ...]]
    written: tuple[tuple[str, ...], ...]
    telling: tuple[tuple[int, str], ...]
    mailboxes: tuple[str, ...]
    forms: frozenset[int]
    named: int

    def apart(self, word: str) -> tuple[str, ...]:
        """Two or three words beside each other that make the word when written as one; none where there are none."""
        if len(word) < SHORTEST_TOGETHER:
            return ()
        for words in self.written:
            for at, first in enumerate(words[:-1]):
                if word.startswith(first):
                    for end in (at + 2, at + 3):
                        if end <= len(words) and "".join(words[at:end]) == word:
                            return words[at:end]
        return ()


@lru_cache(maxsize=16_384)
def profile_of(candidate: Candidate) -> Profile:
    """The candidate's words as the ranking wants them."""
    name, company = shown(candidate.name, "name"), shown(candidate.company, "company")
    found = [*name, *company]
    for alias in candidate.aliases:
        found += shown(alias, "alias")
    written: list[tuple[str, ...]] = []
    for text, field in ((candidate.name, name), (candidate.company, company)):
        words = tuple(target.word for target in field)
        if len(words) > 1:
            found.append(Target("".join(words), text, "joined"))
            written.append(words)
    # A mailbox that repeats name and company is no second place for a word typed twice.
    known = {target.word for target in found}
    for address in candidate.emails:
        found += [Target(word, address, "email") for word in words_of_address(address) if word not in known]
    places: dict[str, tuple[int, ...]] = {}
    standing: dict[str, tuple[int, ...]] = {}
    for at, target in enumerate(found):
        standing[target.word] = (*standing.get(target.word, ()), at)
        if target.field in FIRST_HAND:
            places[target.word] = (*places.get(target.word, ()), at)
    first = len(name)
    telling = [(at, target.word) for at, target in enumerate(company, first) if is_telling(target.word)]
    mailboxes = tuple(email_key(address) for address in candidate.emails)
    forms = frozenset(range(first, first + len(company))) - {at for at, _ in telling}
    return Profile(tuple(found), standing, places, tuple(written), tuple(telling), mailboxes, forms, len(name))


def words_of_address(address: str) -> tuple[str, ...]:
    """The words of a mailbox and of its site."""
    local, _, domain = email_key(address).rpartition("@")
    return (*tokens(local), *tokens(domain.partition(".")[0]))


@lru_cache(maxsize=65_536)
def is_telling(word: str) -> bool:
    """Whether a word of a company's name is more than its legal form, of which most single letters are (`z o.o.`)."""
    return len(word) > 1 and not companies.is_legal_form(word)


def shown(text: str, field: str) -> list[Target]:
    """The words of a name or company as targets of that field, each with the piece of writing it came from."""
    return [target for piece in clean(text).split() for target in _piece(piece, field)]


@lru_cache(maxsize=65_536)
def _piece(piece: str, field: str) -> tuple[Target, ...]:
    """First names, companies and places are many people's, so most pieces were read before."""
    words = tokens(piece)
    return tuple(Target(word, piece.strip(',;()"') if len(words) == 1 else word, field) for word in words)
