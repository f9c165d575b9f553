"""Rows of an export of everything taken in again: ids stay, and what this store knows already stands for its copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, DateTime, TypeDecorator, select

from crm_store import audit
from crm_store.actions.touches import mark_dirty
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.lookup import tokens
from crm_store.matching.contact_points import is_role_mailbox
from crm_store.matching.normalise import fold
from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication
from crm_store.models.people import Company, ContactPoint, Customer, CustomField, User, UserAddress
from crm_store.models.plumbing import Import, ImportChange, ImportRow
from crm_store.models.trade import Order, Pipeline, Stage
from crm_store.queries.export_rows import TABLES
from crm_store.queries.identity import email_owners
from crm_store.values.imports import ImportCounts

KIND: Final = "everything"
MOST_ROWS: Final = 200
_BY_NAME: Final[dict[str, type[TeamRow]]] = {model.__tablename__: model for model in TABLES}
_USERS: Final = ("owner", "logged_by", "user_id", "actor", "last_touch_by")
_PARENTS: Final = ("customer_id", "company_id", "communication_id", "deal_id", "order_id", "owner_row", "row_id")
# What children must not be given a second time when their parent is known already.
_OWNED: Final = ("communication_id", "deal_id", "order_id")
_COUNTED: Final = frozenset({"customers", "companies", "deals", "orders", "tasks", "communications", "needs"})


@dataclass(slots=True)
class Ids:
    """What ids of the file are here; `known` are parents that were here before, whose children are known too."""

    here: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    points: dict[str, list[str]] = field(default_factory=dict)


def take_rows(
    work: Work, import_id: str, table: str, rows: Sequence[tuple[int, Mapping[str, Any]]], ids: Ids
) -> tuple[ImportCounts, Ids]:
    """Take at most 200 rows of one table in; gives the counts of what people know as records, and the ids so far."""
    model = _BY_NAME.get(table)
    if model is None:
        raise BadInput(f"An export has no “{table}”.")
    if len(rows) > MOST_ROWS:
        raise BadInput(f"At most {MOST_ROWS} rows at a time.")
    running = work.session.get(Import, (work.team_id, import_id))
    if running is None or running.state != "running":
        raise NotFound("There is no such import under way.", wanted=import_id)
    batch = _Batch(work, import_id, model, Ids(dict(ids.here), set(ids.known), ids.points))
    counts = batch.take(rows)
    if batch.ids:
        audit.append(work, "import-rows", import_id, {"rows": len(batch.ids), "ids": batch.ids, "table": table})
    names = ("created", "duplicates")
    before = running.counts
    running.counts = {**before, **{one: int(before.get(one, 0)) + getattr(counts, one) for one in names}}
    return counts, batch.known


class _Batch:
    """Rows of one table on their way into the store."""

    def __init__(self, work: Work, import_id: str, model: type[TeamRow], known: Ids) -> None:
        self.known = known
        self.ids: list[str] = []
        self._work = work
        self._import_id = import_id
        self._model = model
        self._key = next((one.name for one in model.__table__.primary_key if one.name != "team_id"), "")

    def take(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> ImportCounts:
        """Write what is new."""
        standing = self._standing([row for _, row in rows])
        new: list[tuple[int, dict[str, Any]]] = []
        for number, row in rows:
            own = str(row.get(self._key))
            if own in standing:
                self.known.here[own] = standing[own]
                self.known.known.add(own)
            elif not self._is_childs_copy(row):
                new.append((number, self._here(row)))
        self._write(new)
        if self._model.__tablename__ not in _COUNTED:
            return ImportCounts()
        return ImportCounts(created=len(new), duplicates=len(rows) - len(new))

    def _is_childs_copy(self, row: Mapping[str, Any]) -> bool:
        return any(row.get(name) in self.known.known for name in _OWNED if name != self._key)

    def _here(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with the ids of this store, and with values of the right kind."""
        columns = self._model.__table__.columns
        values: dict[str, Any] = {
            name: _value(columns[name].type, value)
            for name, value in row.items()
            if name in columns and name != "team_id"
        }
        for name in _USERS:
            if isinstance(values.get(name), str):
                values[name] = self.known.here.get(values[name], self._stranger(name, values[name]))
        for name in (*_PARENTS, "stage_id", "pipeline_id", "field_id"):
            if isinstance(values.get(name), str):
                values[name] = self.known.here.get(values[name], values[name])
        if "version" in columns:
            values["version"] = 1
        if self._model is Order:
            values["import_id"] = self._import_id
        if self._model is Customer and values.get("merged_into"):
            values["merged_into"] = self._seat(str(values["merged_into"]))
        return values

    def _seat(self, customer_id: str) -> str:
        """Under which id whom somebody was merged into is here, also where that row has yet to come."""
        if customer_id not in self.known.here:
            self.known.here |= _customers(self._work, [{"customer_id": customer_id}], self.known)
        return self.known.here.get(customer_id, customer_id)

    def _stranger(self, name: str, user_id: str) -> str | None:
        """A colleague whom this team does not have: what they did is kept as the importer's, what they own is free."""
        if not user_id.startswith("usr_"):
            return user_id
        return None if self._model.__table__.columns[name].nullable else self._work.actor

    def _write(self, new: Sequence[tuple[int, dict[str, Any]]]) -> None:
        if not new or self._model in (User, UserAddress):
            return
        names = sorted({name for _, row in new for name in row})
        self._work.insert(self._model, [{name: row.get(name) for name in names} for _, row in new], or_nothing=True)
        has_own_id = self._is_single() and self._key.endswith("_id")
        if has_own_id:
            self.ids += [row[self._key] for _, row in new]
            notes = [
                {"import_id": self._import_id, "row": number, "outcome": "created", "row_id": row[self._key],
                 "problem": None}
                for number, row in new
            ]  # fmt: skip
            self._work.insert(ImportRow, notes, or_nothing=True)
        else:
            self._note_details(new)
        touched = {str(row[name]) for _, row in new for name in ("customer_id", "owner_row") if row.get(name)}
        if self._model in (Customer, ContactPoint):
            tokens.refresh_many(self._work, sorted(touched))
        mark_dirty(self._work, {one for one in touched if one.startswith("cus_")})

    def _is_single(self) -> bool:
        """Whether a row is known by one id of its own."""
        return len(list(self._model.__table__.primary_key)) == 2

    def _note_details(self, new: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Consents and values of own fields hang on customers who may have been there before."""
        if self._model.__tablename__ not in {"consents", "custom_values"}:
            return
        changes = [
            {"import_id": self._import_id, "row": number, "place": 0, "row_id": row[self._key],
             "field": f"{self._model.__tablename__}:{row.get('purpose') or row.get('field_id')}"[:40], "old": None,
             "new": None}
            for number, row in new
        ]  # fmt: skip
        self._work.insert(ImportChange, changes, or_nothing=True)

    def _standing(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Ids of the file that are here already, under which id."""
        wanted = [str(row.get(self._key)) for row in rows]
        column: Any = getattr(self._model, self._key)
        found: dict[str, str] = {}
        if self._is_single():
            found = {one: one for one in self._work.session.scalars(select(column).where(column.in_(wanted)))}
        named = _SAME.get(self._model)
        return {**named(self._work, rows, self.known), **found} if named else found


def _users(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    there = {row.slack_user_id: row.user_id for row in work.session.scalars(select(User))}
    return {
        str(row["user_id"]): there[str(row["slack_user_id"])] for row in rows if str(row.get("slack_user_id")) in there
    }


def _addresses(work: Work, rows: Sequence[Mapping[str, Any]], ids: Ids) -> dict[str, str]:
    """An address tells a colleague whom another workspace knows by another id."""
    there = {row.address_key: row.user_id for row in work.session.scalars(select(UserAddress))}
    for row in rows:
        if row.get("address_key") in there:
            ids.here.setdefault(str(row.get("user_id")), there[str(row["address_key"])])
    return {str(row.get("address_key")): str(row.get("address_key")) for row in rows}


def _pipelines(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    there = {fold(row.name): row.pipeline_id for row in work.session.scalars(select(Pipeline))}
    return {str(row["pipeline_id"]): there[key] for row in rows if (key := fold(str(row["name"]))) in there}


def _stages(work: Work, rows: Sequence[Mapping[str, Any]], ids: Ids) -> dict[str, str]:
    there = {(row.pipeline_id, fold(row.name)): row.stage_id for row in work.session.scalars(select(Stage))}
    places = {(row.pipeline_id, row.position): row.stage_id for row in work.session.scalars(select(Stage))}
    found = {}
    for row in rows:
        pipeline = ids.here.get(str(row["pipeline_id"]), str(row["pipeline_id"]))
        same = there.get((pipeline, fold(str(row["name"])))) or places.get((pipeline, int(row["position"])))
        if same:
            found[str(row["stage_id"])] = same
    return found


def _fields(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    there = {fold(row.name): row.field_id for row in work.session.scalars(select(CustomField))}
    return {str(row["field_id"]): there[key] for row in rows if (key := fold(str(row["name"]))) in there}


def _companies(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    keys = [str(row["name_key"]) for row in rows]
    query = select(Company.name_key, Company.company_id).where(Company.name_key.in_(keys), Company.removed_at.is_(None))
    there = {row.name_key: row.company_id for row in work.session.execute(query)}
    return {str(row["company_id"]): there[str(row["name_key"])] for row in rows if row["name_key"] in there}


def _customers(work: Work, rows: Sequence[Mapping[str, Any]], ids: Ids) -> dict[str, str]:
    """A customer whose personal address is known here is that one."""
    emails = {
        email: str(row["customer_id"])
        for row in rows
        for email in ids.points.get(str(row["customer_id"]), ())
        if not is_role_mailbox(email)
    }
    owners = email_owners(work, list(emails)) if emails else {}
    return {emails[email]: owner for email, owner in owners.items() if email in emails}


def _communications(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    keys = [str(row["source_key"]) for row in rows]
    query = select(Communication.source_key, Communication.communication_id).where(Communication.source_key.in_(keys))
    there = {row.source_key: row.communication_id for row in work.session.execute(query)}
    return {str(row["communication_id"]): there[str(row["source_key"])] for row in rows if row["source_key"] in there}


def _orders(work: Work, rows: Sequence[Mapping[str, Any]], _ids: Ids) -> dict[str, str]:
    keys = [str(row["external_key"]) for row in rows]
    query = select(Order.external_key, Order.order_id).where(Order.external_key.in_(keys))
    there = {row.external_key: row.order_id for row in work.session.execute(query)}
    return {str(row["order_id"]): there[str(row["external_key"])] for row in rows if row["external_key"] in there}


_SAME: Final[dict[type[TeamRow], Any]] = {
    User: _users, UserAddress: _addresses, Pipeline: _pipelines, Stage: _stages, CustomField: _fields,
    Company: _companies, Customer: _customers, Communication: _communications, Order: _orders,
}  # fmt: skip


def _value(kind: Any, value: Any) -> Any:
    """A value of an export as the column wants it."""
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if not isinstance(value, str):
        return value
    try:
        if isinstance(inner, DateTime):
            return datetime.fromisoformat(value)
        return date.fromisoformat(value) if isinstance(inner, Date) else value
    except ValueError as problem:
        raise BadInput(f"“{value[:40]}” is no day.") from problem
