"""A file dropped in the direct channel: a dry run first, then Import or Cancel, then Undo."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.ask import Ask
from bot.cards import imports as cards
from bot.gestures import Did
from bot.grammar.commands import Import
from bot.names import Action
from bot.routes import Routes
from crm_store import outbox
from crm_store.actions import dropped_files
from crm_store.actions import imports as import_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import imports as import_queries
from crm_store.queries.imports import KeptFile
from crm_store.values.acts import Receipt
from crm_store.values.imports import ColumnChoice
from ingest.files import intake, way_back
from ingest.files.intake import ImportOutcome

_MOST: Final = 20_000_000
_ENDINGS: Final = frozenset({"csv", "tsv", "txt", "vcf", "vcard", "jsonl"})
_NO_LISTS: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PAUSE: Final = timedelta(seconds=3)


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Import, how)
    routes.gesture(Did.DIRECT, dropped)
    routes.button(Action.IMPORT_COLUMN, choose)
    routes.button(Action.IMPORT_TRY, try_again)
    routes.button(Action.IMPORT_APPLY, apply)
    routes.button(Action.IMPORT_CANCEL, cancel)
    routes.button(Action.IMPORT_UNDO, undo)


async def how(ask: Ask, _command: Import) -> None:
    """`import`: how to hand in a file."""
    await ask.answer(cards.how())


async def dropped(ask: Ask) -> None:
    """Look at the file and say what an import would do; nothing is changed yet."""
    file = ask.gesture.files[0]
    if not ask.gesture.channel.startswith("D"):
        await ask.done("a file in a channel is not ours to read")
        return
    if file.size > _MOST:
        raise BadInput(f"{file.name} is larger than 20 MB. Cut it into parts, or use `crm import` at the terminal.")
    raw = await ask.slack.download(file.url)
    _check_kind(file.name, raw)
    outcome = await _tried(ask, raw, file.name, None)
    heads = [one.header for one in outcome.preview.columns]
    others = len(ask.gesture.files) - 1

    def action(work: Work) -> str:
        return dropped_files.keep_file(work, file.name, outcome.kind, raw, heads)

    await ask.act(action, lambda import_id: cards.dry_run(file.name, outcome, import_id, others=others))


async def _tried(ask: Ask, raw: bytes, name: str, choice: ColumnChoice | None) -> ImportOutcome:
    try:
        return await asyncio.to_thread(intake.import_file, ask.desk, raw, name, dry_run=True, choice=choice)
    except BadInput as problem:
        # At the terminal the sentence goes on with an option of the command, which nobody can type here.
        said = problem.sentence.partition(" Say which it is with --map")
        raise BadInput(f"{said[0]} Name it in the first line of the file." if said[1] else said[0]) from problem


def _check_kind(name: str, raw: bytes) -> None:
    """Say at once that a picture or a document is no list, instead of complaining about its columns."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if (ending and ending not in _ENDINGS) or raw.startswith(_NO_LISTS):
        raise BadInput(
            f"{name} is no list that I can read. CSV and vCard files are; a spreadsheet can be saved as CSV."
        )


async def _kept(ask: Ask) -> KeptFile:
    kept = await ask.read(import_queries.kept, str(ask.pressed.get("import", "")))
    if kept is None:
        raise BadInput("This file was imported or cancelled already.")
    return kept


def _choice(kept: KeptFile) -> ColumnChoice | None:
    """What was chosen at this file; it is remembered under the file's name."""
    if not kept.choice.columns:
        return None
    return ColumnChoice(kept.choice.columns, kept.choice.overwrite, kept.file_name.rpartition(".")[0] or kept.file_name)


async def choose(ask: Ask) -> None:
    """A column is taken for something else: kept until Dry run or Import is pressed."""
    given = ask.pressed
    place = given.get("place")

    def action(work: Work) -> bool:
        column = place if isinstance(place, int) else -1
        return dropped_files.choose_column(work, str(given.get("import", "")), column, str(given.get("field", "")))

    await ask.act(action, lambda _: None)


async def try_again(ask: Ask) -> None:
    """Dry run: once more, with the columns as they were chosen, in place of the question."""
    kept = await _kept(ask)
    outcome = await _tried(ask, kept.raw, kept.file_name, _choice(kept))
    await ask.answer(cards.dry_run(kept.file_name, outcome, kept.import_id), replace=True)


async def apply(ask: Ask) -> None:
    """Import: in the background of this gesture, with the result in place of the question."""
    kept = await _kept(ask)
    progress = _progress(ask, kept.import_id, partial(cards.how_far, kept.file_name))
    outcome = await asyncio.to_thread(
        intake.import_file, ask.desk, kept.raw, kept.file_name, progress=progress, choice=_choice(kept)
    )

    def action(work: Work) -> bool:
        return dropped_files.forget_file(work, kept.import_id)

    await ask.act(action, lambda _: cards.finished(kept.file_name, outcome), replace=True)


def _progress(ask: Ask, object_id: str, text: Callable[[int, int], str]) -> Callable[[int, int], None]:
    """Tells how far something long is, in one message that changes; what is short needs none."""
    desk, user_id = ask.desk, ask.user.user_id
    last: datetime = desk.store.clock.now()
    begun = False

    def tell(done: int, of: int) -> None:
        nonlocal last, begun
        now = desk.store.clock.now()
        over = done >= of
        if (over and not begun) or (not over and now - last < _PAUSE):
            return
        last, begun = now, True
        desk.write_now(_say, user_id, object_id, text(done, of))

    return tell


def _say(work: Work, user_id: str, object_id: str, text: str) -> None:
    payload = {"user_id": user_id, "object_id": object_id, "text": text}
    outbox.enqueue(work, "progress", f"dm:{user_id}", f"{object_id}:{work.now.isoformat()}", payload)


async def cancel(ask: Ask) -> None:
    """Cancel: the file is forgotten."""
    import_id = str(ask.pressed.get("import", ""))

    def action(work: Work) -> bool:
        return dropped_files.forget_file(work, import_id)

    await ask.act(action, lambda _: cards.cancelled(), replace=True)


async def undo(ask: Ask) -> None:
    """Take an import back."""
    import_id = str(ask.pressed.get("import", ""))
    file_name = (await ask.read(import_queries.outcome, import_id)).file_name
    progress = _progress(ask, f"{import_id}:back", partial(cards.how_far_back, file_name))
    await asyncio.to_thread(way_back.prepare, ask.desk, import_id, progress)

    def action(work: Work) -> Receipt:
        return import_actions.undo_import(work, import_id)

    await ask.act(action, lambda done: cards.undone(done.sentence), replace=True)
