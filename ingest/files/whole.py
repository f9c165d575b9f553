"""An export of everything, as JSON Lines, read in again."""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from crm_store.actions import import_whole, imports
from crm_store.engine import statistics
from crm_store.engine.store import Desk
from crm_store.errors import BadInput, StoreUnavailable
from crm_store.values.exports import FORMAT, VERSION
from crm_store.values.imports import ImportCounts

_AT_ONCE: Final = import_whole.MOST_ROWS
_TRADES: Final = "communications"
Progress = Callable[[int, int], None]
Line = tuple[int, str, dict[str, Any]]


def is_whole(raw: bytes) -> bool:
    """Whether a file is an export of everything, told by its first line."""
    head = raw[:400].split(b"\n", 1)[0].strip()
    return head.startswith(b"{") and f'"{FORMAT}"'.encode() in head


def take_in(
    desk: Desk, raw: bytes, name: str, *, dry_run: bool, progress: Progress | None
) -> tuple[ImportCounts, int, tuple[tuple[int, str], ...], str | None]:
    """Take an export in: the counts, the number of lines, lines that cannot be read, and the import to take back."""
    lines, problems = read_lines(raw)
    if dry_run:
        kinds = Counter(table for _, table, _ in lines)
        records = sum(kinds[one] for one in ("customers", "companies", "deals", "orders", "tasks", "needs", _TRADES))
        return ImportCounts(created=records), len(lines), problems, None
    import_id = desk.write_now(imports.begin, name, import_whole.KIND, {"format": FORMAT}, None)
    ids, counts, done = import_whole.Ids(points=_points(lines)), ImportCounts(), 0
    for table, rows in _batches(lines):
        try:
            more, ids = desk.write_now(import_whole.take_rows, import_id, table, rows, ids)
        except BadInput as problem:
            problems = (*problems, (rows[0][0], problem.sentence))
            more = ImportCounts()
        counts = counts.plus(more)
        done += len(rows)
        if progress is not None:
            progress(done, len(lines))
    desk.write_now(imports.finish, import_id, problems)
    if len(lines) >= statistics.MANY:
        with contextlib.suppress(StoreUnavailable):
            desk.write_now(statistics.learn)
    return counts, len(lines), problems, import_id


def read_lines(raw: bytes) -> tuple[list[Line], tuple[tuple[int, str], ...]]:
    """Number, table and row of each line; raises BadInput where the file is of another make or a later version."""
    text = raw.decode("utf-8", "replace").split("\n")
    head = _object(text[0])
    if head is None or head.get(FORMAT) != VERSION:
        raise BadInput("The export comes from another version of Rapport.", field="file")
    lines: list[Line] = []
    problems: list[tuple[int, str]] = []
    for number, one in enumerate(text[1:], 2):
        if not one.strip():
            continue
        row = _object(one)
        if row is None or not isinstance(row.get("table"), str):
            problems.append((number, "The line is no row of an export."))
        else:
            lines.append((number, row.pop("table"), row))
    return lines, tuple(problems)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _points(lines: list[Line]) -> dict[str, list[str]]:
    """The addresses of each customer, by which they are known again."""
    found: dict[str, list[str]] = {}
    for _, table, row in lines:
        if table == "contact_points" and row.get("kind") == "email":
            found.setdefault(str(row.get("owner_row")), []).append(str(row.get("value_key")))
    return found


def _batches(lines: list[Line]) -> Iterator[tuple[str, list[tuple[int, Mapping[str, Any]]]]]:
    """Runs of lines of one table, few enough for one unit."""
    held: list[tuple[int, Mapping[str, Any]]] = []
    table = ""
    for number, name, row in lines:
        if held and (name != table or len(held) >= _AT_ONCE):
            yield table, held
            held = []
        table = name
        held.append((number, row))
    if held:
        yield table, held
