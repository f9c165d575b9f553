"""Which column is what, guessed from its name and else from its content; what people say goes before a guess."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key, looks_like_phone, phone_digits
from crm_store.matching.normalise import tokens
from ingest.files.columns import FIELDS, SEVERAL, meaning
from ingest.files.programs import head_key, recognised
from ingest.files.tables import Table

_SAMPLE: Final = 200
_ENOUGH: Final = 0.6
_SHORTEST_PHONE: Final = 7
_WHO: Final = ("name", "first_name", "last_name", "email", "company")
OVERWRITABLE: Final = ("name", "title", "company", "owner", "external_key")
_PARTS: Final = ("first_name", "last_name")
_PERSON: Final = frozenset({"name", "first_name", "last_name", "email", "phone"})
_TRADE: Final = frozenset({"date", "amount", "order_key", "currency", "product", "quantity"})
_DEALS: Final = frozenset({"stage", "deal_state", "close_on", "opened_on"})


@dataclass(frozen=True, slots=True)
class Mapping:
    """`kind` is customers, companies, deals or orders; `columns` gives each field the places of its columns."""

    kind: str
    columns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    program: str = ""

    def told(self, table: Table) -> dict[str, list[str]]:
        """The same with the names of the columns, to be shown and kept."""
        return {name: [table.headers[at] for at in places] for name, places in self.columns.items()}

    def by_column(self, table: Table) -> dict[str, str]:
        """What each column is taken for; empty where it is left out."""
        meant = {at: name for name, places in self.columns.items() for at in places}
        return {header: meant.get(at, "") for at, header in reversed(list(enumerate(table.headers)))}


def guess_mapping(
    table: Table, overrides: dict[str, str] | None = None, chosen: dict[str, str] | None = None
) -> Mapping:
    """What the file holds; raises BadInput that names what is missing, or a column or field that does not exist.

    `overrides` say which column a field is, `chosen` which field a column is, or that it is left out.
    """
    program = recognised(table.headers)
    said = _chosen(table, program.columns if program else {}, by_key=True)
    said |= _chosen(table, chosen or {}, by_key=False)
    first = _said(table, overrides or {})
    said |= first
    meant: list[str | None] = [said.get(at, meaning(header)) for at, header in enumerate(table.headers)]
    meant = [_from_content(table, at) if field is None and at not in said else field for at, field in enumerate(meant)]
    columns: dict[str, tuple[int, ...]] = {}
    unknown = []
    for at, name in sorted(enumerate(meant), key=lambda pair: (pair[0] not in first, pair[0] not in said, pair[0])):
        if name and (name in SEVERAL or name not in columns):
            columns[name] = (*columns.get(name, ()), at)
        else:
            unknown.append(table.headers[at])
    _part_of_a_name(table, columns)
    found = Mapping("customers", columns, tuple(unknown), program.name if program else "")
    return _checked(table, _sorted_out(found, table))


def _part_of_a_name(table: Table, columns: dict[str, tuple[int, ...]]) -> None:
    """`Nom` beside `Prénom` is a last name, `Nome` beside `Cognome` a first one, unless the other part stands in it."""
    parts = [part for part in _PARTS if part in columns]
    if "name" not in columns or len(parts) != 1:
        return
    whole, part = columns["name"][0], columns[parts[0]][0]
    rows = [row for row in table.rows[:_SAMPLE] if row[whole] and row[part]]
    within = sum(set(tokens(row[part])) <= set(tokens(row[whole])) for row in rows)
    if rows and within < len(rows) * _ENOUGH:
        columns[next(other for other in _PARTS if other != parts[0])] = columns.pop("name")


def head_fingerprint(table: Table) -> str:
    """What tells files of one make: the names of their columns in their order."""
    return hashlib.sha256("\x1f".join(head_key(header) for header in table.headers).encode()).hexdigest()


def _chosen(table: Table, columns: dict[str, str], *, by_key: bool) -> dict[int, str]:
    """Fields by the column's place; of columns with one name the first that is free takes it."""
    wanted = {name if by_key else name.casefold(): meant for name, meant in columns.items()}
    found: dict[int, str] = {}
    for at, header in enumerate(table.headers):
        meant = wanted.get(head_key(header) if by_key else header.casefold())
        if meant is not None and (not meant or meant in FIELDS):
            found[at] = meant
    return found


def _said(table: Table, overrides: dict[str, str]) -> dict[int, str]:
    """What people said, `FIELD=COLUMN`, by the column's place."""
    places = {header.casefold(): at for at, header in reversed(list(enumerate(table.headers)))}
    found = {}
    for name, column in overrides.items():
        if name not in FIELDS:
            raise BadInput(f"“{name}” is no field; the fields are {', '.join(FIELDS)}.", field="map")
        at = places.get(column.strip().casefold())
        if at is None:
            raise BadInput(f"The file has no column “{column}”; it has {_listed(table.headers)}.", field="map")
        found[at] = name
    return found


def _from_content(table: Table, at: int) -> str | None:
    cells = [row[at] for row in table.rows[:_SAMPLE] if row[at]]
    if not cells:
        return None
    if sum(bool(email_key(cell)) for cell in cells) / len(cells) >= _ENOUGH:
        return "email"
    numbers = (looks_like_phone(cell) and len(phone_digits(cell)) >= _SHORTEST_PHONE for cell in cells)
    marked = any(cell.lstrip().startswith(("+", "(", "00")) for cell in cells)
    return "phone" if marked and sum(numbers) / len(cells) >= _ENOUGH else None


def _sorted_out(found: Mapping, table: Table) -> Mapping:
    """What kind of file it is; columns that mean nothing in such a file are left out."""
    columns = dict(found.columns)
    if "deal" in columns:
        kind, foreign = "deals", _TRADE - {"amount", "currency"}
    elif "date" in columns and "amount" in columns:
        kind, foreign = "orders", _DEALS
    elif "company" in columns and columns.keys() & {"domain", "industry", "country"} and not columns.keys() & _PERSON:
        kind, foreign = "companies", _TRADE | _DEALS
    else:
        kind, foreign = "customers", _TRADE | _DEALS
    if "company" not in columns:
        foreign |= {"industry", "country"}
    lost = [at for name in sorted(foreign & columns.keys()) for at in columns.pop(name)]
    unknown = tuple(sorted([*found.unknown, *(table.headers[at] for at in lost)]) if lost else found.unknown)
    return replace(found, kind=kind, columns=columns, unknown=unknown)


def _checked(table: Table, found: Mapping) -> Mapping:
    needed: Iterable[str] = (*_WHO, "external_key") if found.kind == "orders" else (*_WHO, "phone")
    if any(name in found.columns for name in needed):
        return found
    what = "for a name, an e-mail address or a company" if found.kind == "customers" else "for the customer"
    raise BadInput(
        f"The file has no column {what}; it has {_listed(table.headers)}. Say which it is with --map name=COLUMN.",
        field="map",
    )


def _listed(headers: tuple[str, ...]) -> str:
    shown = ", ".join(header[:40] for header in headers[:12])
    return shown + (f" and {len(headers) - 12} more" if len(headers) > 12 else "")
