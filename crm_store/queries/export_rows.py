"""All rows that leave in an export, table by table, as far as the actor may take them along."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, inspect, or_, select
from sqlalchemy.orm import aliased

from crm_store import inbox_parts
from crm_store.engine.work import Work
from crm_store.models.columns import TeamRow
from crm_store.models.history import Attachment, Communication, Participant, Witness
from crm_store.models.marketing import Consent, Suppression
from crm_store.models.people import (
    Affiliation,
    Company,
    CompanyDomain,
    ContactPoint,
    Customer,
    CustomField,
    CustomValue,
    FieldHistory,
    Need,
    User,
    UserAddress,
)
from crm_store.models.plumbing import InboxRow
from crm_store.models.trade import Deal, DealEvent, DealPerson, Order, OrderLine, Pipeline, Stage, Task

# In this order, so that whoever reads them in again has met what a row names before the row.
TABLES: Final[tuple[type[TeamRow], ...]] = (
    User, UserAddress, Pipeline, Stage, CustomField, Company, CompanyDomain, Customer, ContactPoint, Affiliation,
    Communication, Participant, Witness, Attachment, Deal, DealPerson, DealEvent, Order, OrderLine, Task, Need,
    CustomValue, FieldHistory, Consent, Suppression,
)  # fmt: skip
# Of colleagues only what tells them apart leaves.
_COLUMNS: Final[dict[type[TeamRow], tuple[str, ...]]] = {User: ("user_id", "slack_user_id", "name", "role")}
_AT_ONCE: Final = 500


def every_row(work: Work, take: Callable[[str, dict[str, Any]], None]) -> int:
    """Hand every row that may leave to `take` with its table, all of one moment, and say how many there were."""
    number = 0
    for model in TABLES:
        names = _COLUMNS.get(model) or tuple(one.key for one in inspect(model).column_attrs if one.key != "team_id")
        for row in _rows(work, model):
            take(model.__tablename__, {name: plain(getattr(row, name)) for name in names})
            number += 1
    return number


def mails(work: Work, take: Callable[[bytes, datetime], None]) -> int:
    """Hand the mails that were filed to `take` as they came, without those that are another's private matter."""
    hidden = select(Communication.communication_id).where(
        Communication.team_id == Witness.team_id,
        Communication.communication_id == Witness.communication_id,
        or_(Communication.removed_at.is_not(None), ~may_leave(work)),
    )
    filed = select(Witness.inbox_id).where(
        Witness.team_id == InboxRow.team_id, Witness.inbox_id == InboxRow.inbox_id, ~hidden.exists()
    )
    columns = select(InboxRow.inbox_id, InboxRow.raw, InboxRow.received_at)
    kept = columns.where(InboxRow.source.in_(("mail", "mailbox")), filed.exists()).order_by(InboxRow.received_at)
    number = 0
    for inbox_id, raw, at in work.session.execute(kept.execution_options(yield_per=50)):
        take(inbox_parts.whole(work, inbox_id, raw), at)
        number += 1
    return number


def may_leave(work: Work) -> ColumnElement[bool]:
    """What colleagues may read leaves; the rest with whoever wrote it or brought it, and with nobody else."""
    own = select(Witness.user_id).where(
        Witness.team_id == Communication.team_id,
        Witness.communication_id == Communication.communication_id,
        Witness.user_id == work.actor,
    )
    return or_(Communication.level == "team", Communication.logged_by == work.actor, own.exists())


def customer_may_leave(work: Work) -> ColumnElement[bool]:
    """A private customer leaves with its owner alone."""
    return and_(Customer.removed_at.is_(None), or_(Customer.level == "team", Customer.owner == work.actor))


def _rows(work: Work, model: type[TeamRow]) -> Iterator[Any]:
    query = select(model).where(*_visible(work, model)).order_by(*model.__table__.primary_key)
    # One row at a time leaves the session again, so that memory does not grow with the store.
    for row in work.session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        yield row
        work.session.expunge(row)


def _visible(work: Work, model: Any) -> list[ColumnElement[bool]]:
    """What is removed stays, and so does what belongs to another's private matter."""
    wanted: list[ColumnElement[bool]] = []
    if model is Communication:
        return [Communication.removed_at.is_(None), may_leave(work)]
    if model is Customer:
        # Whoever was merged into somebody leaves with them or not at all.
        seat = aliased(Customer)
        stays = seat.removed_at.is_not(None) | ((seat.level != "team") & seat.owner.is_distinct_from(work.actor))
        lost = select(seat.customer_id).where(
            seat.team_id == Customer.team_id, seat.customer_id == Customer.merged_into, stays
        )
        return [customer_may_leave(work), ~lost.exists()]
    if hasattr(model, "removed_at"):
        wanted.append(model.removed_at.is_(None))
    names = model.__table__.columns
    for name in ("communication_id",):
        if name in names:
            wanted.append(or_(model.communication_id.is_(None), ~_hidden_communication(work, model)))
    for name in ("customer_id", "owner_row", "row_id"):
        if name in names:
            column = getattr(model, name)
            wanted.append(or_(column.is_(None), ~_hidden_customer(work, model, column)))
    for name, parent in (("deal_id", Deal), ("order_id", Order)):
        if name in names and model is not parent and model is not Task:
            wanted.append(_kept_parent(model, name, parent))
    return wanted


def _hidden_communication(work: Work, model: Any) -> ColumnElement[bool]:
    gone = or_(Communication.removed_at.is_not(None), ~may_leave(work))
    return (
        select(Communication.communication_id)
        .where(Communication.team_id == model.team_id, Communication.communication_id == model.communication_id, gone)
        .exists()
    )


def _hidden_customer(work: Work, model: Any, column: Any) -> ColumnElement[bool]:
    return (
        select(Customer.customer_id)
        .where(Customer.team_id == model.team_id, Customer.customer_id == column, ~customer_may_leave(work))
        .exists()
    )


def _kept_parent(model: Any, name: str, parent: Any) -> ColumnElement[bool]:
    return (
        select(getattr(parent, name))
        .where(
            parent.team_id == model.team_id, getattr(parent, name) == getattr(model, name), parent.removed_at.is_(None)
        )
        .exists()
    )


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    return value.isoformat() if isinstance(value, datetime | date) else value
