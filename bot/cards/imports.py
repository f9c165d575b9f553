"""A file that was handed in: what an import would do, what it did, and the way back."""

from collections.abc import Sequence
from typing import Protocol

from bot import blocks
from bot.blocks import Block, Message
from bot.cards import wording
from bot.names import Action

_SHOWN_PROBLEMS = 5


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


class Trial(Outcome, Protocol):
    """A file that was read without importing it: also what of it was not understood."""

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
    cancel = blocks.button("Cancel", Action.IMPORT_CANCEL, value)
    head = f"{blocks.one_line(file_name, 120)} has {wording.counted(outcome.rows, 'row')}. Nothing is changed yet."
    return blocks.message(
        f"{head} It would make {outcome.created:,} and change {outcome.updated:,}.",
        blocks.section(head),
        _counts(outcome, ("would be new", "would be changed")),
        *_problems(outcome),
        _not_understood(outcome),
        blocks.context("I looked at this file alone. Drop each other file by itself.") if others else None,
        blocks.actions(apply if changes else None, cancel),
    )


def finished(file_name: str, outcome: Outcome) -> Message:
    """What an import did."""
    head = f"Imported {blocks.one_line(file_name, 120)}: {wording.counted(outcome.rows, 'row')}."
    value = {"import": outcome.import_id or ""}
    undo = blocks.button("Undo import", Action.IMPORT_UNDO, value) if outcome.import_id else None
    return blocks.message(
        f"{head} {outcome.created:,} new, {outcome.updated:,} changed.",
        blocks.section(head),
        _counts(outcome, ("new", "changed")),
        *_problems(outcome),
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


def _not_understood(outcome: Trial) -> Block | None:
    unknown = ", ".join(blocks.one_line(one, 60) for one in outcome.unknown_columns[:10])
    left_out = f"Columns that are left out: {unknown}." if unknown else ""
    return blocks.context(left_out, *(blocks.one_line(one, 300) for one in outcome.warnings[:5]))


def cancelled() -> Message:
    """The file is forgotten."""
    said = "Nothing was imported, and the file is forgotten."
    return blocks.message(said, blocks.section(said))


def undone(sentence: str) -> Message:
    """An import was taken back."""
    return blocks.message(sentence, blocks.section(sentence))
