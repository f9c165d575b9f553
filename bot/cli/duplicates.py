"""`crm duplicates`: one person, company or place twice in a table of one's own, or between two, with no store."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_store.errors import BadInput

if TYPE_CHECKING:
    from analytics.duplicates.engine import Pair, Table
    from crm_store.engine.store import Desk
    from crm_store.values.duplicates import FoundPair
    from ingest.files import tables

_MOST_BYTES: Final = 1_000_000_000
_LARGE: Final = 20_000
_SHOWN_CELLS: Final = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """A table or two, which column names the rows, and from which probability on pairs are wanted."""
    parser.add_argument("--csv", type=Path, metavar="FILE", help="a table of people, companies or places")
    parser.add_argument("--against", type=Path, metavar="FILE2", help="find rows of FILE in this table instead")
    parser.add_argument(
        "--id-column", metavar="COL", help="the column that names the rows (default: id, else row numbers)"
    )
    parser.add_argument(
        "--threshold", type=_probability, metavar="P", help="all pairs at least so probable; 0: all compared"
    )
    parser.add_argument(
        "--kind", choices=("people", "companies"), default="people", help="what of the store is looked through"
    )
    parser.add_argument("--team", help="the team whose customers are looked through, where there are several")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def duplicates(options: argparse.Namespace) -> int:
    """Pairs of rows, best first: a JSON line or two lines of text each."""
    if options.csv is None:
        if options.against or options.id_column:
            raise BadInput("--against and --id-column go with --csv FILE.")
        return on_the_store(options)
    # The numbers are loaded only here, so that no other command waits for them.
    from analytics.duplicates.engine import find  # noqa: PLC0415 - numpy is heavy

    left = _read(options.csv, options.id_column)
    right = _read(options.against, options.id_column) if options.against else None
    rows = len(left.ids) + (len(right.ids) if right else 0)
    found = find(left, right, threshold=options.threshold, progress=_told if rows >= _LARGE else _quiet)
    chosen = found.proposed if options.threshold != 0 else found.pairs
    if options.json:
        _as_json(chosen)
    else:
        _as_text(chosen, left, right)
    return 0


def on_the_store(options: argparse.Namespace) -> int:
    """Duplicates among the store's customers or companies that nobody has decided yet; nothing is written."""
    from bot.cli.desks import opened  # noqa: PLC0415 - a table of one's own needs no store

    with opened() as office:
        search = _companies if options.kind == "companies" else _people
        found, names = search(office.desk(options.team))
    if options.threshold is not None:
        found = tuple(one for one in found if one.probability >= options.threshold)
    for one in found:
        sys.stdout.write(_pair_line(one) if options.json else _pair_lines(one, names))
    if not options.json:
        count = len(found)
        sys.stdout.write(f"{count} {'pair' if count == 1 else 'pairs'}.\n" if count else "No duplicates found.\n")
    return 0


def _people(desk: "Desk") -> tuple[tuple["FoundPair", ...], dict[str, str]]:
    from analytics.duplicates import of_store  # noqa: PLC0415 - numpy is heavy
    from crm_store.queries import duplicates as queries  # noqa: PLC0415 - no other command waits for it

    records = desk.read_now(queries.records)
    decided = desk.read_now(queries.verdicts)
    names = {one.customer_id: " · ".join(part for part in (one.name, one.company) if part) for one in records}
    return of_store.proposed(records, decided, _told if len(records) >= _LARGE else _quiet), names


def _companies(desk: "Desk") -> tuple[tuple["FoundPair", ...], dict[str, str]]:
    from analytics.duplicates import of_companies  # noqa: PLC0415 - no other command waits for it
    from crm_store.queries import company_pairs, duplicates  # noqa: PLC0415

    records = desk.read_now(company_pairs.records)
    names = {one.company_id: " · ".join((one.name, *one.domains[:1])) for one in records}
    return of_companies.proposed(records, desk.read_now(duplicates.verdicts)), names


def _pair_line(one: "FoundPair") -> str:
    line = {
        "a": one.a,
        "b": one.b,
        "probability": round(one.probability, 6),
        "weight": round(one.weight, 4),
        "why": list(one.why),
        "identity": one.identity,
        "moved": one.moved,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _pair_lines(one: "FoundPair", names: dict[str, str]) -> str:
    return f"{one.probability:7.1%}  {names[one.a]}  ~  {names[one.b]}\n         {', '.join(one.why)}\n"


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no probability between 0 and 1")
    return value


def _read(path: Path, id_column: str | None) -> "Table":
    """The table without the column that names its rows; raises BadInput with one sentence."""
    from analytics.duplicates.engine import Table  # noqa: PLC0415 - numpy is heavy
    from ingest.files import tables  # noqa: PLC0415 - no other command waits for it

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path.name} is larger than {_MOST_BYTES // 10**9} GB.", field="file")
        raw = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}.", field="file") from problem
    table = tables.read_table(raw, path.name)
    for warning in table.warnings:
        sys.stderr.write(f"{path.name}: {warning}\n")
    at = _place(table, id_column, path.name)
    names = [str(number) for number in table.numbers] if at is None else [row[at] for row in table.rows]
    if at is not None and (len(set(names)) < len(names) or not all(names)):
        if id_column:
            raise BadInput(f"Column “{id_column}” of {path.name} does not name each row: it has blanks or repeats.")
        at, names = None, [str(number) for number in table.numbers]
    kept = [place for place in range(len(table.headers)) if place != at]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return Table(tuple(table.headers[place] for place in kept), tuple(names), rows)


def _place(table: "tables.Table", id_column: str | None, name: str) -> int | None:
    """Where the column stands that names the rows."""
    from ingest.files import columns  # noqa: PLC0415 - no other command waits for it

    if id_column is None:
        return next((at for at, head in enumerate(table.headers) if columns.meaning(head) == "external_key"), None)
    folded = [head.casefold() for head in table.headers]
    if id_column.casefold() not in folded:
        raise BadInput(f"{name} has no column “{id_column}”; there are {', '.join(table.headers[:20])}.")
    return folded.index(id_column.casefold())


def _as_json(pairs: "Sequence[Pair]") -> None:
    for pair in pairs:
        line = {
            "a": pair.a,
            "b": pair.b,
            "probability": round(pair.probability, 6),
            "weight": round(pair.weight, 4),
            "why": list(pair.why),
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _as_text(pairs: "Sequence[Pair]", left: "Table", right: "Table | None") -> None:
    shown = _shower(left)
    other = _shower(right) if right else shown
    for pair in pairs:
        sys.stdout.write(f"{pair.probability:7.1%}  {pair.a}  {shown(pair.a)}  ~  {pair.b}  {other(pair.b)}\n")
        sys.stdout.write(f"         {', '.join(pair.why)}\n")
    count = len(pairs)
    sys.stdout.write(f"{count} {'pair' if count == 1 else 'pairs'}.\n" if count else "No duplicates found.\n")


def _shower(table: "Table") -> Callable[[str], str]:
    """The first filled cells of a row by its id."""
    places = {name: at for at, name in enumerate(table.ids)}

    def shown(name: str) -> str:
        return " · ".join([cell for cell in table.rows[places[name]] if cell][:_SHOWN_CELLS])

    return shown


def _told(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _quiet(_sentence: str) -> None:
    """Small tables are done before progress could be read."""
