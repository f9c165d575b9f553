"""Merges: what each record says of each field, two records side by side, and the merges that stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.matching import survivorship
from crm_store.matching.companies import company_key
from crm_store.matching.normalise import fold
from crm_store.models.columns import TeamRow
from crm_store.models.history import Participant
from crm_store.models.people import Company, ContactPoint, Customer, CustomField, CustomValue, FieldHistory, User
from crm_store.models.plumbing import Merge
from crm_store.models.trade import Deal, Order, Task
from crm_store.queries.identity import name_key
from crm_store.values.merging import Choice, MergeKind, SideBySide, StandingMerge, Statement

FIELDS: Final[dict[MergeKind, tuple[str, ...]]] = {
    MergeKind.CUSTOMER: ("name", "title", "company_id", "owner", "external_key"),
    MergeKind.COMPANY: ("name", "industry", "country", "channel_id"),
}
CUSTOM: Final = "custom:"
_HISTORY: Final = {"company_id": "company"}
_LABELS: Final = {"company_id": "company", "external_key": "key of the import", "channel_id": "channel"}
_BRINGS: Final[dict[MergeKind, tuple[tuple[str, Any, Any], ...]]] = {
    MergeKind.CUSTOMER: (
        ("log", Participant, Participant.customer_id), ("deal", Deal, Deal.customer_id),
        ("order", Order, Order.customer_id), ("task", Task, Task.customer_id),
        ("address or number", ContactPoint, ContactPoint.owner_row),
    ),
    MergeKind.COMPANY: (("person", Customer, Customer.company_id), ("deal", Deal, Deal.company_id)),
}  # fmt: skip
_LONGEST_CHAIN: Final = 50


def kind_of(row_id: str) -> MergeKind:
    """Whether an id is a customer's or a company's."""
    return MergeKind.COMPANY if row_id.startswith(f"{Prefix.COMPANY}_") else MergeKind.CUSTOMER


def record(work: Work, row_id: str) -> Customer | Company | None:
    """The row of a customer or of a company."""
    if kind_of(row_id) is MergeKind.COMPANY:
        return work.session.get(Company, (work.team_id, row_id))
    return work.session.get(Customer, (work.team_id, row_id))


def survivor(work: Work, row_id: str) -> str:
    """The id under which a customer or a company is known now."""
    for _ in range(_LONGEST_CHAIN):
        row = record(work, row_id)
        if row is None or row.merged_into is None:
            break
        row_id = row.merged_into
    return row_id


def members(work: Work, seat: str) -> tuple[str, ...]:
    """All records that are one under this id, itself first."""
    found, edge = [seat], [seat]
    company = kind_of(seat) is MergeKind.COMPANY
    while edge:
        if company:
            query = select(Company.company_id).where(Company.merged_into.in_(edge)).order_by(Company.company_id)
        else:
            query = select(Customer.customer_id).where(Customer.merged_into.in_(edge)).order_by(Customer.customer_id)
        edge = list(work.session.scalars(query))
        found += edge
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Said:
    value: str | None
    source: str
    at: Any


_FIRST_MADE: Final = _Said(None, "", datetime.min.replace(tzinfo=UTC))


def statements(work: Work, ids: Sequence[str]) -> dict[str, dict[str, Statement]]:
    """What each record says of each field, with where it has it from; the first id is the one that is kept."""
    kind = kind_of(ids[0])
    heard: dict[tuple[str, str], _Said] = {}
    for row in work.session.scalars(
        select(FieldHistory)
        .where(FieldHistory.row_id.in_(ids), FieldHistory.source != "declined")
        .order_by(FieldHistory.at, FieldHistory.history_id)
    ):
        heard[row.row_id, row.field] = _Said(row.value, row.source, row.at)
    said: dict[str, dict[str, Statement]] = {}
    for one in ids:
        row_of = record(work, one)
        if row_of is None:
            continue
        values = {field: getattr(row_of, field) for field in FIELDS[kind]}
        values |= {f"{CUSTOM}{row.field_id}": row.value for row in custom_values(work, one)}
        # Where a company's name is from is not kept, and being younger makes no spelling better.
        made = _Said(None, row_of.source, row_of.created_at) if isinstance(row_of, Customer) else _FIRST_MADE
        said[one] = {
            field: _statement(work, one, field, value, heard, made, one == ids[0]) for field, value in values.items()
        }
    return said


def _statement(
    work: Work,
    row_id: str,
    field: str,
    value: str | None,
    heard: dict[tuple[str, str], _Said],
    made: _Said,
    first: bool,
) -> Statement:
    last = heard.get((row_id, _HISTORY.get(field, field)))
    known = last if last is not None and _as_read(work, field, value) == (last.value or "") else made
    return Statement(row_id, value, known.source, known.at, first)


def custom_values(work: Work, row_id: str) -> Sequence[CustomValue]:
    """The values of a record in the team's own fields."""
    return work.session.scalars(
        select(CustomValue).where(CustomValue.row_id == row_id).order_by(CustomValue.field_id)
    ).all()


def chosen(work: Work, ids: Sequence[str]) -> dict[str, Statement]:
    """The values that were picked by hand in merges among these records, by field; the last one counts."""
    found: dict[str, Statement] = {}
    for merge in standing_edges(work, ids):
        for field, pick in merge.moved.items():
            if pick["from"] in ids:
                found[field] = Statement(pick["from"], pick["value"], "manual", merge.at, chosen=True)
    return found


def standing_edges(work: Work, ids: Sequence[str]) -> Sequence[Merge]:
    """The merges that stand among these records, in their order."""
    return work.session.scalars(
        select(Merge)
        .where(Merge.absorbed.in_(ids), Merge.kept.in_(ids), Merge.undone_at.is_(None))
        .order_by(Merge.at, Merge.merge_id)
    ).all()


def side_by_side(work: Work, a: str, b: str) -> SideBySide:
    """Two records as a merge would join them, `a` kept: field by field what each says, whose value wins and why."""
    kept, absorbed = survivor(work, a), survivor(work, b)
    one, other = record(work, kept), record(work, absorbed)
    if one is None or other is None or kind_of(kept) is not kind_of(absorbed):
        raise NotFound("One of the two is no longer there.")
    if kept == absorbed:
        raise BadInput(f"{one.name} is one already.")
    said = statements(work, (kept, absorbed))
    picked = {root: chosen(work, members(work, root)) for root in (kept, absorbed)}
    names = sorted(said[kept].keys() | said[absorbed].keys())
    order = (*FIELDS[kind_of(kept)], *(name for name in names if name.startswith(CUSTOM)))
    fields = []
    for field in order:
        pair = [_as_picked(found, picked[root]) for root in (kept, absorbed) if (found := said[root].get(field))]
        won = survivorship.winner(field, pair)
        if won is None:
            continue
        mine, theirs = (_as_read(work, field, _value(said[root], field)) for root in (kept, absorbed))
        fields.append(Choice(field, mine, theirs, won.row_id, survivorship.why(field, won, pair)))
    return SideBySide(
        kind_of(kept), kept, absorbed, one.name, other.name, (one.version, other.version), tuple(fields),
        _brings(work, kept), _brings(work, absorbed),
    )  # fmt: skip


def label(work: Work, field: str) -> str:
    """What people call a field."""
    if field.startswith(CUSTOM):
        row = work.session.get(CustomField, (work.team_id, field.removeprefix(CUSTOM)))
        return row.name if row else "own field"
    return _LABELS.get(field, field)


def labels(work: Work, fields: Sequence[str]) -> dict[str, str]:
    """What people call these fields."""
    return {field: label(work, field) for field in fields}


def standing(work: Work, row_id: str) -> tuple[StandingMerge, ...]:
    """The merges that made a record what it is, the newest first."""
    edges = standing_edges(work, members(work, survivor(work, row_id)))
    return tuple(_view(work, one) for one in reversed(edges))


def _view(work: Work, merge: Merge) -> StandingMerge:
    kept, absorbed = record(work, merge.kept), record(work, merge.absorbed)
    user = work.session.get(User, (work.team_id, merge.by)) if merge.by else None
    return StandingMerge(
        merge.merge_id,
        kind_of(merge.kept),
        kept.name if kept else "",
        absorbed.name if absorbed else "",
        merge.at,
        user.slack_user_id if user else "",
    )


def _as_picked(said: Statement, picked: dict[str, Statement]) -> Statement:
    """A value that somebody picked in an earlier merge counts as typed by hand."""
    for pick in picked.values():
        if pick.value == said.value and said.value and pick.at > said.at:
            return Statement(said.row_id, said.value, pick.source, pick.at, said.first)
    return said


def _value(said: dict[str, Statement], field: str) -> str | None:
    return said[field].value if field in said else None


def _as_read(work: Work, field: str, value: str | None) -> str:
    """A stored value as people read it: names for ids."""
    if not value:
        return ""
    row: TeamRow | None = None
    if field == "company_id":
        row = work.session.get(Company, (work.team_id, value))
    elif field == "owner":
        row = work.session.get(User, (work.team_id, value))
    return str(getattr(row, "name", value))


def _brings(work: Work, row_id: str) -> tuple[tuple[str, int], ...]:
    counts = []
    for what, model, column in _BRINGS[kind_of(row_id)]:
        count = work.session.scalar(select(func.count()).select_from(model).where(column == row_id)) or 0
        counts.append((what, count))
    return tuple((what, count) for what, count in counts if count)


def companies_named(work: Work, first: str, second: str) -> tuple[str, str] | None:
    """Two companies by their names as they are written; None where the words do not name two."""
    keys = [company_key(name)[:200] for name in (first, second)]
    if not all(keys):
        return None
    rows = work.session.execute(
        select(Company.company_id, Company.name, Company.name_key)
        .where(Company.name_key.in_(keys), Company.removed_at.is_(None))
        .order_by(Company.created_at, Company.company_id)
    ).all()
    found: list[str] = []
    for name, key in zip((first, second), keys, strict=True):
        like = [row for row in rows if row.name_key == key and row.company_id not in found]
        exact = [row for row in like if fold(row.name) == fold(name)]
        if not like:
            return None
        found.append((exact or like)[0].company_id)
    return found[0], found[1]


def merged_named(work: Work, name: str) -> str | None:
    """Who a record that was merged is part of now, by the name it had: look-up knows only the one that is kept."""
    person = select(Customer.customer_id).where(Customer.name_key == name_key(name), Customer.merged_into.is_not(None))
    firm = select(Company.company_id).where(
        Company.name_key == company_key(name)[:200], Company.merged_into.is_not(None)
    )
    for query in (person, firm):
        found = work.session.scalars(query.limit(1)).first() if name.strip() else None
        if found is not None:
            return survivor(work, found)
    return None
