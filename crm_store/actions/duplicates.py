"""Duplicates: pairs are proposed once, and what people decided of them lasts until there is new evidence."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select, tuple_

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.lookup import PairVerdict
from crm_store.queries import duplicates as queries
from crm_store.values.duplicates import OPEN, FoundPair

AT_ONCE: Final = 200
GONE: Final = "gone"


def propose(work: Work, pairs: Sequence[FoundPair]) -> int:
    """Put at most 200 found pairs down and say how many of them are new to people.

    A pair that was decided stays decided, and one put off stays put off, unless a fact speaks for it that did not then.
    Not undoable: people decide of each pair.
    """
    known = _known(work, pairs)
    verdicts = _verdicts(work, pairs)
    new = 0
    for found in pairs:
        row = known.get((found.a, found.b))
        verdict = verdicts.get((found.a, found.b))
        if row is None:
            state = verdict or OPEN
            work.add(_row(work, found, state))
            new += state == OPEN
        elif row.state in (OPEN, GONE):
            new += row.state == GONE
            _renew(row, found, OPEN)
        elif set(found.evidence) - set(row.evidence):
            new += 1
            _renew(row, found, OPEN)
            row.found_at = work.now
            _ask_again(work, found)
    audit.append(work, "propose duplicates", "", {"pairs": len(pairs), "new": new})
    return new


def close_others(work: Work, found: Sequence[tuple[str, str]]) -> int:
    """Let go of pairs that wait and were not found again. Not undoable: the next pass looks anew."""
    kept = set(found)
    rows = work.session.scalars(select(DuplicatePair).where(DuplicatePair.state == OPEN)).all()
    closed = [row for row in rows if (row.a, row.b) not in kept]
    for row in closed:
        row.state = GONE
    if closed:
        audit.append(work, "close duplicates", "", {"pairs": len(closed)})
    return len(closed)


def _known(work: Work, pairs: Sequence[FoundPair]) -> dict[tuple[str, str], DuplicatePair]:
    keys = [(one.a, one.b) for one in pairs]
    rows = work.session.scalars(select(DuplicatePair).where(tuple_(DuplicatePair.a, DuplicatePair.b).in_(keys)))
    return {(row.a, row.b): row for row in rows}


def _verdicts(work: Work, pairs: Sequence[FoundPair]) -> dict[tuple[str, str], str]:
    keys = [(one.a, one.b) for one in pairs]
    rows = work.session.execute(
        select(PairVerdict.a, PairVerdict.b, PairVerdict.verdict).where(tuple_(PairVerdict.a, PairVerdict.b).in_(keys))
    )
    words = {"merge": queries.SAME, "keep": queries.DIFFERENT}
    return {(a, b): words.get(verdict, verdict) for a, b, verdict in rows}


def _row(work: Work, found: FoundPair, state: str) -> DuplicatePair:
    return DuplicatePair(
        a=found.a,
        b=found.b,
        probability=found.probability,
        weight=found.weight,
        why=list(found.why),
        evidence=list(found.evidence),
        moved=found.moved,
        state=state,
        found_at=work.now,
    )


def _renew(row: DuplicatePair, found: FoundPair, state: str) -> None:
    row.probability, row.weight, row.why, row.moved = found.probability, found.weight, list(found.why), found.moved
    row.evidence, row.state = list(found.evidence), state


def _ask_again(work: Work, found: FoundPair) -> None:
    """New evidence opens the question anew, so the old answer no longer binds."""
    work.session.execute(
        delete(PairVerdict)
        .where(PairVerdict.a == found.a, PairVerdict.b == found.b)
        .execution_options(synchronize_session=False)
    )
