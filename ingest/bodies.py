"""The text that a person reads in a mail: the right part of several, unwrapped from the form it travelled in."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

from ingest import html, sealed
from ingest.mime_parts import Part, Tree
from ingest.parsed import Protection

MOST_TEXT: Final = 1_000_000
_PLAIN: Final = frozenset({"text/plain", "text/enriched", "text/richtext"})
_TOGETHER: Final = 20
_STUB: Final = 120
_PARAMETER: Final = re.compile(r"<param>[^<]{0,1000}</param>", re.IGNORECASE)
_COMMAND: Final = re.compile(r"</?[A-Za-z0-9-]{1,60}>")
_NEW_LINES: Final = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class Body:
    """The text, the parts it came from (by identity), what had to be said about it, and how it is protected."""

    text: str
    used: frozenset[int]
    warnings: tuple[str, ...]
    protection: Protection


def read(tree: Tree) -> Body:
    """The plain part, unless it is empty or only a stub of the HTML part."""
    texts = [part for part in tree.parts if _is_body(part)]
    used = frozenset(id(part) for part in texts)
    text = _chosen(texts)
    warnings = ("A text was cut because of its length.",) if len(text) >= MOST_TEXT else ()
    protection = tree.protection
    if protection is Protection.NONE and "-----BEGIN PGP " in text:
        protection = sealed.of_text(text)
        text = sealed.without_armour(text)
    return Body(text, used, warnings, protection)


def _chosen(texts: list[Part]) -> str:
    plain = next((part for part in texts if part.content_type in _PLAIN), None)
    rich = next((part for part in texts if part.content_type == "text/html"), None)
    if plain is None and rich is None:
        return ""
    together = plain is not None and rich is not None and _alternatives(plain, rich)
    written = _joined_texts(texts)[:MOST_TEXT]
    if rich is None or (plain is not None and not together and written.strip()):
        return written
    shown = html.to_text(rich.text())
    return shown if plain is None or _is_stub(written, shown) else written


def _is_body(part: Part) -> bool:
    if part.content_type not in _PLAIN | {"text/html"} or part.disposition == "attachment":
        return False
    return part.name is None or not part.headers.has("content-disposition")


def _alternatives(plain: Part, rich: Part) -> bool:
    return "multipart/alternative" in plain.parents and "multipart/alternative" in rich.parents


def _joined_texts(texts: list[Part]) -> str:
    first = next((part for part in texts if part.content_type in _PLAIN), None)
    if first is None:
        return ""
    together = [part for part in texts if part.content_type == first.content_type and part.parents == first.parents]
    together = together[:1] if "multipart/alternative" in first.parents else together[:_TOGETHER]
    return "\n".join(_unwrapped(part) for part in together)


def _unwrapped(part: Part) -> str:
    text = part.text()
    if part.content_type != "text/plain":
        return plain_of_enriched(text[:MOST_TEXT])
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    return unflowed(text, joined_without_space=part.parameters.get("delsp", "").lower() == "yes")


def unflowed(text: str, *, joined_without_space: bool = False) -> str:
    """Format flowed (RFC 3676): a line that ends with a space goes on in the next one of the same depth.

    With DelSp the space that says so is none of the text.
    """
    out: list[str] = []
    joining, depth_before = False, 0
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        # A space put before a line protects it from being taken for a quote or a separator.
        rest = line[depth:].removeprefix(" ")
        if joining and depth == depth_before and rest != "-- ":
            out[-1] = (out[-1][:-1] if joined_without_space else out[-1]) + rest
        else:
            out.append(f"{'>' * depth} {rest}" if depth else rest)
        joining, depth_before = line.endswith(" ") and rest != "-- ", depth
    return "\n".join(out)


def plain_of_enriched(text: str) -> str:
    """Text of text/enriched (RFC 1896): commands out, one line end is a space, each further one is a line end."""
    plain = _COMMAND.sub("", _PARAMETER.sub("", text.replace("<<", "\ufdd1"))).replace("\ufdd1", "<")
    return _NEW_LINES.sub(lambda found: "\n" * (len(found[0]) - 1) or " ", unescape(plain)).strip()


def _is_stub(written: str, shown: str) -> bool:
    """Some programs write a plain part that is empty or says only that there is HTML."""
    few, many = len("".join(written.split())), len("".join(shown.split()))
    return many > 0 and (few == 0 or (few < _STUB and many > 4 * few) or written.lstrip()[:1] == "<")
