"""Block Kit atoms that know Slack's limits: text from outside is cut, cleaned and shown as data, never as markup."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.names import Action, encode

Block = dict[str, Any]
Piece = str | Block
Line = Sequence[Piece] | str

MESSAGE_BLOCKS: Final = 50
MESSAGE_CHARACTERS: Final = 12_000  # Slack refuses somewhere above 13,200, which it documents nowhere.
FALLBACK_CHARACTERS: Final = 4_000
_TEXT: Final = 3_000
_BUTTON: Final = 75
_ELLIPSIS: Final = "…"
_NOTHING: Final = "–"  # Slack refuses a text without a sign.
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_DROPPED: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS: Final = re.compile(r"\r\n?|\u2028|\u2029")
_TYPED: Final = re.compile(r"`(/crm [^`\n]{1,200})`")
_SPACES: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: blocks, and the same in words, for notifications and for those who hear it read aloud."""

    text: str
    blocks: tuple[Block, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As an outbox row keeps it."""
        return {"text": self.text, "blocks": list(self.blocks)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Message":
        """From an outbox row."""
        return cls(str(value.get("text", "")), tuple(value.get("blocks") or ()))


def clean(text: str) -> str:
    """Text without control characters, halves of characters, and signs that turn the reading direction."""
    return _DROPPED.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))


def cut(text: str, limit: int) -> str:
    """Clean text of at most `limit` characters, with an ellipsis where something is missing."""
    text = clean(text)
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + _ELLIPSIS


def one_line(text: str, limit: int = 150) -> str:
    """Clean text on one line."""
    return cut(" ".join(clean(text).split()), limit)


def escape(text: str, limit: int | None = None) -> str:
    """Text for markup: the three signs escaped once, then cut to `limit` characters, never inside an entity."""
    signs = [_ESCAPES.get(one, one) for one in clean(text)]
    if limit is None or sum(map(len, signs)) <= limit:
        return "".join(signs)
    kept, room = [], limit - len(_ELLIPSIS)
    for sign in signs:
        room -= len(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept) + _ELLIPSIS if limit > 0 else ""


def plain(text: str, limit: int = _TEXT) -> Block:
    """A text in which nothing is markup; emoji names stay letters."""
    shown = cut(text, limit)
    return {"type": "plain_text", "text": shown if shown.strip() else _NOTHING, "emoji": False}


def mrkdwn(markup: str) -> Block:
    """Markup of our own making, in which everything from outside has gone through `escape`."""
    return {"type": "mrkdwn", "text": markup[:_TEXT] or _NOTHING, "verbatim": True}


def message(said: str, *blocks: Block | None) -> Message:
    """A message of plain words and blocks; blocks that are None are left out."""
    kept = tuple(one for one in blocks if one is not None)
    words = said if clean(said).strip() else _first_words(kept)
    return fit(Message(escape(words, FALLBACK_CHARACTERS), kept))


def joined(messages: Sequence[Message]) -> Message:
    """Several messages as one, a line between them."""
    parts: list[Block] = []
    for one in messages:
        parts += [divider(), *one.blocks] if parts else one.blocks
    return Message("\n".join(one.text for one in messages), tuple(parts))


# Pieces of a line.


def bold(text: str, limit: int = 300) -> Piece:
    """Words in bold."""
    return {"type": "text", "text": one_line(text, limit) or _NOTHING, "style": {"bold": True}}


def quiet(text: str, limit: int = 300) -> Piece:
    """Words in italics."""
    return {"type": "text", "text": one_line(text, limit) or _NOTHING, "style": {"italic": True}}


def code(text: str, limit: int = 300) -> Piece:
    """Something to type."""
    return {"type": "text", "text": one_line(text, limit) or _NOTHING, "style": {"code": True}}


def person(slack_user_id: str) -> Piece:
    """A colleague by Slack id; what is no id stays a word."""
    if re.fullmatch(r"[UW][A-Z0-9_]{1,30}", slack_user_id):
        return {"type": "user", "user_id": slack_user_id}
    return one_line(slack_user_id)


def link(url: str, label: str) -> Piece:
    """A link that says where it leads; what is no web address stays words."""
    if not re.match(r"https?://[^\s<>|]+$", url) or len(url) > _TEXT:
        return one_line(label)
    return {"type": "link", "url": url, "text": one_line(label, 100) or "open"}


def emoji(name: str) -> Piece:
    """An emoji that repeats what the words beside it say."""
    return {"type": "emoji", "name": name}


def moment(at: datetime, zone: ZoneInfo) -> Piece:
    """A time that each reader of a channel sees in a zone of their own."""
    shown = at.astimezone(zone)
    fallback = f"{shown:%a} {shown.day} {shown:%b %H:%M}"
    return {
        "type": "date",
        "timestamp": max(0, int(at.timestamp())),
        "format": "{date_short_pretty} {time}",
        "fallback": fallback,
    }


# Blocks.


def header(text: str) -> Block:
    """The head of a card."""
    return {"type": "header", "text": plain(one_line(text), 150)}


def section(text: str, *, accessory: Block | None = None) -> Block:
    """Plain words, with a button beside them if there is one."""
    block: Block = {"type": "section", "text": plain(_untyped(text))}
    return {**block, "accessory": accessory} if accessory else block


def fields(texts: Sequence[str]) -> Block | None:
    """Up to ten short texts in two columns."""
    shown = [plain(one, 2_000) for one in texts if one.strip()][:10]
    return {"type": "section", "fields": shown} if shown else None


def lines(*rows: Line | None) -> Block | None:
    """Lines of words and pieces; nothing in them is markup. Rows that are None or empty are left out."""
    pieces: list[Block] = []
    for row in rows:
        if not row:
            continue
        if pieces:
            pieces.append(_words("\n"))
        pieces += [_words(one) if isinstance(one, str) else one for one in ([row] if isinstance(row, str) else row)]
    return _rich({"type": "rich_text_section", "elements": pieces}) if pieces else None


def bullets(rows: Sequence[Line]) -> Block | None:
    """A list with bullets."""
    items = [
        {
            "type": "rich_text_section",
            "elements": [
                _words(one) if isinstance(one, str) else one for one in ([row] if isinstance(row, str) else row)
            ],
        }
        for row in rows
        if row
    ]
    return _rich({"type": "rich_text_list", "style": "bullet", "elements": items}) if items else None


def quote(text: str, limit: int = 1_500) -> Block | None:
    """What somebody wrote, set apart."""
    shown = cut(text, limit).strip()
    return _rich({"type": "rich_text_quote", "elements": [_words(shown, limit)]}) if shown else None


def preformatted(text: str, limit: int = 2_500) -> Block | None:
    """Text in which columns stand below each other."""
    shown = cut(text, limit).strip("\n")
    return _rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}) if shown else None


def together(*parts: Block | None) -> Block | None:
    """Lines, lists and quotes as one block."""
    elements = [element for part in parts if part is not None for element in part["elements"]]
    return {"type": "rich_text", "elements": elements} if elements else None


def context(*texts: str) -> Block | None:
    """Small print."""
    shown = [plain(_untyped(one), 2_000) for one in texts if one.strip()][:10]
    return {"type": "context", "elements": shown} if shown else None


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def image(url: str, alt_text: str, title: str = "") -> Block:
    """A picture with its words."""
    block: Block = {"type": "image", "image_url": url, "alt_text": cut(alt_text, 2_000) or "picture"}
    return {**block, "title": plain(title, 2_000)} if title else block


def actions(*buttons: Block | None) -> Block | None:
    """A row of buttons; equal names get a number, since Slack wants them unique in a block."""
    shown = [one for one in buttons if one is not None][:25]
    if not shown:
        return None
    names = [str(one["action_id"]) for one in shown]
    for number, one in enumerate(shown):
        if names.count(names[number]) > 1:
            one["action_id"] = f"{names[number]}:{number}"
    return {"type": "actions", "elements": shown}


def button(
    label: str,
    action: Action,
    value: Mapping[str, str | int] | None = None,
    *,
    style: str | None = None,
    confirm: Block | None = None,
    label_aloud: str = "",
) -> Block:
    """A button that says the act; `style` is primary or danger."""
    block: Block = {
        "type": "button",
        "text": plain(one_line(label, _BUTTON), _BUTTON),
        "action_id": action.value,
        "value": encode(value or {}),
    }
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    if label_aloud:
        block["accessibility_label"] = one_line(label_aloud, _BUTTON)
    return block


def confirm(title: str, text: str, yes: str, no: str = "Cancel") -> Block:
    """The question before something that cannot be taken back."""
    return {
        "title": plain(one_line(title), 100),
        "text": plain(text, 300),
        "confirm": plain(one_line(yes), 30),
        "deny": plain(no, 30),
    }


def overflow(action: Action, choices: Sequence[tuple[str, Mapping[str, str | int]]]) -> Block | None:
    """A menu of one to five further acts; one whose value passes 150 characters is left out."""
    shown = [option(label, encode(value)) for label, value in choices if len(encode(value)) <= 150][:5]
    return {"type": "overflow", "action_id": action.value, "options": shown} if shown else None


def option(label: str, value: str, description: str = "") -> Block:
    """One choice of a menu."""
    block: Block = {"text": plain(one_line(label, 75) or "(no name)", 75), "value": value[:150]}
    return {**block, "description": plain(one_line(description, 75), 75)} if description.strip() else block


# What Slack would refuse.


def characters(value: object) -> int:
    """The characters of all texts anywhere in a block."""
    if isinstance(value, Mapping):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(one) for one in value.values() if isinstance(one, Mapping | list))
    return sum(characters(one) for one in value) if isinstance(value, list | tuple) else 0


def fit(whole: Message) -> Message:
    """The message within Slack's limits; what had to go is said in its last line, and buttons go last of all."""
    text = whole.text if len(whole.text) <= FALLBACK_CHARACTERS else _cut_markup(whole.text)
    kept = list(whole.blocks)
    if len(kept) <= MESSAGE_BLOCKS and characters(kept) <= MESSAGE_CHARACTERS:
        return Message(text, tuple(kept))
    room = MESSAGE_CHARACTERS - 200
    while len(kept) > MESSAGE_BLOCKS - 1 or characters(kept) > room:
        words = [number for number, one in enumerate(kept) if number and one.get("type") != "actions"]
        kept.pop(words[-1] if words else -1)
    gone = len(whole.blocks) - len(kept)
    parts = "1 part was" if gone == 1 else f"{gone} parts were"
    said = context(f"{parts} left out here, since Slack shows at most {MESSAGE_CHARACTERS:,} characters in a message.")
    return Message(text, (*kept, *([said] if said else [])))


def _first_words(blocks: Sequence[Block]) -> str:
    """The head of a card, for those who see no blocks."""
    for block in blocks:
        text = block.get("text")
        if isinstance(text, Mapping) and str(text.get("text", "")).strip():
            return str(text["text"])
    return _NOTHING


def _untyped(text: str) -> str:
    """Plain text shows the signs of code as they are, so a line to be typed stands in it without them."""
    return _TYPED.sub(r"\1", text)


def _cut_markup(markup: str) -> str:
    kept = markup[: FALLBACK_CHARACTERS - 1]
    start = kept.rfind("&", -6)
    return (kept[:start] if start >= 0 and ";" not in kept[start:] else kept) + _ELLIPSIS


def _words(text: str, limit: int = _TEXT) -> Block:
    """A piece of data; spaces at its ends stay, since they part it from its neighbours."""
    shown = cut(text, limit) if len(text) > limit else clean(text)
    return {"type": "text", "text": _SPACES.sub(" ", shown) or " "}


def _rich(element: Block) -> Block:
    return {"type": "rich_text", "elements": [element]}
