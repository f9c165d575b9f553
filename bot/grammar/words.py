"""A line cut into words: quotes keep words together, `key:value` pairs are told apart, Slack's own signs are read."""

import re
from dataclasses import dataclass

KEYS_TEXT = """
deal company due close amount stage owner since until tag save export title email mail phone domain by name kind as_of
"""
KEYS = frozenset(KEYS_TEXT.split())
_SLACK_SIGN = re.compile(r"<([^<>\n]{1,3000})>")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "”": "”"}
_KEY = re.compile(r"([A-Za-z][A-Za-z_-]{1,19}):(?!//)")
_UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several in quotes; `key` is set for `key:value`; start and end are its place in the line."""

    text: str
    start: int
    end: int
    quoted: bool = False
    key: str = ""


def from_slack(text: str) -> str:
    """Slack's escaped text as a person reads it: links, addresses and mentions resolved, signs unescaped once.

    `<@U1>` becomes `@U1`, `<mailto:a@b.com|a@b.com>` becomes `a@b.com`; call it once and only on text from Slack.
    """
    resolved = _SLACK_SIGN.sub(lambda found: _resolved(found[1]), text)
    return visible(resolved.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def without_mention(text: str, bot_user: str) -> str:
    """Text from Slack without the bot's own mention at its start (call before `from_slack`)."""
    return re.sub(rf"^\s*<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*", "", text)


def visible(text: str) -> str:
    """Text without control and direction-changing characters; line breaks and tabs stay."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\u00a0", " "))


def split(text: str) -> tuple[Word, ...]:
    """The words of a line in their order; a quote that is never closed counts as a letter."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _one(text, at)
        found.append(word)
        at = max(word.end, at + 1)
    return tuple(found)


def join(words: tuple[Word, ...] | list[Word]) -> str:
    """Words with single blanks between them, quotes off."""
    return " ".join(word.text for word in words if word.text)


def _one(text: str, at: int) -> Word:
    quoted = _quoted(text, at)
    if quoted is not None:
        return quoted
    key = _KEY.match(text, at)
    if key and key[1].lower() in KEYS:
        value = _quoted(text, key.end())
        if value is not None:
            return Word(value.text, at, value.end, True, key[1].lower())
        end = _blank(text, key.end())
        return Word(text[key.end() : end], at, end, False, key[1].lower())
    end = _blank(text, at)
    return Word(text[at:end], at, end)


def _blank(text: str, at: int) -> int:
    """Where the word that runs at `at` ends."""
    end = at
    while end < len(text) and not text[end].isspace():
        end += 1
    return end


def _quoted(text: str, at: int) -> Word | None:
    closing = _QUOTES.get(text[at : at + 1])
    if not closing:
        return None
    candidates = [place for place in (text.find(mark, at + 1) for mark in {closing, '"'}) if place > at]
    if not candidates:
        return None
    end = min(candidates)
    return Word(" ".join(text[at + 1 : end].split()), at, end + 1, True)


def _resolved(sign: str) -> str:
    target, bar, label = sign.partition("|")
    if target.startswith(("@", "#")):
        return f"#{label}" if target[0] == "#" and label else target
    if target.startswith("!"):
        return label.strip() if bar else target[1:].partition("^")[0]
    if target.startswith(("mailto:", "tel:")):
        return label or target.partition(":")[2]
    if not bar or not label.strip():
        return target
    bare = target.partition("://")[2].rstrip("/")
    return label if label.rstrip("/").removeprefix("www.") in bare or label in target else f"{label} ({target})"
