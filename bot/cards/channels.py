"""Channels that belong to a company: the announcement everybody sees, the question before outsiders, the list."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import wording
from bot.names import Action
from crm_store.values.acts import Receipt
from crm_store.values.threads import LinkView

_LISTED = 15


def announced(company: str, slack_user_id: str, *, outsiders: bool) -> Message:
    """What the channel is told: what is logged from now on, who can read it, and how it ends."""
    rows: list[Line] = [
        [
            blocks.person(slack_user_id),
            " linked this channel to ",
            blocks.bold(company),
            ". From now on what people write here becomes part of its timeline, one entry a thread. "
            "The whole team can read it there.",
        ],
        "Bots, and lines that begin with my name, are left out. Edits and deletions follow.",
    ]
    if outsiders:
        rows.append("People from outside read this channel. An admin has confirmed the link.")
    return blocks.message(
        f"This channel is linked to {company}. What people write here becomes part of its timeline.",
        blocks.lines(*rows),
        blocks.actions(blocks.button("Unlink", Action.CHANNEL_UNLINK, {})),
    )


def ended(company: str, slack_user_id: str) -> Message:
    """What the channel is told when it is over."""
    row: Line = [
        blocks.person(slack_user_id),
        " unlinked this channel from ",
        blocks.bold(company),
        ". Nothing new is logged from here. What was logged stays.",
    ]
    return blocks.message(f"This channel is no longer linked to {company}.", blocks.lines(row))


def confirm_outsiders(company_id: str, company: str) -> Message:
    """The question to an admin before a channel with outsiders is linked."""
    said = f"People from outside read this channel. Link it to {blocks.one_line(company, 150)} all the same?"
    return blocks.message(
        said,
        blocks.section(said),
        blocks.context("They will see the announcement. They see nothing else of Rapport."),
        blocks.actions(
            blocks.button("Link all the same", Action.CHANNEL_LINK, {"company": company_id}, style="primary")
        ),
    )


def linked(done: Receipt) -> Message:
    """What the one who linked or unlinked reads."""
    undo = blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done.undo_id else None
    return blocks.message(done.sentence, blocks.section(f"{done.sentence}."), blocks.actions(undo))


def listed(links: Sequence[LinkView], *, now: datetime, zone: ZoneInfo) -> Message:
    """Every link of the team."""
    if not links:
        said = "No channel is linked to a company. Say `/crm link` with a company's name in a channel to link it."
        return blocks.message(said, blocks.section(said))
    rows = [part for one in links[:_LISTED] for part in _row(one, now, zone)]
    more = len(links) - _LISTED
    return blocks.message(
        f"{wording.counted(len(links), 'channel')} linked to a company.",
        blocks.header("Linked channels"),
        *rows,
        blocks.context(f"and {more} more") if more > 0 else None,
    )


def _row(one: LinkView, now: datetime, zone: ZoneInfo) -> tuple[Block | None, Block | None]:
    row: list[Piece] = [{"type": "channel", "channel_id": one.channel}, " belongs to ", blocks.bold(one.company, 150)]
    row.append(f" · linked {wording.ago(one.linked_at, now, zone)}")
    row += [" by ", blocks.person(one.linked_by)] if one.linked_by else []
    row += [" · people from outside read it"] if one.outsiders else []
    value = {"channel": one.channel}
    unlink = blocks.button("Unlink", Action.CHANNEL_UNLINK, value, label_aloud=f"Unlink {one.company}")
    return blocks.lines(row), blocks.actions(unlink)
