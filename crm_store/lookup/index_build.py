"""The frozen arrays made from the look-up's tables, in one reading of one state of the store."""

from datetime import datetime
from itertools import accumulate, chain
from typing import Any, Final

from crm_store.engine.work import Work
from crm_store.lookup.freshness import newest
from crm_store.lookup.index_arrays import Arrays, Frozen, heads_of, packed
from crm_store.lookup.index_letters import letters_of
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.reading import TEAM, moment, plain, stream_plain
from crm_store.matching.profile import Candidate

_PEOPLE: Final = plain(
    "SELECT c.customer_id, c.name, k.name, c.owner, c.last_touch_at FROM customers AS c"
    " LEFT JOIN companies AS k ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " WHERE c.team_id = ? AND c.removed_at IS NULL AND c.merged_into IS NULL"
)
_POINTS: Final = plain(
    "SELECT owner_row, kind, value FROM contact_points WHERE team_id = ? AND kind IN ('email', 'phone')"
    " ORDER BY point_id"
)
_WORDS: Final = plain("SELECT text, df FROM tokens WHERE team_id = ? AND df > 0")
# SQLite keeps the rows in the order of their key, so that it need not sort them; nor do we rely on it.
_POSTS: Final = plain("SELECT text, customer_id, fields FROM postings WHERE team_id = ?")
_FORMS: Final = plain("SELECT hash, text FROM token_deletes WHERE team_id = ?")
_DAY: Final = 86_400


def build(work: Work) -> Frozen:
    """The team's index as the store is in this unit of work, which must read one state only (a single snapshot)."""
    state = newest(work)
    people, ids = _people(work)
    place = {customer_id: at for at, customer_id in enumerate(ids)}
    words = sorted(text for (text, _) in stream_plain(work, _WORDS, TEAM))
    number = {word: at for at, word in enumerate(words)}
    posts = _posts(work, number, place)
    form_hash, form_word = _forms(work, number)
    texts, text_at = _texts(work, ids, people)
    owner_ids = sorted({owner for *_, owner, _ in people.values() if owner})
    owned = {owner: at for at, owner in enumerate(owner_ids)}
    spelt = np.frombuffer("".join(words).encode("ascii", "replace"), np.uint8)
    word_at = _starts([len(word) for word in words])
    arrays = Arrays(
        ids=np.array([one.encode() for one in ids], "S") if ids else np.empty(0, "S1"),
        owners=np.array([owned.get(people[one][2] or "", -1) for one in ids], np.int32),
        owner_ids=np.array([one.encode() for one in owner_ids], "S") if owner_ids else np.empty(0, "S1"),
        touched=np.array([_days(people[one][3]) for one in ids], np.int32),
        words=spelt,
        word_at=word_at,
        heads=heads_of(words),
        letters=letters_of(spelt, word_at),
        form_hash=form_hash,
        form_word=form_word,
        **posts,
        texts=texts,
        text_at=text_at,
    )
    return Frozen(state, arrays)


def _people(work: Work) -> tuple[dict[str, tuple[str, str, str | None, Any]], list[str]]:
    people = {
        customer_id: (name, company or "", owner, touched)
        for customer_id, name, company, owner, touched in stream_plain(work, _PEOPLE, TEAM)
    }
    return people, sorted(people)


def _posts(work: Work, number: dict[str, int], place: dict[str, int]) -> dict[str, Numbers]:
    """Who bears each word, and which words each customer bears in which fields."""
    rows = (
        (number[text], place[customer_id], fields)
        for text, customer_id, fields in stream_plain(work, _POSTS, TEAM)
        if text in number and customer_id in place
    )
    flat = np.fromiter(chain.from_iterable(rows), np.int32)
    words, bearers, fields = flat[::3], flat[1::3], flat[2::3].astype(np.uint8)
    by_word, by_bearer = np.lexsort((bearers, words)), np.lexsort((words, bearers))
    return {
        "post_at": _starts(np.bincount(words, minlength=len(number)).tolist()),
        "posts": bearers[by_word],
        "own_at": _starts(np.bincount(bearers, minlength=len(place)).tolist()),
        "own_words": words[by_bearer],
        "own_fields": fields[by_bearer],
    }


def _forms(work: Work, number: dict[str, int]) -> tuple[Numbers, Numbers]:
    rows = ((form, number[text]) for form, text in stream_plain(work, _FORMS, TEAM) if text in number)
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    hashes, words = flat[::2], flat[1::2].astype(np.int32)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], words[order]


def _texts(work: Work, ids: list[str], people: dict[str, tuple[str, str, str | None, Any]]) -> tuple[Numbers, Numbers]:
    points: dict[str, dict[str, list[str]]] = {"email": {}, "phone": {}}
    for owner_row, kind, value in stream_plain(work, _POINTS, TEAM):
        points[kind].setdefault(owner_row, []).append(value)
    emails, phones = points["email"], points["phone"]
    pieces = []
    for one in ids:
        name, company, _, _ = people[one]
        pieces.append(packed(Candidate(one, name, company, tuple(emails.pop(one, ())), tuple(phones.pop(one, ())))))
    return np.frombuffer(b"".join(pieces), np.uint8), _starts([len(piece) for piece in pieces])


def _starts(lengths: list[int]) -> Numbers:
    """Where each piece begins, and where the last one ends."""
    ends = list(accumulate(lengths, initial=0))
    return np.array(ends, np.uint32 if ends[-1] < 1 << 32 else np.int64)


def _days(touched: datetime | str | None) -> int:
    at = moment(touched)
    return int(at.timestamp() // _DAY) if at else 0
