"""The timeline of a customer: newest first, what may not be read marked as such, and a button to what is older."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import files, mail_why, wording
from bot.names import Action
from crm_store.values.people import CustomerBrief, TimelineEntry, TimelinePage

_TEXT: Final = 280
_ENTRIES: Final = 20
_ARROWS: Final = {"incoming": "from them", "in": "from them", "outgoing": "from us", "out": "from us"}
_ONE_SIDED: Final = frozenset({"mail", "message", "form", "call"})


def page(
    customer: CustomerBrief, shown: TimelinePage, *, kinds: Sequence[str] = (), text: str = "", now: datetime,
    zone: ZoneInfo, since: datetime | None = None, until: datetime | None = None,
) -> Message:  # fmt: skip
    """One page; kinds, text and days are the filter, which the Older button keeps."""
    name = wording.customer(customer)
    filtered = _filter(kinds, text, since, until, now, zone)
    if not shown.entries:
        said = f"Nothing of that kind with {name}." if filtered else f"There is nothing with {name} yet."
        return blocks.message(said, blocks.section(said), _private(shown))
    entries = [block for one in shown.entries[:_ENTRIES] for block in _with_buttons(one, now, zone)]
    return blocks.message(
        f"Timeline of {name}: {wording.counted(len(shown.entries), 'entry', 'entries')}.",
        blocks.header(f"Timeline of {name}"),
        blocks.context(f"Only {blocks.one_line(filtered, 200)}") if filtered else None,
        *entries,
        _private(shown),
        _older(customer, shown, kinds, text, since),
    )


def _filter(
    kinds: Sequence[str], text: str, since: datetime | None, until: datetime | None, now: datetime, zone: ZoneInfo
) -> str:
    """The filter in words, empty where there is none."""
    today = now.astimezone(zone).date()
    days = [f"since {wording.day(since.astimezone(zone).date(), today)}"] if since else []
    days += [f"until {wording.day(until.astimezone(zone).date(), today)}"] if until else []
    return ", ".join([*(wording.kind(kind) + "s" for kind in kinds), *([f"“{text}”"] if text else []), *days])


def _entry(one: TimelineEntry, now: datetime, zone: ZoneInfo) -> Block | None:
    head: list[Piece] = [blocks.bold(wording.kind(one.kind).capitalize())]
    direction = _ARROWS.get(one.direction) if one.kind in _ONE_SIDED else None
    head.append(f" {direction}" if direction else "")
    head.append(f" · {wording.moment(one.happened_at, now, zone)}")
    if one.by:
        head += [" · logged by ", blocks.person(one.by)]
    if one.permalink:
        head += [" · ", blocks.link(one.permalink, "open in Slack")]
    rows: list[Line | None] = [[piece for piece in head if piece]]
    if one.subject and not one.hidden:
        rows.append([blocks.bold(one.subject, 200)])
    if one.note:
        rows.append(blocks.one_line(one.note, 300))
    if one.hidden:
        rows.append([blocks.quiet("Only its author may read this.")])
    said = blocks.quote(" ".join(one.text.split()), _TEXT) if one.text.strip() and not one.hidden else None
    more = blocks.quiet("The earlier conversation is folded.") if one.quoted and not one.hidden else None
    return blocks.together(blocks.lines(*rows), said, blocks.lines([more] if more else None))


def _with_buttons(one: TimelineEntry, now: datetime, zone: ZoneInfo) -> tuple[Block | None, ...]:
    """An entry, and below it the names of its files with the button that brings them, and why it is here."""
    asked = blocks.actions(mail_why.button(one.communication_id)) if one.by_mail else None
    return _entry(one, now, zone), files.row(one.files, one.communication_id), asked


def _private(shown: TimelinePage) -> Block | None:
    return blocks.context(wording.counted(shown.private, "private note")) if shown.private else None


def _older(
    customer: CustomerBrief, shown: TimelinePage, kinds: Sequence[str], text: str, since: datetime | None
) -> Block | None:
    log = blocks.button("Log", Action.LOG_DIALOG, {"customer": customer.customer_id})
    if shown.older is None:
        return blocks.actions(log)
    value = {
        "customer": customer.customer_id,
        "before": shown.older.isoformat(),
        "kinds": ",".join(kinds),
        "text": text[:300],
        "since": since.isoformat() if since else "",
    }
    return blocks.actions(blocks.button("Older", Action.TIMELINE_OLDER, value), log)
