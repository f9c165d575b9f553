"""A file that was handed in: what an import would do, what it did, and the way back."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from bot import blocks
from bot.blocks import Block, Message
from bot.cards import wording
from bot.names import Action, encode
from crm_store.values.imports import FIELDS

_COLUMNS_TOLD = 10
_SHOWN_PROBLEMS: Final = 5
_SHOWN_COLUMNS: Final = 15
_FIELD_NAMES: Final = {
    "": "Leave out", "email": "E-mail", "external_key": "Number of the file", "order_key": "Order number",
    "deal_state": "Deal: won or lost", "close_on": "Deal: close date", "opened_on": "Deal: opened on",
    "domain": "Website",
}  # fmt: skip


class Outcome(Protocol):
    """What an import would do or did; both the reading of a file and the record of an import are one."""

    @property
    def rows(self) -> int:
        """Rows of the file."""

    @property
    def created(self) -> int:
        """New customers and orders."""

    @property
    def updated(self) -> int:
        """Known ones with something new."""

    @property
    def skipped(self) -> int:
        """Rows that bring nothing, those with errors among them."""

    @property
    def duplicates(self) -> int:
        """Rows that are in the file or in the store already."""

    @property
    def errors(self) -> Sequence[tuple[int, str]]:
        """The row and what is wrong with it."""

    @property
    def import_id(self) -> str | None:
        """The import to take back."""

    @property
    def possible(self) -> Sequence[tuple[int, str]]:
        """Rows that made somebody new, with the name of who may be the same."""


class Done(Outcome, Protocol):
    """What an import did."""

    @property
    def proposed(self) -> int:
        """Pairs of people that wait in the tray of duplicates since."""


class Column(Protocol):
    """A column of a file."""

    @property
    def header(self) -> str:
        """Its name."""

    @property
    def field(self) -> str:
        """What it is taken for; empty where it is left out."""

    @property
    def samples(self) -> tuple[str, ...]:
        """Some of its cells."""


class Understood(Protocol):
    """How a file is understood."""

    @property
    def columns(self) -> Sequence[Column]:
        """Its columns in their order."""

    @property
    def first(self) -> Sequence[Mapping[str, str]]:
        """The first rows by field, as they would be read."""

    @property
    def program(self) -> str:
        """The program it was exported from, if it is one of those that are known."""

    @property
    def saved(self) -> str:
        """The name of the remembered columns by which it was read."""


class Trial(Outcome, Protocol):
    """A file that was read without importing it: also what of it was not understood."""

    @property
    def preview(self) -> Understood:
        """What its columns are taken for."""

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Heads of columns that will be left out."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know about the file, in sentences."""


def how() -> Message:
    """How to hand in a file."""
    said = (
        "Drop a CSV or vCard file into your direct message with me. You see what would happen before anything changes."
    )
    return blocks.message(said, blocks.section(said), blocks.context("At most 20 MB. Each import can be taken back."))


def dry_run(file_name: str, outcome: Trial, import_id: str, *, others: int = 0) -> Message:
    """What an import would do; nothing is changed before Import is pressed. `others` files came with it, unread."""
    value = {"import": import_id}
    changes = outcome.created + outcome.updated
    apply = blocks.button(f"Import {wording.counted(changes, 'change')}", Action.IMPORT_APPLY, value, style="primary")
    again = blocks.button("Dry run", Action.IMPORT_TRY, value) if outcome.preview.columns else None
    cancel = blocks.button("Cancel", Action.IMPORT_CANCEL, value)
    head = f"{blocks.one_line(file_name, 120)} has {wording.counted(outcome.rows, 'row')}. Nothing is changed yet."
    return blocks.message(
        f"{head} It would make {outcome.created:,} and change {outcome.updated:,}.",
        blocks.section(head),
        _counts(outcome, ("would be new", "would be changed")),
        *_problems(outcome),
        *_possible(outcome, "would be made"),
        *_columns(outcome.preview, import_id),
        _first_rows(outcome.preview),
        _not_understood(outcome),
        blocks.context("I looked at this file alone. Drop each other file by itself.") if others else None,
        blocks.actions(apply if changes else None, again, cancel),
    )


def finished(file_name: str, outcome: Done) -> Message:
    """What an import did."""
    head = f"Imported {blocks.one_line(file_name, 120)}: {wording.counted(outcome.rows, 'row')}."
    value = {"import": outcome.import_id or ""}
    undo = blocks.button("Undo import", Action.IMPORT_UNDO, value) if outcome.import_id else None
    return blocks.message(
        f"{head} {outcome.created:,} new, {outcome.updated:,} changed.",
        blocks.section(head),
        _counts(outcome, ("new", "changed")),
        *_problems(outcome),
        *_possible(outcome, "was made"),
        _waiting(outcome.proposed),
        blocks.actions(undo),
    )


def _counts(outcome: Outcome, words: tuple[str, str]) -> Block | None:
    counts = [
        (outcome.created, words[0]),
        (outcome.updated, words[1]),
        (outcome.duplicates, "known already"),
        (max(0, outcome.skipped - len(outcome.errors)), "with nothing new"),
        (len(outcome.errors), "could not be read"),
    ]
    return blocks.bullets([f"{number:,} {what}" for number, what in counts if number])


def _problems(outcome: Outcome) -> list[Block | None]:
    if not outcome.errors:
        return []
    rows = [f"Row {row}: {blocks.one_line(problem, 200)}" for row, problem in list(outcome.errors)[:_SHOWN_PROBLEMS]]
    more = len(outcome.errors) - len(rows)
    last = [f"and {wording.counted(more, 'more row')}"] if more else []
    return [blocks.together(blocks.lines([blocks.bold("To put right in the file")]), blocks.bullets([*rows, *last]))]


def _possible(outcome: Outcome, done: str) -> list[Block | None]:
    if not outcome.possible:
        return []
    rows = [f"Row {row} may be {blocks.one_line(name, 80)}" for row, name in list(outcome.possible)[:_SHOWN_PROBLEMS]]
    more = len(outcome.possible) - len(rows)
    last = [f"and {wording.counted(more, 'more row')}"] if more else []
    head = blocks.lines([blocks.bold(f"Perhaps known already; somebody new {done} to be safe")])
    return [blocks.together(head, blocks.bullets([*rows, *last]))]


def _waiting(pairs: int) -> Block | None:
    if not pairs:
        return None
    said = "1 pair of people waits" if pairs == 1 else f"{pairs:,} pairs of people wait"
    return blocks.context(f"{said} to be looked at: `/crm duplicates`. Nobody is joined until you say so.")


def _columns(preview: Understood, import_id: str) -> list[Block | None]:
    """A choice for each column; those of a wide file that are left out and empty come last and may not be shown."""
    order = sorted(enumerate(preview.columns), key=lambda pair: (not pair[1].field, not pair[1].samples, pair[0]))
    shown = sorted(place for place, _ in order[:_SHOWN_COLUMNS])
    parts: list[Block | None] = []
    for place in shown:
        one = preview.columns[place]
        samples = ", ".join(blocks.one_line(cell, 40) for cell in one.samples) or "empty"
        choice = _field_select(import_id, place, one.field)
        parts.append(blocks.section(f"{blocks.one_line(one.header, 60)}: {samples}", accessory=choice))
    if len(preview.columns) > len(shown):
        left = wording.counted(len(preview.columns) - len(shown), "further column")
        parts.append(blocks.context(f"{left} can be named at the terminal, with --map."))
    return parts


def _field_select(import_id: str, place: int, field: str) -> Block:
    def option(name: str) -> Block:
        value = encode({"import": import_id, "place": place, "field": name})
        return blocks.option(_FIELD_NAMES.get(name, name.replace("_", " ").capitalize()), value)

    return {
        "type": "static_select",
        "action_id": f"{Action.IMPORT_COLUMN}:{place}",
        "options": [option(name) for name in ("", *FIELDS)],
        "initial_option": option(field if field in FIELDS else ""),
    }


def _first_rows(preview: Understood) -> Block | None:
    rows = [", ".join(f"{name}: {blocks.one_line(value, 60)}" for name, value in row.items()) for row in preview.first]
    if not rows:
        return None
    return blocks.together(blocks.lines([blocks.bold("The first rows as I read them")]), blocks.bullets(rows))


def _not_understood(outcome: Trial) -> Block | None:
    unknown = ", ".join(blocks.one_line(one, 60) for one in outcome.unknown_columns[:_COLUMNS_TOLD])
    more = len(outcome.unknown_columns) - _COLUMNS_TOLD
    others = f" and {more} more" if more > 0 else ""
    left_out = f"Columns that are left out: {unknown}{others}." if unknown else ""
    preview = outcome.preview
    program = f"Read as an export of {preview.program}." if preview.program else ""
    saved = f"Read as {blocks.one_line(preview.saved, 60)} was." if preview.saved else ""
    return blocks.context(program, saved, left_out, *(blocks.one_line(one, 300) for one in outcome.warnings[:5]))


def how_far(file_name: str, done: int, of: int) -> str:
    """How far an import is, as one sentence."""
    name = blocks.one_line(file_name, 120)
    return f"{name} is in: {of:,} rows." if done >= of else f"Importing {name}: {done:,} of {of:,} rows …"


def how_far_back(file_name: str, done: int, of: int) -> str:
    """How far an import is taken back, as one sentence."""
    name = blocks.one_line(file_name, 120)
    return f"{name} is taken back." if done >= of else f"Taking {name} back: {100 * done // of} % …"


def cancelled() -> Message:
    """The file is forgotten."""
    said = "Nothing was imported, and the file is forgotten."
    return blocks.message(said, blocks.section(said))


def undone(sentence: str) -> Message:
    """An import was taken back."""
    return blocks.message(sentence, blocks.section(sentence))
