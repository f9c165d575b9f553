"""`what-if LINE`: what another line would do, shown without doing it."""

from dataclasses import replace
from typing import Final

from bot.ask import Ask
from bot.blocks import Message
from bot.cards import what_if as cards
from bot.gestures import Did
from bot.grammar import commands, house_commands
from bot.grammar.commands import WhatIf
from bot.grammar.parse import parse
from bot.rehearsal import RehearsalDesk
from bot.routes import Routes
from crm_store.errors import BadInput

_CHANGE: Final = (
    commands.Log, commands.AddTask, commands.Done, commands.Snooze, commands.Deal, commands.Order, commands.Need,
    commands.AddContact, commands.Edit, commands.Undo, commands.Unmerge, commands.Mute,
)  # fmt: skip
_ASK_FIRST: Final = (
    commands.Import, commands.Export, commands.Merge, commands.Forget, house_commands.RunJob, commands.Settings,
    commands.Suggest, commands.Campaign, commands.Address, commands.Duplicates, commands.WhatIf, commands.Segment,
    house_commands.Link, house_commands.Unlink,
)  # fmt: skip


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(WhatIf, what_if)


async def what_if(ask: Ask, command: WhatIf) -> None:
    """`what-if deal acme 12k stage:proposal`."""
    line = command.line.strip()
    if not line:
        raise BadInput("Say the line that you are curious about: `/crm what-if deal acme 12k stage:proposal`.")
    meant = parse(line, ask.now, ask.zone, ask.team.currency)
    if isinstance(meant, _ASK_FIRST):
        await ask.answer(cards.cannot(line))
        return
    if not isinstance(meant, _CHANGE):
        await ask.answer(cards.looks_only(line))
        return
    desk = RehearsalDesk(ask.desk.store, ask.desk.team_id, ask.desk.actor, f"answer:{ask.claimed.inbox_id}")
    # Without a trigger no dialog opens, and without a channel nobody else reads along.
    gesture = replace(ask.gesture, did=Did.COMMAND, text=f"/crm {line}", action_id="", value="", trigger_id="")
    await ask.perform(replace(ask, gesture=gesture, desk=desk))
    if not desk.answers:
        await ask.answer(cards.cannot(line))
        return
    await ask.answer(cards.would(line, Message.from_json(desk.answers[-1]["message"])))
