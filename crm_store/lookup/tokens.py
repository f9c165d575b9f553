"""The look-up's vocabulary of each team, rewritten in the transaction that changes a customer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import delete, select, text

from crm_store.engine.work import Work
from crm_store.matching.contact_points import email_key, phone_digits_reversed
from crm_store.matching.normalise import deletions, stable_hash, tokens, whole_form
from crm_store.models.lookup import PhoneSuffix, Posting, Token, TokenDelete
from crm_store.models.people import Company, ContactPoint, Customer

NAME: Final = 1
COMPANY: Final = 2
EMAIL: Final = 4
JOINED: Final = 8
_LONGEST: Final = 64
_LONGEST_NUMBER: Final = 20
_AT_ONCE: Final = 500
Item = TypeVar("Item")

# Written for the driver itself, since a statement built for each of thousands of rows costs more than its execution.
_COUNT: Final = (
    "INSERT INTO tokens (team_id, text, df) VALUES (?, ?, ?)"
    " ON CONFLICT (team_id, text) DO UPDATE SET df = tokens.df + excluded.df"
)
_POST: Final = (
    "INSERT INTO postings (team_id, text, customer_id, fields) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (team_id, text, customer_id) DO UPDATE SET fields = excluded.fields"
)
_UNPOST: Final = "DELETE FROM postings WHERE team_id = ? AND text = ? AND customer_id = ?"
_FORM: Final = "INSERT INTO token_deletes (team_id, hash, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_UNFORM: Final = "DELETE FROM token_deletes WHERE team_id = ? AND hash = ? AND text = ?"
_NUMBER: Final = (
    "INSERT INTO phone_suffixes (team_id, reversed_digits, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_CHANGE: Final = "INSERT INTO lookup_changes (team_id, seq, customer_id, op) VALUES (?, ?, ?, ?)"
_LAST_CHANGE: Final = text("SELECT coalesce(max(seq), 0) FROM lookup_changes WHERE team_id = :team_id")


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
    _rewrite_postings(work, customer_ids, words)
    work.session.execute(
        delete(PhoneSuffix)
        .where(PhoneSuffix.customer_id.in_(customer_ids))
        .execution_options(synchronize_session=False)
    )
    _many(work, _NUMBER, sorted(numbers))
    last = work.session.execute(_LAST_CHANGE, {"team_id": work.team_id}).scalar_one()
    changes = [
        (seq, customer_id, "put" if customer_id in words else "drop")
        for seq, customer_id in enumerate(customer_ids, last + 1)
    ]
    _many(work, _CHANGE, changes)


def _wanted(work: Work, customer_ids: Sequence[str]) -> tuple[dict[str, dict[str, int]], set[tuple[str, str]]]:
    """For each customer who can be found, the words with the fields they stand in; and all phone numbers."""
    found = work.session.execute(
        select(Customer.customer_id, Customer.name, Company.name)
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.customer_id.in_(customer_ids), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
    ).all()
    words = {customer_id: words_of(name, company or "") for customer_id, name, company in found}
    numbers: set[tuple[str, str]] = set()
    points = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value).where(
            ContactPoint.owner_row.in_(list(words))
        )
    ).all()
    for owner_row, kind, value in points:
        if kind == "phone":
            digits = phone_digits_reversed(value)[:_LONGEST_NUMBER]
            numbers |= {(digits, owner_row)} if digits else set()
        elif kind == "email":
            for word in email_words(value):
                words[owner_row][word] = words[owner_row].get(word, 0) | EMAIL
    return words, numbers


def words_of(name: str, company: str) -> dict[str, int]:
    """The words under which a name and a company are found, with the fields they come from."""
    found: dict[str, int] = defaultdict(int)
    for written, field in ((name, NAME), (company, COMPANY)):
        words = tokens(written)
        for word in words:
            found[word[:_LONGEST]] |= field
        if 1 < len(words) <= 4:
            found["".join(words)[:_LONGEST]] |= JOINED
    return dict(found)


def email_words(address: str) -> tuple[str, ...]:
    """The words of a mailbox and the first part of its domain."""
    local, _, domain = email_key(address).rpartition("@")
    words = (*tokens(local), *tokens(domain.partition(".")[0]))
    return tuple(word[:_LONGEST] for word in words)


def _rewrite_postings(work: Work, customer_ids: Sequence[str], words: dict[str, dict[str, int]]) -> None:
    stored = {
        (word, customer_id): fields
        for word, customer_id, fields in work.session.execute(
            select(Posting.text, Posting.customer_id, Posting.fields).where(Posting.customer_id.in_(customer_ids))
        )
    }
    wanted = {(word, customer_id): fields for customer_id, own in words.items() for word, fields in own.items()}
    gone = sorted(stored.keys() - wanted.keys())
    new = sorted(key for key, fields in wanted.items() if stored.get(key) != fields)
    _many(work, _UNPOST, gone)
    _many(work, _POST, [(*key, wanted[key]) for key in new])
    counts: dict[str, int] = defaultdict(int)
    for word, _ in gone:
        counts[word] -= 1
    for key in wanted.keys() - stored.keys():
        counts[key[0]] += 1
    counts = {word: count for word, count in counts.items() if count}
    # Sorted, so that two writers on PostgreSQL lock the words in one order.
    _many(work, _COUNT, [(word, counts[word]) for word in sorted(counts)])
    _learn(work, [word for word, count in counts.items() if count > 0])
    _forget(work, [word for word, count in counts.items() if count < 0])


def _learn(work: Work, words: Sequence[str]) -> None:
    """Keep each new word with every form that lacks one letter, by which typing errors find it."""
    for some in in_groups(words, _AT_ONCE):
        own = [stable_hash(whole_form(word)) for word in some]
        known = set(work.session.scalars(select(TokenDelete.text).where(TokenDelete.hash.in_(own))))
        forms = [(stable_hash(form), word) for word in some if word not in known for form in deletions(word)]
        # In the order of the key, so that the index is walked once and not at random.
        _many(work, _FORM, sorted(forms))


def _forget(work: Work, words: Sequence[str]) -> None:
    """Words that nobody bears any more leave no trace, so that an erased name is gone from here too."""
    for some in in_groups(words, _AT_ONCE):
        unused = list(work.session.scalars(select(Token.text).where(Token.text.in_(list(some)), Token.df <= 0)))
        if not unused:
            continue
        forms = [(stable_hash(form), word) for word in unused for form in deletions(word)]
        _many(work, _UNFORM, forms)
        work.session.execute(delete(Token).where(Token.text.in_(unused)).execution_options(synchronize_session=False))


def _many(work: Work, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each row, in one call of the driver; the team comes first in every row."""
    if rows:
        written = statement if work.dialect == "sqlite" else statement.replace("?", "%s")
        work.connection.exec_driver_sql(written, [(work.team_id, *row) for row in rows])
