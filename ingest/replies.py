"""New text and quoted text of a mail, so that both together lose nothing."""

import re
from dataclasses import dataclass

from ingest.column_headers import read_columns
from ingest.header_block import label_of, opens_quote, read_block
from ingest.quote_intro import Separator, find_intro, names_forward, separator_of
from ingest.quoted_lines import MOST_SEARCHED, Line, has_address, lines_of, tidy
from ingest.stacked_headers import first_sentence, in_dashes, read_stacked

_RULE = re.compile(r"\s{0,8}[-_=*~]{3,9}\s{0,8}")
_ABOVE_THIS_LINE = re.compile(
    r"^\W{0,12}(?:please )?(?:type|write|enter|add)?\s?(?:your )?repl(?:y|ies) (?:(?:only )?above|over) th(?:is|"
    r"e) line\W{0,12}$|"
    r"^\W{2,12}(?:bitte )?(?:ihre )?antwort(?:en)?(?: sie)? (?:oberhalb|über) dieser (?:zeile|linie)",
    re.IGNORECASE,
)
_MOST_MATCHED = 120
_MOST_ATTRIBUTION = 8
_MOST_FOOTER = 8
_MOST_LINES_OF_FOOTER = 60


@dataclass(frozen=True, slots=True)
class Split:
    """What the sender wrote this time, and what was there before."""

    new_text: str
    quoted_text: str
    answered: bool


def split(text: str) -> Split:
    """Part new text from quotes; answers between and below quoted lines stay, in order."""
    lines = lines_of(text)
    found = _parted(lines)
    return (not found.new_text and _below_block(lines)) or found


def _parted(lines: list[Line]) -> Split:
    kept: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        step = _step(lines, at)
        kept += step.kept
        if not step.is_new and kept and _RULE.fullmatch(kept[-1]):
            quoted.insert(len(quoted) - (step.next - at), kept.pop())
        if not step.is_new and _gap_follows(lines, step.next, kept):
            kept.pop()
        quoted += [line.raw for line in lines[at : step.next]] if not step.is_new else []
        at = step.next
    return Split(_joined(kept), tidy("\n".join(quoted)), bool(quoted))


def _below_block(lines: list[Line]) -> Split | None:
    """Where nothing stands above a block without bars, what stands below it may be the answer and is kept."""
    first = next((at for at, line in enumerate(lines) if not line.blank), None)
    if first is None or lines[first].depth or lines[first].marked:
        return None
    block = read_block(lines, first)
    if block is None:
        return None
    below = _parted([line for line in lines[block.end :] if not line.marked])
    head = "\n".join(line.raw for line in lines[: block.end])
    return Split(below.new_text, tidy(f"{head}\n\n{below.quoted_text}"), answered=True)


def _gap_follows(lines: list[Line], at: int, kept: list[str]) -> bool:
    """Where a quote falls out, the gaps above and below it become one."""
    return bool(kept) and not kept[-1].strip() and at < len(lines) and lines[at].blank and not lines[at].depth


@dataclass(frozen=True, slots=True)
class _Step:
    next: int
    is_new: bool
    kept: tuple[str, ...] = ()


def _step(lines: list[Line], at: int) -> _Step:
    line = lines[at]
    if line.marked:
        return _Step(_end_of_marked(lines, at), is_new=False)
    if (line.depth and not line.text.endswith("<")) or _fell_out_of_bars(lines, at):
        return _Step(at + 1, is_new=False)
    if line.blank or at >= MOST_SEARCHED:
        return _Step(at + 1, is_new=True, kept=(line.raw,))
    if _cuts_all(lines, at):
        return _Step(at + 1 if _bars_follow(lines, at) else len(lines), is_new=False)
    intro = find_intro(lines, at)
    if intro:
        kept = (intro.before,) if intro.before else ()
        return _Step(intro.end if intro.certain else len(lines), is_new=False, kept=kept)
    return _Step(at + 1, is_new=True, kept=(line.raw,))


def _fell_out_of_bars(lines: list[Line], at: int) -> bool:
    """The rest of a quoted link that a program broke: it closes a bracket, or its bar stands at its end."""
    between = 0 < at < len(lines) - 1 and lines[at - 1].depth and lines[at + 1].depth
    if not between or lines[at].blank:
        return False
    above = lines[at - 1].text
    opened = max(above.rfind("(http"), above.rfind("<http"))
    torn = opened >= 0 and not set(above[opened:]) & set(" )>") and " " not in lines[at].text.rstrip(")>")
    return torn or (lines[at].text.endswith(" >") and "://" in lines[at].text)


def _bars_follow(lines: list[Line], at: int) -> bool:
    following = next((line for line in lines[at + 1 : at + 4] if not line.blank), None)
    return following is not None and following.depth > lines[at].depth


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
    if _ABOVE_THIS_LINE.search(lines[at].text[:_MOST_MATCHED]):
        return any(not line.blank for line in lines[:at])
    separator = separator_of(lines[at])
    if separator is Separator.ORIGINAL or (separator is Separator.FORWARD and names_forward(lines[at])):
        return True
    if separator is Separator.RULE:
        following = next((here for here in range(at + 1, min(at + 4, len(lines))) if not lines[here].blank), None)
        return (following is not None and _tells_of_a_mail(lines, following)) or _is_footer(lines, at)
    if separator is Separator.FORWARD:
        following = next((here for here in range(at + 1, min(at + 4, len(lines))) if not lines[here].blank), None)
        return following is not None and read_block(lines, following, least=2) is not None
    if in_dashes(lines[at]):
        return any(opens_quote(lines, here) for here in range(at + 1, min(at + 3, len(lines))))
    return opens_quote(lines, at) or (read_stacked(lines, at) or read_columns(lines, at)) is not None


def _tells_of_a_mail(lines: list[Line], at: int) -> bool:
    """Whether a block stands here, or labels with a sentence below them."""
    if read_block(lines, at) is not None:
        return True
    return label_of(lines[at].text) is not None and first_sentence(lines, at) is not None


def _is_footer(lines: list[Line], at: int) -> bool:
    """A mailing list puts its address below a ruled line at the very end."""
    if len(lines) - at > _MOST_LINES_OF_FOOTER:
        return False
    rest = [line for line in lines[at + 1 :] if not line.blank and not line.depth]
    return 0 < len(rest) <= _MOST_FOOTER and any(
        "list" in line.text.lower() and (has_address(line.text) or "mailing" in line.text.lower()) for line in rest
    )


def _joined(kept: list[str]) -> str:
    return tidy("\n".join(kept))
