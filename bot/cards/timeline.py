"""A timeline: newest first, what may not be read marked as such, a menu of kinds, and buttons to older and newer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import files, mail_why, wording
from bot.names import Action, decode, encode
from crm_store.values.people import TimelineEntry
from crm_store.values.timeline import HistoryPage, Place, Subject, Wanted, Words

_TEXT: Final = 280
_ENTRIES: Final = 10
_OPTION: Final = 150
_ARROWS: Final = {"incoming": "from them", "in": "from them", "outgoing": "from us", "out": "from us"}
_ONE_SIDED: Final = frozenset({"mail", "message", "form", "call"})
_HEADS: Final = {"deal": "Deal changed", "task": "Task done"}
_MENU: Final = (
    ("Everything", ""), ("Mails", "mail"), ("Calls", "call"), ("Meetings", "meeting"), ("Messages", "message"),
    ("Notes", "note"), ("Forms", "form"), ("Orders", "order"), ("Deal changes", "deal"), ("Tasks done", "task"),
)  # fmt: skip
_PIECE: Final = 2_800
_PART: Final = 8_400
"""So many characters of a long text are shown at once: Slack takes some 12,000 in a message."""


def page(of: Subject, shown: HistoryPage, wanted: Wanted, *, now: datetime, zone: ZoneInfo) -> Message:
    """One page of ten entries; what is wanted goes along with its buttons."""
    filtered = _filter(wanted, now, zone)
    if not shown.entries:
        said = f"There is nothing with {of.name} yet." if wanted.is_all else f"Nothing of that kind with {of.name}."
        return blocks.message(said, blocks.section(said), _private(shown), _buttons(of, shown, wanted))
    entries = [block for one in shown.entries[:_ENTRIES] for block in _with_buttons(one, of, now, zone)]
    count = wording.counted(len(shown.entries), "entry", "entries")
    return blocks.message(
        f"Timeline of {of.name}: {count}{f', only {filtered}' if filtered else ''}.",
        blocks.header(f"Timeline of {of.name}"),
        blocks.context(f"Only {blocks.one_line(filtered, 200)}") if filtered else None,
        *entries,
        _private(shown),
        _buttons(of, shown, wanted),
    )


def whole(found: Words, part: int, *, now: datetime, zone: ZoneInfo) -> Message:
    """A communication in full, below it the earlier conversation, a part at a time where it is long."""
    parts = _parts(found)
    part = max(0, min(part, len(parts) - 1))
    entry = found.entry
    counted = f"Part {part + 1} of {len(parts)}" if len(parts) > 1 else ""
    value: dict[str, str | int] = {"communication": entry.communication_id}
    back = blocks.button("Earlier part", Action.TIMELINE_WHOLE, {**value, "part": part - 1}) if part else None
    on = blocks.button("Next part", Action.TIMELINE_WHOLE, {**value, "part": part + 1})
    title = entry.subject or f"{wording.kind(entry.kind).capitalize()} {wording.moment(entry.happened_at, now, zone)}"
    return blocks.message(
        f"{blocks.one_line(title)}: all that was said. {counted}".strip(),
        blocks.header(title),
        blocks.lines(_head(entry, now, zone)),
        *[_piece(label, text) for label, text in parts[part]],
        blocks.context(counted),
        blocks.actions(back, on if part + 1 < len(parts) else None),
    )


def read(pressed: Mapping[str, object]) -> tuple[str, str, Wanted, Place | None]:
    """Whose timeline a button or the menu asks for, what of it, and where the page begins."""
    if pressed.get("customer"):
        return "customer", str(pressed["customer"]), Wanted(), None
    since, until = (_moment(str(pressed.get(name, ""))) for name in ("s", "u"))
    kinds = tuple(one for one in str(pressed.get("k", "")).split(",") if one)
    wanted = Wanted(kinds, since, until, str(pressed.get("t", "")))
    at = str(pressed.get("at", ""))
    return str(pressed.get("of", "customer")), str(pressed.get("id", "")), wanted, Place.read(at) if at else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _filter(wanted: Wanted, now: datetime, zone: ZoneInfo) -> str:
    """The filter in words, empty where there is none."""
    today = now.astimezone(zone).date()
    since, until = wanted.since, wanted.until
    labels = {kind: label.lower() for label, kind in _MENU if kind}
    days = [f"since {wording.day(since.astimezone(zone).date(), today)}"] if since else []
    days += [f"before {wording.day(until.astimezone(zone).date(), today)}"] if until else []
    kinds = [labels.get(one, wording.kind(one) + "s") for one in wanted.kinds]
    return ", ".join([*kinds, *([f"“{wanted.text}”"] if wanted.text else []), *days])


def _head(one: TimelineEntry, now: datetime, zone: ZoneInfo) -> list[Piece]:
    head: list[Piece] = [blocks.bold(_HEADS.get(one.kind) or wording.kind(one.kind).capitalize())]
    direction = _ARROWS.get(one.direction) if one.kind in _ONE_SIDED else None
    head.append(f" {direction}" if direction else "")
    head.append(f" · {wording.moment(one.happened_at, now, zone)}")
    if one.by:
        head += [" · by " if one.event_id else " · logged by ", blocks.person(one.by)]
    if one.permalink:
        head += [" · ", blocks.link(one.permalink, "open in Slack")]
    return [piece for piece in head if piece]


def _entry(one: TimelineEntry, of: Subject, now: datetime, zone: ZoneInfo) -> Block | None:
    rows: list[Line | None] = [_head(one, now, zone)]
    if of.of != "customer" and one.customers:
        rows.append(f"With {blocks.one_line(', '.join(one.customers[:4]), 200)}")
    if one.subject and not one.hidden:
        rows.append([blocks.bold(one.subject, 200)])
    if one.note:
        rows.append(blocks.one_line(one.note, 300))
    if one.hidden:
        rows.append([blocks.quiet("Only its author may read this.")])
    said = blocks.quote(" ".join(one.text.split()), _TEXT) if one.text.strip() and not one.hidden else None
    more = blocks.quiet("The earlier conversation is folded.") if one.quoted and not one.hidden else None
    return blocks.together(blocks.lines(*rows), said, blocks.lines([more] if more else None))


def _with_buttons(one: TimelineEntry, of: Subject, now: datetime, zone: ZoneInfo) -> tuple[Block | None, ...]:
    """An entry, below it the names of its files with the button that brings them, all of it, and why it is here."""
    is_long = bool(one.communication_id) and not one.hidden and (one.quoted or len(" ".join(one.text.split())) > _TEXT)
    value = {"communication": one.communication_id}
    shown = f"Show all of {one.subject or wording.kind(one.kind)}"
    unfold = blocks.button("Show all", Action.TIMELINE_WHOLE, value, label_aloud=shown) if is_long else None
    why = mail_why.button(one.communication_id) if one.by_mail else None
    return _entry(one, of, now, zone), files.row(one.files, one.communication_id), blocks.actions(unfold, why)


def _private(shown: HistoryPage) -> Block | None:
    return blocks.context(wording.counted(shown.private, "private note")) if shown.private else None


def _buttons(of: Subject, shown: HistoryPage, wanted: Wanted) -> Block | None:
    newer = blocks.button("Newer", Action.TIMELINE_NEWER, _value(of, wanted, shown.newer)) if shown.newer else None
    older = blocks.button("Older", Action.TIMELINE_OLDER, _value(of, wanted, shown.older)) if shown.older else None
    log = blocks.button("Log", Action.LOG_DIALOG, {"customer": of.row_id}) if of.of == "customer" else None
    return blocks.actions(newer, older, _menu(of, wanted), log)


def _value(of: Subject, wanted: Wanted, place: Place | None = None) -> dict[str, str | int]:
    """What a button carries, without what is empty."""
    given = {
        "of": of.of,
        "id": of.row_id,
        "k": ",".join(wanted.kinds),
        "t": wanted.text[:300],
        "s": wanted.since.isoformat() if wanted.since else "",
        "u": wanted.until.isoformat() if wanted.until else "",
        "at": str(place) if place else "",
    }
    return {name: one for name, one in given.items() if one}


def _menu(of: Subject, wanted: Wanted) -> Block:
    """The kinds; a choice begins anew at the newest entry, with the days and the words as far as they fit."""
    options = [blocks.option(label, _choice(of, kind, wanted)) for label, kind in _MENU]
    chosen = wanted.kinds[0] if len(wanted.kinds) == 1 else ""
    at = next((number for number, (_, kind) in enumerate(_MENU) if kind == chosen), 0)
    menu: Block = {
        "type": "static_select",
        "action_id": Action.TIMELINE_KIND.value,
        "placeholder": blocks.plain("Show", 150),
        "options": options,
    }
    return menu if len(wanted.kinds) > 1 else {**menu, "initial_option": options[at]}


def _choice(of: Subject, kind: str, wanted: Wanted) -> str:
    kinds = (kind,) if kind else ()
    full = encode(_value(of, Wanted(kinds, wanted.since, wanted.until, wanted.text)))
    if len(full) <= _OPTION and decode(full):
        return full
    days = encode(_value(of, Wanted(kinds, wanted.since, wanted.until)))
    return days if len(days) <= _OPTION else encode(_value(of, Wanted(kinds)))


def _parts(found: Words) -> list[list[tuple[str, str]]]:
    """The texts in pieces that a block takes, as many of them together as a message takes; never none."""
    pieces = [("", one) for one in _pieces(found.entry.text)]
    pieces += [("The earlier conversation", one) for one in _pieces(found.quoted)]
    parts: list[list[tuple[str, str]]] = [[]]
    for one in pieces:
        if parts[-1] and sum(len(text) for _, text in parts[-1]) + len(one[1]) > _PART:
            parts.append([])
        parts[-1].append(one if not parts[-1] or parts[-1][-1][0] != one[0] else ("", one[1]))
    return parts


def _pieces(text: str) -> list[str]:
    """The text cut at the ends of lines or words."""
    rest, pieces = blocks.clean(text).strip(), []
    while rest:
        end = len(rest)
        if end > _PIECE:
            end = max(rest.rfind("\n", 1, _PIECE), rest.rfind(" ", _PIECE // 2, _PIECE))
            end = end if end > _PIECE // 2 else _PIECE
        pieces.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [one for one in pieces if one]


def _piece(label: str, text: str) -> Block | None:
    return blocks.together(blocks.lines([blocks.bold(label)]) if label else None, blocks.quote(text, _PIECE))
