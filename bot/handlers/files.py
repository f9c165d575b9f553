"""The Files button: what came with a mail is brought to the person who asks, and to nobody else."""

import asyncio
from collections.abc import Sequence

from bot.ask import Ask
from bot.cards import files as cards
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import files as file_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import files as file_queries
from crm_store.values.files import FileView
from ingest import clamd

_AT_ONCE = 2


def register(routes: Routes, scanner: str = "") -> None:
    """What this file takes; `scanner` is the address of a ClamAV daemon, if there is one."""

    async def bring(ask: Ask) -> None:
        await _bring(ask, scanner)

    routes.button(Action.FILES, bring)


async def _bring(ask: Ask, scanner: str) -> None:
    communication_id = str(ask.pressed.get("communication", ""))
    files = await ask.read(file_queries.of_communication, communication_id)
    if scanner:
        await _check(ask, scanner, files)
    after = await ask.read(file_queries.of_communication, communication_id)
    refused = [one for one in after if one.is_refused]

    def action(work: Work) -> int:
        return file_actions.send(work, communication_id, checked=bool(scanner), once=ask.claimed.inbox_id)

    await ask.act(action, lambda count: cards.coming(count, refused))


async def _check(ask: Ask, scanner: str, files: Sequence[FileView]) -> None:
    """Every file is looked at anew, since a scanner knows more each day."""
    digests = list(dict.fromkeys(one.sha256 for one in files if one.kept))
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(sha256: str) -> None:
        async with gate:
            content = await ask.read(file_queries.content, sha256)
            if content is not None:
                verdict = await clamd.check(scanner, content)
                await ask.desk.write(file_actions.note_check, sha256, verdict)

    try:
        await asyncio.gather(*(one(sha256) for sha256 in digests))
    except clamd.ScannerDown as problem:
        raise BadInput(
            "The virus scanner does not answer, so the files stay where they are. Try again in a while."
        ) from problem
