"""Records that are one: taken apart into what each one was, and put together under the one that is kept.

What is seen of a cluster follows from its records and from the merges that stand, never from the order in which merges
were made or taken back: every change takes the clusters concerned apart and puts the new ones together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, inspect, select, update

from crm_store import audit
from crm_store.actions.cluster_tables import HUNG, Hung
from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.matching import companies, survivorship
from crm_store.models.columns import TeamRow, UtcTime
from crm_store.models.marketing import Consent
from crm_store.models.merging import MergeOrigin, MergeOverlay
from crm_store.models.people import Company, Customer, CustomValue
from crm_store.queries import merging
from crm_store.queries.identity import name_key
from crm_store.values.merging import MergeKind, Statement

_AT_ONCE: Final = 500
_TOUCH: Final = ("last_touch_at", "last_touch_kind", "last_touch_by")


def take_apart(work: Work, seat: str) -> tuple[str, ...]:
    """Give every record of a cluster its own values and rows back, and say which records those are.

    Not audited: a part of merging and un-merging, which are.
    """
    work.flush()
    members = merging.members(work, seat)
    _uncover(work, seat)
    _send_home(work, seat)
    return members


def put_together(work: Work, seat: str) -> tuple[str, ...]:
    """Let one record show what all of its cluster say and hold; says which records those are.

    Not audited: a part of merging and un-merging, which are.
    """
    members = merging.members(work, seat)
    if len(members) == 1:
        return members
    said = merging.statements(work, members)
    consents = work.session.scalars(select(Consent).where(Consent.customer_id.in_(members))).all()
    refused = {one.purpose: _plain(one) for one in sorted(consents, key=lambda one: one.at) if not one.given}
    for hung in HUNG[merging.kind_of(seat)]:
        for one in members[1:]:
            _bring(work, hung, one, seat)
    work.session.expire_all()
    _cover_fields(work, seat, said, merging.chosen(work, members))
    _cover_profile(work, seat, members)
    for row in work.session.scalars(select(Consent).where(Consent.customer_id == seat)).all():
        if row.given and row.purpose in refused:
            names = ("basis", "wording", "given", "at")
            _cover(work, seat, row, row.purpose, {name: refused[row.purpose][name] for name in names})
    work.flush()
    return members


def _bring(work: Work, hung: Hung, origin: str, seat: str) -> None:
    """Move the rows of one record to the seat; where the seat has one in the same place, the row stays behind."""
    rest = getattr(hung.model, hung.rest) if hung.rest else hung.owner
    slot = [getattr(hung.model, name) for name in hung.slot if name != hung.column]
    taken: set[tuple[Any, ...]] = set()
    if hung.slot:
        taken = {tuple(row) for row in work.session.execute(select(hung.owner, *slot).where(hung.owner == seat))}
    rows = work.session.execute(select(rest, *slot).where(hung.owner == origin).order_by(rest)).all()
    keys = [str(row[0]) for row in rows if (seat, *row[1:]) not in taken]
    table = hung.model.__tablename__
    if not keys:
        return
    work.insert(
        MergeOrigin,
        [{"table_name": table, "row_key": key if hung.rest else "", "origin": origin, "seat": seat} for key in keys],
        or_nothing=True,
    )
    _move(work, hung, keys, origin, seat)


def _move(work: Work, hung: Hung, keys: Iterable[str], old: str, new: str) -> None:
    for some in in_groups(list(keys), _AT_ONCE):
        statement = update(hung.model).where(hung.owner == old)
        if hung.rest:
            statement = statement.where(getattr(hung.model, hung.rest).in_(some))
        work.session.execute(statement.values({hung.column: new}).execution_options(synchronize_session=False))


def _send_home(work: Work, seat: str) -> None:
    """Every row that hangs on the seat goes back to the record it belongs to, unless that has one in its place."""
    homes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    rows = work.session.execute(
        select(MergeOrigin.table_name, MergeOrigin.origin, MergeOrigin.row_key).where(MergeOrigin.seat == seat)
    )
    for table, origin, key in rows:
        homes[table, origin].append(key)
    for hung in HUNG[merging.kind_of(seat)]:
        for (table, origin), keys in sorted(homes.items()):
            if table == hung.model.__tablename__:
                _move(work, hung, _free(work, hung, origin, seat, keys), seat, origin)
    work.session.execute(
        delete(MergeOrigin).where(MergeOrigin.seat == seat).execution_options(synchronize_session=False)
    )
    work.session.expire_all()


def _free(work: Work, hung: Hung, origin: str, seat: str, keys: Sequence[str]) -> list[str]:
    if not hung.slot:
        return list(keys)
    slot = [getattr(hung.model, name) for name in hung.slot if name != hung.column]
    rest = getattr(hung.model, hung.rest) if hung.rest else hung.owner
    taken = {tuple(row) for row in work.session.execute(select(hung.owner, *slot).where(hung.owner == origin))}
    rows = work.session.execute(select(rest, *slot).where(hung.owner == seat)).all()
    wanted = set(keys)
    return [
        str(row[0])
        for row in rows
        if (not hung.rest or str(row[0]) in wanted) and (origin, *row[1:]) not in taken
    ]  # fmt: skip


def _cover_fields(work: Work, seat: str, said: dict[str, dict[str, Statement]], chosen: dict[str, Statement]) -> None:
    row = merging.record(work, seat)
    own = {one.field_id: one for one in merging.custom_values(work, seat)}
    if row is None:
        return
    shown: dict[str, Any] = {}
    for field in sorted({field for one in said.values() for field in one}):
        heard = [one[field] for one in said.values() if field in one]
        won = survivorship.winner(field, [*heard, *([chosen[field]] if field in chosen else [])])
        if won is None:
            continue
        if not field.startswith(merging.CUSTOM):
            shown[field] = won.value
        elif value := own.get(field.removeprefix(merging.CUSTOM)):
            _cover(work, seat, value, value.field_id, {"value": won.value})
    if "name" in shown:
        shown["name_key"] = key_of(row, shown["name"])
    if isinstance(row, Customer):
        _cover_company(work, row, shown.pop("company_id", None), said)
    _cover(work, seat, row, "", shown)


def _cover_company(work: Work, row: Customer, company_id: str | None, said: dict[str, dict[str, Statement]]) -> None:
    """Show another record's company, and know where it belongs should that company be merged or taken apart."""
    if not company_id or company_id == row.company_id:
        return
    whose = next(one for one, fields in said.items() if fields["company_id"].value == company_id)
    home = _home(work, merging.record(work, whose), company_id)
    _cover(work, row.customer_id, row, "", {"company_id": company_id})
    overlay = work.session.get_one(MergeOverlay, (work.team_id, row.customer_id, row.__tablename__, ""))
    # Companies may be taken apart before the people are: what was shown is then known by where it belongs.
    overlay.shown = {**overlay.shown, "company_id": home}
    work.flush()
    _employ(work, row, home)


def key_of(row: Customer | Company, name: str) -> str:
    """The form in which a record's name is compared. Not audited: makes a value only."""
    return name_key(name) if isinstance(row, Customer) else companies.company_key(name)[:200]


def _cover_profile(work: Work, seat: str, members: Sequence[str]) -> None:
    """Known as long as the oldest of them, last in touch when the latest was, checked where one of them was."""
    if merging.kind_of(seat) is MergeKind.COMPANY:
        return
    rows = work.session.scalars(select(Customer).where(Customer.customer_id.in_(members))).all()
    root = work.session.get_one(Customer, (work.team_id, seat))
    latest = max(rows, key=lambda one: (one.last_touch_at or datetime.min.replace(tzinfo=UTC), one.customer_id == seat))
    shown: dict[str, Any] = {name: getattr(latest, name) for name in _TOUCH}
    shown["created_at"] = min(one.created_at for one in rows)
    shown["needs_check"] = all(one.needs_check for one in rows)
    _cover(work, seat, root, "", {name: _as_json(value) for name, value in shown.items()})


def _cover(work: Work, seat: str, row: TeamRow, key: str, shown: dict[str, Any]) -> None:
    """Let a row show other values, and keep its own."""
    now = _plain(row)
    differs = {name: value for name, value in shown.items() if now[name] != value}
    if not differs:
        return
    table = row.__tablename__
    overlay = work.session.get(MergeOverlay, (work.team_id, seat, table, key))
    if overlay is None:
        overlay = work.add(MergeOverlay(seat=seat, table_name=table, row_key=key, own={}, shown={}))
    own = {name: _home(work, row, now[name]) if name == "company_id" else now[name] for name in differs}
    overlay.own = {**own, **overlay.own}
    overlay.shown = {**overlay.shown, **differs}
    for name, value in differs.items():
        setattr(row, name, _value(row, name, value))
    work.flush()  # The next covering of the same row must find this one.


def _uncover(work: Work, seat: str) -> None:
    """Every covered column gets its own value again, unless somebody has changed it since: then the change stays."""
    for overlay in work.session.scalars(select(MergeOverlay).where(MergeOverlay.seat == seat)).all():
        row = _covered(work, seat, overlay)
        if row is not None:
            now = _plain(row)
            kept = {name for name, shown in overlay.shown.items() if not _same(work, name, now[name], shown)}
            if "name" in kept:
                kept.add("name_key")
            for name, value in overlay.own.items():
                if name not in kept:
                    _give_back(work, row, name, value)
        work.session.delete(overlay)
    work.flush()


def _covered(work: Work, seat: str, overlay: MergeOverlay) -> TeamRow | None:
    if overlay.table_name == Consent.__tablename__:
        return work.session.get(Consent, (work.team_id, seat, overlay.row_key))
    if overlay.table_name == CustomValue.__tablename__:
        return work.session.get(CustomValue, (work.team_id, seat, overlay.row_key))
    return merging.record(work, seat)


def _same(work: Work, name: str, now: Any, shown: Any) -> bool:
    if name == "company_id" and now and shown:
        return merging.survivor(work, now) == merging.survivor(work, shown)
    return bool(now == shown)


def _give_back(work: Work, row: TeamRow, name: str, value: Any) -> None:
    if name == "company_id" and isinstance(row, Customer):
        value = _employ(work, row, value)
    setattr(row, name, _value(row, name, value))


def _employ(work: Work, row: Customer, company_id: str | None) -> str | None:
    """Note the company a customer belongs to, and give the one it is shown by, where it was itself merged."""
    work.session.execute(
        delete(MergeOrigin)
        .where(MergeOrigin.table_name == "customers", MergeOrigin.row_key == row.customer_id)
        .execution_options(synchronize_session=False)
    )
    seat = merging.survivor(work, company_id) if company_id else None
    if company_id and seat and seat != company_id:
        origin = {"table_name": "customers", "row_key": row.customer_id, "origin": company_id, "seat": seat}
        work.insert(MergeOrigin, [origin])
    return seat


def _home(work: Work, row: TeamRow | None, company_id: str | None) -> str | None:
    """The company a customer belongs to where that company is merged: not the one that shows instead."""
    if not isinstance(row, Customer) or company_id is None:
        return company_id
    origin = work.session.scalars(
        select(MergeOrigin.origin).where(
            MergeOrigin.table_name == "customers",
            MergeOrigin.row_key == row.customer_id,
            MergeOrigin.seat == company_id,
        )
    ).first()
    return origin or company_id


def _plain(row: TeamRow) -> dict[str, Any]:
    return audit.values(row)


def _as_json(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _value(row: TeamRow, name: str, value: Any) -> Any:
    if isinstance(value, str) and isinstance(inspect(type(row)).columns[name].type, UtcTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value
