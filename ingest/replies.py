"""New text and quoted text of a mail, so that both together lose nothing."""

from dataclasses import dataclass

from ingest.header_block import opens_quote, read_block
from ingest.quote_intro import Separator, find_intro, names_forward, separator_of
from ingest.quoted_lines import MOST_SEARCHED, Line, has_address, lines_of, tidy

_MOST_ATTRIBUTION = 8
_MOST_FOOTER = 8


@dataclass(frozen=True, slots=True)
class Split:
    """What the sender wrote this time, and what was there before."""

    new_text: str
    quoted_text: str
    answered: bool


def split(text: str) -> Split:
    """Part new text from quotes; answers between and below quoted lines stay, in order."""
    lines = lines_of(text)
    kept: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        step = _step(lines, at)
        kept += step.kept
        quoted += [line.raw for line in lines[at : step.next]] if not step.is_new else []
        at = step.next
    return Split(_joined(kept), tidy("\n".join(quoted)), bool(quoted))


@dataclass(frozen=True, slots=True)
class _Step:
    next: int
    is_new: bool
    kept: tuple[str, ...] = ()


def _step(lines: list[Line], at: int) -> _Step:
    line = lines[at]
    if line.marked:
        return _Step(_end_of_marked(lines, at), is_new=False)
    if line.depth and not line.text.endswith("<"):
        return _Step(at + 1, is_new=False)
    if line.blank or at >= MOST_SEARCHED:
        return _Step(at + 1, is_new=True, kept=(line.raw,))
    if _cuts_all(lines, at):
        return _Step(len(lines), is_new=False)
    intro = find_intro(lines, at)
    if intro:
        kept = (intro.before,) if intro.before else ()
        return _Step(intro.end if intro.certain else len(lines), is_new=False, kept=kept)
    return _Step(at + 1, is_new=True, kept=(line.raw,))


def _end_of_marked(lines: list[Line], at: int) -> int:
    """Behind a mail program's own mark: up to its bars if it has some, else everything."""
    written = 0
    for here in range(at, len(lines)):
        if lines[here].depth:
            return here
        written += not lines[here].blank
        if written > _MOST_ATTRIBUTION:
            break
    return len(lines)


def _cuts_all(lines: list[Line], at: int) -> bool:
    """An Outlook header block or a separator: nothing new comes after it."""
    separator = separator_of(lines[at])
    if separator is Separator.ORIGINAL or (separator is Separator.FORWARD and names_forward(lines[at])):
        return True
    if separator is Separator.RULE:
        following = next((here for here in range(at + 1, min(at + 4, len(lines))) if not lines[here].blank), None)
        return (following is not None and read_block(lines, following) is not None) or _is_footer(lines, at)
    if separator is Separator.FORWARD:
        following = next((here for here in range(at + 1, min(at + 4, len(lines))) if not lines[here].blank), None)
        return following is not None and read_block(lines, following, least=2) is not None
    return opens_quote(lines, at)


def _is_footer(lines: list[Line], at: int) -> bool:
    """A mailing list puts its address below a ruled line at the very end."""
    rest = [line for line in lines[at + 1 :] if not line.blank and not line.depth]
    return 0 < len(rest) <= _MOST_FOOTER and any(
        "list" in line.text.lower() and (has_address(line.text) or "mailing" in line.text.lower()) for line in rest
    )


def _joined(kept: list[str]) -> str:
    return tidy("\n".join(kept))
