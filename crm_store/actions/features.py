"""Keeping the features of all customers true: built once in small units, then only where something changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import TextClause, select

from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.scoring import FeatureState
from crm_store.money import from_major
from crm_store.queries import feature_sql
from crm_store.queries.features import currency

AT_ONCE: Final = 2000
"""Customers a unit of the build: some ten thousand orders, a tenth of a second; smaller units cost a sixth more."""
MOST: Final = 500
"""Customers a unit of an increment."""


def begin(work: Work, as_of: date) -> bool:
    """Bring the features to a later day, and say whether they have to be built first.

    They are built once, and anew where the team's currency changed; an earlier day changes nothing, since features
    are kept for today alone. What leaves a window from day to day stays in it until `roll`: a thirtieth of all
    customers would be written anew each day, for nobody. Not audited: derived from rows that are.
    """
    work.session.execute(feature_sql.heal(work.dialect), {"team_id": work.team_id})
    state = work.session.get(FeatureState, (work.team_id,))
    money = currency(work)
    if state is None:
        work.add(FeatureState(as_of=as_of, windows_on=as_of, currency=money, begun_at=work.now))
        return True
    if state.currency != money:
        state.as_of, state.currency, state.done_to = max(as_of, state.as_of), money, ""
        state.windows_on, state.begun_at, state.built_at = state.as_of, work.now, None
    elif state.built_at is not None and as_of > state.as_of:
        _mark_newly_past(work, state.as_of, as_of)
        state.windows_on, state.as_of = state.windows_on or state.as_of, as_of
    return state.built_at is None


def roll(work: Work) -> None:
    """Take out of all windows what left them up to the day of the features; called before windows are read.

    Not audited: derived from rows that are.
    """
    state = work.session.get(FeatureState, (work.team_id,))
    if state is not None and state.windows_on is not None and state.windows_on < state.as_of:
        _roll(work, state.windows_on, state.as_of)
        state.windows_on = state.as_of


def build_some(work: Work, most: int = AT_ONCE) -> int:
    """Build the features of the next customers by id and say of how many; 0 says that all are built.

    Not audited: derived from rows that are.
    """
    state = work.session.get(FeatureState, (work.team_id,))
    if state is None or state.built_at is not None:
        return 0
    last = _last_of(work, state.done_to, most)
    if last is None:
        state.built_at = work.now
        return 0
    upto, count = last
    _make(work, state, feature_sql.RANGE, {"after": state.done_to, "upto": upto})
    state.done_to = upto
    return count


def _last_of(work: Work, after: str, most: int) -> tuple[str, int] | None:
    """The last of the next customers by id, and how many they are; None says that there are none."""
    ids = select(Customer.customer_id).where(Customer.customer_id > after).order_by(Customer.customer_id)
    if full := work.session.scalar(ids.offset(most - 1).limit(1)):
        return full, most
    rest = work.session.scalars(ids.limit(most)).all()
    return (rest[-1], len(rest)) if rest else None


def refresh(work: Work, customer_ids: Sequence[str]) -> None:
    """Work out anew what is known of these customers, at most 500; who is gone has no row afterwards.

    Not audited: derived from rows that are.
    """
    if len(customer_ids) > MOST:
        raise ValueError(f"a unit takes {MOST} customers, not {len(customer_ids)}")
    state = work.session.get(FeatureState, (work.team_id,))
    if state is None or not customer_ids:
        return
    _make(work, state, feature_sql.LISTED, {"ids": list(customer_ids)})


def clean(work: Work, seen: Sequence[tuple[str, datetime]]) -> None:
    """Let customers go whose numbers were worked out, unless they were marked again since `seen`.

    Not audited: derived from rows that are.
    """
    if seen:
        told = [{"team_id": work.team_id, "customer_id": one, "since": since} for one, since in seen]
        work.session.execute(feature_sql.cleaned(), told)


def _roll(work: Work, old: date, new: date) -> None:
    """What leaves a window between two days is taken out of it."""
    told: dict[str, object] = {"team_id": work.team_id}
    money = {"currency": currency(work), "largest": _largest(work)}
    for days in feature_sql.WINDOWS:
        back = timedelta(days=days)
        # What came between the two days was counted when it came, and leaves like all else.
        between = {"beyond": old - back, "until": new - back}
        work.session.execute(feature_sql.roll(days), {**told, **money, **between})
    back = timedelta(days=feature_sql.TOUCH_WINDOW)
    left = {"beyond_at": _after(old - back), "until_at": _after(new - back)}
    work.session.execute(feature_sql.roll_touches(), {**told, **left})


def _mark_newly_past(work: Work, old: date, new: date) -> None:
    """What is future no longer becomes due."""
    told: dict[str, object] = {"team_id": work.team_id, "now": work.now}
    came = {"beyond": old, "until": new, "beyond_at": _after(old), "until_at": _after(new)}
    for statement in feature_sql.newly_past():
        _run(work, statement, {**told, **came})


def _after(day: date) -> datetime:
    """The first moment that is no longer of that day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _make(work: Work, state: FeatureState, some: str, which: dict[str, object]) -> None:
    days = (state.as_of, state.windows_on or state.as_of)
    known = {**feature_sql.values(work.team_id, days, state.currency, _largest(work)), **which}
    for statement in (feature_sql.clear(some), *feature_sql.build(work.dialect, some)):
        _run(work, statement, known)


def _run(work: Work, statement: TextClause, known: dict[str, object]) -> None:
    """Run a statement with what it names of what is known."""
    work.session.execute(statement, {name: known[name] for name in known if name in statement._bindparams})


def _largest(work: Work) -> int:
    return from_major(feature_sql.LARGEST_MAJOR, currency(work)).minor
