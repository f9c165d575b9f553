"""A batch of a file's rows written at once: companies, customers, how to reach them, orders and deals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, update

from crm_store.actions.import_plan import Planner
from crm_store.actions.touches import mark_dirty
from crm_store.engine import plain_rows
from crm_store.engine.work import Work
from crm_store.ids import ids_at
from crm_store.lookup import tokens
from crm_store.models.people import (
    Affiliation,
    Company,
    CompanyDomain,
    ContactPoint,
    Customer,
    FieldHistory,
)
from crm_store.models.plumbing import ImportChange, ImportRow
from crm_store.models.scoring import DirtyCustomer
from crm_store.models.trade import Deal, DealEvent, DealPerson, Order, OrderLine
from crm_store.queries.identity import name_key, with_keys
from crm_store.queries.import_standing import standing
from crm_store.values.imports import ImportedRow

_ORDER: Final[tuple[type[Any], ...]] = (
    Company, CompanyDomain, Customer, Affiliation, ContactPoint, FieldHistory, Order, OrderLine, Deal, DealPerson,
    DealEvent, ImportChange, ImportRow,
)  # fmt: skip
_LOOK_EVERY: Final = 25


def write_rows(work: Work, import_id: str, rows: Sequence[ImportedRow], overwrite: frozenset[str]) -> Planner:
    """Decide about the rows and write what follows; the look-up finds new people at once.

    Not audited: part of `imports.apply_rows`, which is.
    """
    rows = list(map(with_keys, rows))
    # Ids of one moment go upwards, so whoever is made first also sorts first, and so do their points.
    plan = Planner(standing(work, rows), ids_at(work.now), work.now, import_id, work.actor, overwrite)
    for at, row in enumerate(rows):
        if at % _LOOK_EVERY == 0:
            work.make_way()
        plan.take(row)
    work.flush()
    for model in _ORDER:
        plain_rows.insert(work, model, plan.rows.get(model, []), or_nothing=model is not ImportChange)
    _update(work, plan)
    _let_be_found(work, plan)
    _score_later(work, plan)
    return plan


def _score_later(work: Work, plan: Planner) -> None:
    """Nothing is noted yet of those who are new, whose notes so need no look at what is there."""
    new = [{"customer_id": one, "since": plan.now} for one in plan.new]
    plain_rows.insert(work, DirtyCustomer, new, or_nothing=True)
    traded = (row["customer_id"] for model in (Order, Deal, DealPerson) for row in plan.rows.get(model, ()))
    mark_dirty(work, {*plan.touched, *filter(None, traded)} - plan.new.keys())


def _let_be_found(work: Work, plan: Planner) -> None:
    """Nothing stands in the look-up for those who are new, so that only the others are read again."""
    new = {row["customer_id"]: row for row in plan.rows.get(Customer, ())}
    names = {row["company_id"]: str(row["name"]) for row in plan.rows.get(Company, ())}
    words, numbers = _words(plan, new, plan.standing.company_names | names)
    if new:
        tokens.write_new(work, words, numbers)
    tokens.refresh_many(work, (one for one in plan.touched if one not in new))


def _words(
    plan: Planner, new: Mapping[str, Mapping[str, Any]], companies: Mapping[str, str]
) -> tuple[dict[str, dict[str, int]], set[tuple[str, str]]]:
    """What new people are found by: words that were worked out with their row, those of the company, and numbers."""
    of_company = {name: tokens.words_of("", name).items() for name in set(companies.values())}
    words: dict[str, dict[str, int]] = {}
    counted: set[tuple[str, str]] = set()
    for customer_id, row in new.items():
        keys = plan.new[customer_id]
        if row["name"] == keys.shown:
            own = dict(keys.words)
            counted.update((customer_id, email) for email in keys.emails)
        else:
            # A row further down gave another name, and may replace it.
            own = tokens.words_of(row["name"], "")
        for word, fields in of_company.get(companies.get(row["company_id"] or "", ""), ()):
            own[word] = own.get(word, 0) | fields
        words[customer_id] = own
    numbers: set[tuple[str, str]] = set()
    for point in plan.rows.get(ContactPoint, ()):
        owner = point["owner_row"]
        if owner in new and (owner, point["value_key"]) not in counted:
            tokens.reach(words, numbers, owner, point["kind"], point["value"])
    return words, numbers


def _update(work: Work, plan: Planner) -> None:
    """Rows that get the same columns are changed by one statement."""
    alike: dict[tuple[type[Any], tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for (model, row_id), changes in plan.updates.items():
        values = {**changes, "name_key": name_key(changes["name"])} if "name" in changes else changes
        bound = {f"new_{name}": value for name, value in values.items()}
        alike[model, tuple(sorted(values))].append({"team": work.team_id, "id": row_id, **bound})
    for (model, names), rows in alike.items():
        table = model.__table__
        key = table.c.customer_id if model is Customer else table.c.company_id
        statement = (
            update(table)
            .where(table.c.team_id == bindparam("team"), key == bindparam("id"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        work.connection.execute(statement, rows)
