"""Which column is what, guessed from its name and else from its content; what people say goes before a guess."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key, looks_like_phone, phone_digits
from ingest.files.columns import FIELDS, SEVERAL, meaning
from ingest.files.tables import Table

_SAMPLE: Final = 200
_ENOUGH: Final = 0.6
_SHORTEST_PHONE: Final = 7
_WHO: Final = ("name", "first_name", "last_name", "email", "company")
_TRADE: Final = frozenset({"date", "amount", "order_key", "currency", "product", "quantity"})


@dataclass(frozen=True, slots=True)
class Mapping:
    """`kind` is customers or orders; `columns` gives each field the places of its columns."""

    kind: str
    columns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def told(self, table: Table) -> dict[str, list[str]]:
        """The same with the names of the columns, to be shown and kept."""
        return {name: [table.headers[at] for at in places] for name, places in self.columns.items()}


def guess_mapping(table: Table, overrides: dict[str, str] | None = None) -> Mapping:
    """What the file holds; raises BadInput that names what is missing, or a column or field that does not exist."""
    said = _said(table, overrides or {})
    meant: list[str | None] = [said.get(at, meaning(header)) for at, header in enumerate(table.headers)]
    meant = [_from_content(table, at) if field is None and at not in said else field for at, field in enumerate(meant)]
    columns: dict[str, tuple[int, ...]] = {}
    unknown = []
    for at, name in sorted(enumerate(meant), key=lambda pair: (pair[0] not in said, pair[0])):
        if name and (name in SEVERAL or name not in columns):
            columns[name] = (*columns.get(name, ()), at)
        else:
            unknown.append(table.headers[at])
    return _checked(table, _sorted_out(Mapping("customers", columns, tuple(unknown)), table))


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
    """Orders need a day and an amount; in a list of customers such columns mean nothing to us."""
    columns = dict(found.columns)
    if "date" in columns and "amount" in columns:
        return replace(found, kind="orders")
    lost = [at for name in _TRADE & columns.keys() for at in columns.pop(name)]
    unknown = tuple(sorted([*found.unknown, *(table.headers[at] for at in lost)]))
    return Mapping("customers", columns, unknown)


def _checked(table: Table, found: Mapping) -> Mapping:
    needed: Iterable[str] = (*_WHO, "external_key") if found.kind == "orders" else (*_WHO, "phone")
    if any(name in found.columns for name in needed):
        return found
    what = "for the customer" if found.kind == "orders" else "for a name, an e-mail address or a company"
    raise BadInput(
        f"The file has no column {what}; it has {_listed(table.headers)}. Say which it is with --map name=COLUMN.",
        field="map",
    )


def _listed(headers: tuple[str, ...]) -> str:
    shown = ", ".join(header[:40] for header in headers[:12])
    return shown + (f" and {len(headers) - 12} more" if len(headers) > 12 else "")
