"""The look-up's vocabulary of each team, rewritten in the transaction that changes a customer."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import delete, select, update

from crm_store.engine.work import Work
from crm_store.lookup import learnt
from crm_store.lookup.reading import TEAM, plain, read_plain
from crm_store.matching.contact_points import email_key, phone_digits_reversed
from crm_store.matching.normalise import (
    deletions,
    halves,
    is_unvowelled,
    skeleton_forms,
    stable_hash,
    tokens,
    whole_form,
)
from crm_store.matching.word_pairs import keys_of
from crm_store.models.lookup import LookupChange, Token

NAME: Final = 1
COMPANY: Final = 2
EMAIL: Final = 4
JOINED: Final = 8
SITE: Final = 16  # A company in one word, as it stands in its domain.
UNVOWELLED: Final = 32  # Written in Arabic or Hebrew letters.
PUT: Final = "put"
DROP: Final = "drop"
FORGET: Final = "forget"
_WITH_FORMS: Final = NAME | COMPANY | SITE
_SPELT: Final = _WITH_FORMS | EMAIL
_LONGEST: Final = 64
_LONGEST_NUMBER: Final = 20
_AT_ONCE: Final = 500
_NOTHING: Final[Mapping[str, int]] = {}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Bulk:
    """A statement run for many rows, written for the driver itself, since building one costs more than a row.

    SQLite runs it once for each row in one call; PostgreSQL takes the columns as arrays in one statement.
    """

    sqlite: str
    postgresql: str


_COUNT: Final = _Bulk(
    "INSERT INTO tokens (team_id, text, df) VALUES (?, ?, ?)"
    " ON CONFLICT (team_id, text) DO UPDATE SET df = tokens.df + excluded.df",
    "INSERT INTO tokens (team_id, text, df) SELECT * FROM unnest(%s::text[], %s::text[], %s::int[])"
    " ON CONFLICT (team_id, text) DO UPDATE SET df = tokens.df + excluded.df",
)
_POST: Final = _Bulk(
    "INSERT INTO postings (team_id, text, customer_id, fields) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (team_id, text, customer_id) DO UPDATE SET fields = excluded.fields",
    "INSERT INTO postings (team_id, text, customer_id, fields)"
    " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[])"
    " ON CONFLICT (team_id, text, customer_id) DO UPDATE SET fields = excluded.fields",
)
_UNPOST: Final = _Bulk(
    "DELETE FROM postings WHERE team_id = ? AND text = ? AND customer_id = ?",
    "DELETE FROM postings AS p USING unnest(%s::text[], %s::text[], %s::text[]) AS g (team_id, text, customer_id)"
    " WHERE p.team_id = g.team_id AND p.text = g.text AND p.customer_id = g.customer_id",
)
_PAIR: Final = _Bulk(
    "INSERT INTO word_pairs (team_id, key, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO word_pairs (team_id, key, customer_id) SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[])"
    " ON CONFLICT DO NOTHING",
)
_UNPAIR: Final = _Bulk(
    "DELETE FROM word_pairs WHERE team_id = ? AND key = ? AND customer_id = ?",
    "DELETE FROM word_pairs AS p USING unnest(%s::text[], %s::bigint[], %s::text[]) AS g (team_id, key, customer_id)"
    " WHERE p.team_id = g.team_id AND p.key = g.key AND p.customer_id = g.customer_id",
)
_FORM: Final = _Bulk(
    "INSERT INTO token_deletes (team_id, hash, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO token_deletes (team_id, hash, text) SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[])"
    " ON CONFLICT DO NOTHING",
)
_UNFORM: Final = _Bulk(
    "DELETE FROM token_deletes WHERE team_id = ? AND hash = ? AND text = ?",
    "DELETE FROM token_deletes AS d USING unnest(%s::text[], %s::bigint[], %s::text[]) AS g (team_id, hash, text)"
    " WHERE d.team_id = g.team_id AND d.hash = g.hash AND d.text = g.text",
)
_NUMBER: Final = _Bulk(
    "INSERT INTO phone_suffixes (team_id, reversed_digits, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO phone_suffixes (team_id, reversed_digits, customer_id)"
    " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
)
_UNNUMBER: Final = _Bulk(
    "DELETE FROM phone_suffixes WHERE team_id = ? AND reversed_digits = ? AND customer_id = ?",
    "DELETE FROM phone_suffixes AS p"
    " USING unnest(%s::text[], %s::text[], %s::text[]) AS g (team_id, reversed_digits, customer_id)"
    " WHERE p.team_id = g.team_id AND p.reversed_digits = g.reversed_digits AND p.customer_id = g.customer_id",
)
_CHANGE: Final = _Bulk(
    "INSERT INTO lookup_changes (team_id, seq, customer_id, op, mark) VALUES (?, ?, ?, ?, ?)",
    "INSERT INTO lookup_changes (team_id, seq, customer_id, op, mark)"
    " SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[])",
)
_WITH_FORM: Final = plain("SELECT text FROM token_deletes WHERE team_id = ? AND hash IN {many_numbers}")
# Who is gone is told and not asked for, since the database would walk all who are there instead of the few named.
_WRITTEN: Final = plain(
    "SELECT c.customer_id, c.name, k.name, c.removed_at IS NOT NULL OR c.merged_into IS NOT NULL FROM customers AS c"
    " LEFT JOIN companies AS k ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " WHERE c.team_id = ? AND c.customer_id IN {many}"
)
_REACHED: Final = plain("SELECT owner_row, kind, value FROM contact_points WHERE team_id = ? AND owner_row IN {many}")
_POSTED: Final = plain("SELECT text, customer_id, fields FROM postings WHERE team_id = ? AND customer_id IN {many}")
_NUMBERED: Final = plain(
    "SELECT reversed_digits, customer_id FROM phone_suffixes WHERE team_id = ? AND customer_id IN {many}"
)
_LAST_CHANGE: Final = plain("SELECT seq, mark FROM lookup_changes WHERE team_id = ? ORDER BY seq DESC LIMIT 1")


def refresh(work: Work, customer_id: str) -> None:
    """Make the look-up find a customer as the rows are now, or no longer at all; part of the action that changed it."""
    refresh_many(work, [customer_id])


def refresh_many(work: Work, customer_ids: Iterable[str]) -> None:
    """The same for many customers at once, at a few statements for all."""
    wanted = list(dict.fromkeys(customer_ids))
    # What the look-up reads must be in the database before it is read.
    work.flush()
    for some in in_groups(wanted, _AT_ONCE):
        _refresh(work, some)


def in_groups(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in runs of at most `size`, since databases bound the parameters of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _refresh(work: Work, customer_ids: Sequence[str]) -> None:
    work.lock_team()
    words, numbers = _wanted(work, customer_ids)
    stored = {
        (word, customer_id): fields for word, customer_id, fields in read_plain(work, _POSTED, TEAM, list(customer_ids))
    }
    _rewrite_postings(work, stored, words)
    _rewrite_pairs(work, stored, words)
    _rewrite_numbers(work, customer_ids, numbers)
    _note_changes(work, customer_ids, words)


def _note_changes(work: Work, customer_ids: Sequence[str], words: Container[str]) -> learnt.Change:
    return _tell(work, [(customer_id, PUT if customer_id in words else DROP) for customer_id in customer_ids])


def forget(work: Work, customer_ids: Sequence[str]) -> None:
    """Have every copy of the words made anew: these customers are erased, and no copy may keep a trace of them.

    The numbers of their changes stay, of nobody, since a copy would miss what came under a number used again.
    """
    work.flush()
    work.lock_team()
    nobodys = update(LookupChange).where(LookupChange.customer_id.in_(list(customer_ids))).values(customer_id="")
    work.session.execute(nobodys.execution_options(synchronize_session=False))
    _tell(work, [("", FORGET)])


def _tell(work: Work, changes: Sequence[tuple[str, str]]) -> learnt.Change:
    """Number the changes without a gap; the team's lock, held to the commit, makes numbers become visible in order."""
    last, mark = _last_change(work)
    told = [(seq, customer_id, op, secrets.randbits(62)) for seq, (customer_id, op) in enumerate(changes, last + 1)]
    _many(work, _CHANGE, told)
    return (told[-1][0], told[-1][3]) if told else (last, mark)


def _last_change(work: Work) -> learnt.Change:
    found = read_plain(work, _LAST_CHANGE, TEAM)
    return (found[0][0], found[0][1]) if found else (0, 0)


def _wanted(work: Work, customer_ids: Sequence[str]) -> tuple[dict[str, dict[str, int]], set[tuple[str, str]]]:
    """For each customer who can be found, the words with the fields they stand in; and all phone numbers."""
    found = read_plain(work, _WRITTEN, TEAM, list(customer_ids))
    words = {customer_id: words_of(name, company or "") for customer_id, name, company, gone in found if not gone}
    numbers: set[tuple[str, str]] = set()
    points = read_plain(work, _REACHED, TEAM, list(words)) if words else ()
    for owner_row, kind, value in points:
        reach(words, numbers, owner_row, kind, value)
    return words, numbers


def reach(
    words: dict[str, dict[str, int]], numbers: set[tuple[str, str]], customer_id: str, kind: str, value: str
) -> None:
    """Add the words of an address, or the digits of a number, to what a customer is found by."""
    if kind == "phone":
        digits = phone_digits_reversed(value)[:_LONGEST_NUMBER]
        numbers |= {(digits, customer_id)} if digits else set()
    elif kind == "email":
        add_address(words[customer_id], value)


def add_address(words: dict[str, int], address: str) -> None:
    """The words of an address, with the fields they come from, beside those that are there."""
    local, site = _parts(address)
    for word, field in (*((word, EMAIL) for word in local), *((word, EMAIL | SITE) for word in site)):
        words[word] = words.get(word, 0) | field


def forms_of(word: str, fields: int) -> tuple[str, ...]:
    """The forms by which errors find a word that stands in these fields."""
    known = deletions(word) if fields & _WITH_FORMS else ()
    bare = skeleton_forms(word) if fields & UNVOWELLED else ()
    return (*known, *bare, *(halves(word) if fields & _SPELT == EMAIL else ()))


def write_new(work: Work, words: dict[str, dict[str, int]], numbers: set[tuple[str, str]]) -> None:
    """Let customers be found who are new in this unit, for whom nothing stands in the tables yet."""
    work.lock_team()
    known = learnt.after(work.team_id, _last_change(work))
    postings = sorted((word, one, fields) for one, own in words.items() for word, fields in own.items())
    _many(work, _POST, postings)
    # Sorted, so that two writers on PostgreSQL lock the words in one order.
    _many(work, _COUNT, sorted(Counter(word for word, _, _ in postings).items()))
    _learn_all(work, ((word, fields) for word, _, fields in postings), known)
    _many(work, _PAIR, sorted(_all_pairs(words)))
    _many(work, _NUMBER, sorted(numbers))
    learnt.keep(known, _note_changes(work, list(words), words))


def words_of(name: str, company: str) -> dict[str, int]:
    """The words under which a name and a company are found, with the fields they come from."""
    found: dict[str, int] = defaultdict(int)
    for written, field in ((name, NAME), (company, COMPANY)):
        words = tokens(written)
        bare = UNVOWELLED if is_unvowelled(written) else 0
        for word in words:
            found[word[:_LONGEST]] |= field | bare
        if 1 < len(words) <= 4:
            found["".join(words)[:_LONGEST]] |= JOINED if field == NAME else JOINED | SITE
    return dict(found)


def email_words(address: str) -> tuple[str, ...]:
    """The words of a mailbox and the first part of its domain."""
    local, site = _parts(address)
    return (*local, *site)


def _parts(address: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    local, _, domain = email_key(address).rpartition("@")
    found = (tokens(local), tokens(domain.partition(".")[0]))
    return tuple(word[:_LONGEST] for word in found[0]), tuple(word[:_LONGEST] for word in found[1])


def _rewrite_numbers(work: Work, customer_ids: Sequence[str], wanted: set[tuple[str, str]]) -> None:
    held = read_plain(work, _NUMBERED, TEAM, list(customer_ids))
    stored = {(digits, customer_id) for digits, customer_id in held}
    _many(work, _UNNUMBER, sorted(stored - wanted))
    _many(work, _NUMBER, sorted(wanted - stored))


def _rewrite_pairs(work: Work, stored: Mapping[tuple[str, str], int], words: Mapping[str, Mapping[str, int]]) -> None:
    before: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (word, customer_id), fields in stored.items():
        before[customer_id][word] = fields
    wanted = _all_pairs(words)
    _many(work, _UNPAIR, sorted(_all_pairs(before) - wanted))
    # All of them, not only the new ones: a version that knew no pairs may have written the words.
    _many(work, _PAIR, sorted(wanted))


def _all_pairs(words: Mapping[str, Mapping[str, int]]) -> set[tuple[int, str]]:
    return {(key, customer_id) for customer_id, own in words.items() for key in pairs_of(own)}


def pairs_of(words: Mapping[str, int]) -> set[int]:
    """The pairs by which a customer with these words and fields is found, as numbers."""
    named = [word for word, fields in words.items() if fields & NAME]
    return keys_of(named, [word for word, fields in words.items() if fields & COMPANY])


def _rewrite_postings(
    work: Work, stored: Mapping[tuple[str, str], int], words: Mapping[str, Mapping[str, int]]
) -> None:
    wanted = {(word, customer_id): fields for customer_id, own in words.items() for word, fields in own.items()}
    gone = sorted(stored.keys() - wanted.keys())
    _many(work, _UNPOST, gone)
    lost = Counter(word for word, _ in gone)
    counts = _add_postings(work, stored, wanted, lost)
    _forget(work, [word for word, count in counts.items() if count < 0])


def _add_postings(
    work: Work,
    stored: Mapping[tuple[str, str], int],
    wanted: Mapping[tuple[str, str], int],
    lost: Mapping[str, int] = _NOTHING,
) -> dict[str, int]:
    """Write what is wanted and not stored; by how much each word is borne more often or, being lost, less."""
    new = sorted(key for key, fields in wanted.items() if stored.get(key) != fields)
    _many(work, _POST, [(*key, wanted[key]) for key in new])
    counts = Counter(word for word, _ in wanted.keys() - stored.keys())
    counts.subtract(lost)
    changed = {word: count for word, count in counts.items() if count}
    # Sorted, so that two writers on PostgreSQL lock the words in one order.
    _many(work, _COUNT, [(word, changed[word]) for word in sorted(changed)])
    _learn_all(work, ((key[0], wanted[key]) for key in new))
    return changed


def _learn_all(work: Work, written: Iterable[tuple[str, int]], known: learnt.Learnt | None = None) -> None:
    """Keep the forms of words with the fields in which they stand, but for those that are known to be kept."""
    formed: set[str] = set()
    unvowelled: set[str] = set()
    mailboxes: set[str] = set()
    for word, fields in written:
        if fields & _WITH_FORMS:
            formed.add(word)
        elif fields & EMAIL:
            mailboxes.add(word)
        if fields & UNVOWELLED:
            unvowelled.add(word)
    # Words of mailboxes alone are the bulk of a vocabulary: two forms each, where names have one for every letter.
    for words, forms in ((formed, deletions), (unvowelled, skeleton_forms), (mailboxes - formed, halves)):
        _learn(work, sorted(known.unknown(words, forms) if known else words), forms)


def _learn(work: Work, words: Sequence[str], forms_of: Callable[[str], tuple[str, ...]]) -> None:
    """Keep each new word with the forms by which typing errors find it; its first form tells that it is known."""
    unknown = _unknown(work, words, forms_of)
    if forms_of is halves:
        # What somebody is called as well has more than halves already, in whatever order the two became known.
        unknown = _unknown(work, unknown, deletions)
    # In the order of the key, so that the index is walked once and not at random.
    _many(work, _FORM, sorted((stable_hash(form), word) for word in unknown for form in forms_of(word)))


def _unknown(work: Work, words: Sequence[str], forms_of: Callable[[str], tuple[str, ...]]) -> list[str]:
    unknown: list[str] = []
    for some in in_groups(words, _AT_ONCE):
        own = [number for word in some if (number := _first_form(word, forms_of)) is not None]
        known = {text for (text,) in read_plain(work, _WITH_FORM, TEAM, own)} if own else set()
        unknown += [word for word in some if word not in known]
    return unknown


@lru_cache(maxsize=32_768)
def _first_form(word: str, forms_of: Callable[[str], tuple[str, ...]]) -> int | None:
    """The number of the first form: remembered, since every batch of a long list asks for most words again."""
    forms = (whole_form(word),) if forms_of is deletions else forms_of(word)
    return stable_hash(forms[0]) if forms else None


def _forget(work: Work, words: Sequence[str]) -> None:
    """Words that nobody bears any more leave no trace, so that an erased name is gone from here too."""
    for some in in_groups(words, _AT_ONCE):
        unused = list(work.session.scalars(select(Token.text).where(Token.text.in_(list(some)), Token.df <= 0)))
        if not unused:
            continue
        forms = [(stable_hash(form), word) for word in unused for form in _every_form(word)]
        _many(work, _UNFORM, forms)
        work.session.execute(delete(Token).where(Token.text.in_(unused)).execution_options(synchronize_session=False))


def _every_form(word: str) -> tuple[str, ...]:
    return (*deletions(word), *halves(word), *skeleton_forms(word))


def _many(work: Work, statement: _Bulk, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for each row; the team comes first in every row."""
    if not rows:
        return
    work.make_way()
    if work.dialect == "sqlite":
        work.connection.exec_driver_sql(statement.sqlite, [(work.team_id, *row) for row in rows])
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    work.connection.exec_driver_sql(statement.postgresql, ([work.team_id] * len(rows), *columns))
