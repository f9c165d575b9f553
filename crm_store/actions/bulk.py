"""Rows that are already whole, taken in by the batch: a team's history from the demo or from another store."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.lookup import tokens
from crm_store.models import history, marketing, people, trade
from crm_store.models.columns import TeamRow

MOST_ROWS: Final = 200
_TABLES: Final[dict[str, type[TeamRow]]] = {
    model.__tablename__: model
    for model in (
        people.UserAddress, people.Company, people.CompanyDomain, people.Customer, people.ContactPoint,
        people.Affiliation, people.Need, history.Communication, history.Participant, history.Witness, trade.Deal,
        trade.DealPerson, trade.DealEvent, trade.Order, trade.OrderLine, trade.Task, marketing.Consent,
        marketing.Suppression,
    )
}  # fmt: skip


def take_in(work: Work, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert at most 200 rows of one table and say how many were new; audited, and not undone by the batch."""
    model = _TABLES.get(table)
    if model is None:
        raise BadInput(f"Rows of “{table}” are not taken in whole.")
    if len(rows) > MOST_ROWS:
        raise BadInput(f"At most {MOST_ROWS} rows at a time.")
    new = work.insert(model, rows, or_nothing=True)
    audit.append(work, "take-in", table, {"rows": new})
    return new


def index(work: Work, customer_ids: Sequence[str]) -> None:
    """Let the look-up find customers that were taken in; it changes nothing that people wrote, so no audit entry."""
    tokens.refresh_many(work, customer_ids)
