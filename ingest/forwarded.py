"""The mail inside a forward: who wrote it to whom and when, its text, and what the forwarder wrote above."""

import re
from dataclasses import dataclass, replace

from ingest import forward_dates
from ingest.column_headers import read_columns
from ingest.header_block import read_block, read_packed, read_unmarked
from ingest.header_fields import Block
from ingest.parsed import NOBODY, Forwarded
from ingest.quote_intro import Intro, Separator, ends_forward, find_intro, names_forward, separator_of
from ingest.quoted_lines import MOST_SEARCHED, Line, has_address, like_a_date, lines_of, tidy, without_bars
from ingest.stacked_headers import beside, first_sentence, in_dashes, read_stacked
from ingest.subjects import Turn, bare, turn_of

_MOST_LINES_BETWEEN = 4
_INDENT = "    "
_MOST_ANNOUNCING = 7
_PLAIN_LABELS = 3
_LONG_SUBJECT = 40
_PLAIN = 0.95
_SHORT_RULE = re.compile(r"\s{0,8}[-_=*~]{3,9}\s{0,8}")
_GAP = Line("", "", 0, marked=False)
_NOTHING_TOLD = Block(0, 0, 0, NOBODY, (), (), None, None, 0, ())


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the forwarder's own text ends, where the inner text begins, and how deeply that is quoted."""

    message_end: int
    body_start: int
    depth: int
    block: Block | None
    separator: Separator | None
    sure: float


def unwrap(text: str, subject: str | None, *, replied: bool = False) -> Forwarded | None:
    """The forwarded mail in a text; None where it is a reply or nothing was forwarded.

    `replied` says that the headers name a mail this one answers; a separator that only forwards
    have outweighs it, unless the subject says the same.
    """
    lines = lines_of(text)
    turn = turn_of(subject)
    cut = _find_cut(lines, turn)
    if cut is None or not _is_forward(cut, turn, replied=replied):
        return _by_sentence(lines, subject) if cut is None and turn is Turn.FORWARD else None
    if turn is Turn.FORWARD and cut.block is not None and cut.block.known_labels >= _PLAIN_LABELS:
        # Outlook writes no separator; its labels and the subject together leave no doubt.
        cut = replace(cut, sure=max(cut.sure, _PLAIN))
    return _forward(lines, cut, subject)


def _find_cut(lines: list[Line], turn: Turn | None) -> _Cut | None:
    for at, line in enumerate(lines[:MOST_SEARCHED]):
        if line.blank:
            continue
        separator = separator_of(line)
        cut = _after_separator(lines, at, separator) if separator else _on_one_line(lines, at)
        cut = cut or _bare_block(lines, at)
        if cut:
            return cut
        if separator and line.depth == 0 and (separator is Separator.ORIGINAL or names_forward(line)):
            return _without_block(lines, at) if separator is Separator.FORWARD else None
        intro = find_intro(lines, at) if line.depth == 0 and turn is not Turn.FORWARD else None
        if intro and intro.certain and not _announces_block(lines, intro):
            return None
    return None


def _without_block(lines: list[Line], at: int) -> _Cut:
    """Below a separator of forwards a sentence may tell who wrote; otherwise nothing does."""
    following = _next_written(lines, at + 1)
    intro = first_sentence(lines, following) if following is not None else None
    if intro is None or not intro.who.address:
        return _Cut(at, at + 1, 0, None, Separator.FORWARD, 0.4)
    block = beside(lines, intro)
    body = _next_written(lines, block.end)
    return _Cut(at, block.end, lines[body].depth if body is not None else 0, block, Separator.FORWARD, 0.9)


def _announces_block(lines: list[Line], intro: Intro) -> bool:
    """A sentence whose very next line opens a header block belongs to a forward, not to a reply."""
    following = _next_written(lines, intro.end)
    return following is not None and read_block(lines, following) is not None


def _next_written(lines: list[Line], at: int) -> int | None:
    for here in range(at, min(len(lines), at + _MOST_LINES_BETWEEN)):
        if not lines[here].blank:
            return here
    return None


def _after_separator(lines: list[Line], at: int, separator: Separator) -> _Cut | None:
    following = _next_written(lines, at + 1)
    if following is None:
        return None
    least = 3 if separator is Separator.RULE else 2
    block = (
        read_block(lines, following, least=least)
        or read_packed(lines[following], following, lines[following].text)
        or read_stacked(lines, following)
        or read_columns(lines, following)
        or (read_unmarked(lines, following) if separator is not Separator.RULE else None)
    )
    if block is None:
        return None
    return _Cut(
        at,
        _below_rule(lines, block.end),
        block.depth,
        block,
        separator,
        0.97 if separator is Separator.FORWARD else 0.9,
    )


def _below_rule(lines: list[Line], at: int) -> int:
    """Some programs rule off the block from the text, or write the separator once more."""
    while (
        at < len(lines) and lines[at].blank and separator_of(lines[min(at + 1, len(lines) - 1)]) is Separator.ORIGINAL
    ):
        at += 1
    if at < len(lines) and _SHORT_RULE.fullmatch(lines[at].raw) and lines[at].text != "--":
        return at + 1
    ruled = at < len(lines) and separator_of(lines[at]) is not None and not _opens(lines, at)
    return at + 1 if ruled and separator_of(lines[at - 1]) is None else at


def _opens(lines: list[Line], at: int) -> bool:
    """Whether a separator opens a mail of its own: a forward in the forward, or what was answered there."""
    following = _next_written(lines, at + 1)
    return following is not None and read_block(lines, following, least=2) is not None


def _on_one_line(lines: list[Line], at: int) -> _Cut | None:
    """Yahoo writes the separator and the whole block on one line."""
    line = lines[at]
    if not has_address(line.text) or line.text.count(":") < 3:
        return None
    text = line.text
    head, dashes, rest = text.rpartition("-----")
    block = read_packed(line, at, rest.strip() if dashes else text)
    if block is None:
        return None
    separator = separator_of(Line(head + dashes, (head + dashes).strip(), line.depth, False)) if dashes else None
    return _Cut(at, block.end, block.depth, block, separator, 0.9)


def _bare_block(lines: list[Line], at: int) -> _Cut | None:
    block = read_block(lines, at) or read_columns(lines, at)
    if block is None:
        return None
    above = _above_sentence(lines, at)
    if block.date is None and above < at:
        dated = (line.text for line in lines[above:at] if like_a_date(line.text))
        block = replace(block, date=next(dated, None))
    return _Cut(
        above,
        _below_rule(lines, block.end),
        block.depth,
        block,
        None,
        0.85 if block.known_labels >= _PLAIN_LABELS else 0.7,
    )


def _above_sentence(lines: list[Line], at: int) -> int:
    """A sentence behind the same bars as the block announces it in a language that no table knows.

    Without bars only one that names a forward does, right above the block.
    """
    depth = lines[at].depth
    dashed = next((here for here in (at - 1, at - 2) if here >= 0 and in_dashes(lines[here])), None)
    if dashed is not None:
        return dashed
    if not depth and at and names_forward(lines[at - 1]) and len(lines[at - 1].text.split()) <= _MOST_ANNOUNCING:
        return at - 1
    while depth and at and lines[at - 1].depth == depth and (lines[at - 1].blank or _announces(lines[at - 1].text)):
        at -= 1
    return at


def _announces(text: str) -> bool:
    told = text.rstrip("*_ ").endswith((":", "：")) or like_a_date(text)
    return told and len(text.split()) <= _MOST_ANNOUNCING and not has_address(text)


def _is_forward(cut: _Cut, turn: Turn | None, *, replied: bool) -> bool:
    if turn is Turn.REPLY and replied:
        return False
    if cut.separator is Separator.FORWARD:
        return True
    return turn is Turn.FORWARD if turn is not None else not replied


def _forward(lines: list[Line], cut: _Cut, subject: str | None) -> Forwarded | None:
    block = cut.block or _NOTHING_TOLD
    wrapped = _rest_of_subject(lines, block, subject)
    if wrapped:
        block = replace(block, subject=f"{block.subject} {wrapped}")
    inner, below = _ended(lines[cut.body_start + bool(wrapped) :])
    above = _without_card(lines[: cut.message_end], block.from_.name)
    while below and above and above[-1].blank:
        above = above[:-1]
    message = [*above, *([_GAP] if below else []), *below]
    return Forwarded(
        from_=block.from_,
        to=block.to,
        cc=block.cc,
        date=block.date,
        date_at=forward_dates.moment(block.date, block.labels),
        subject=block.subject or bare(subject) or None,
        body=_body(_without_end_mark(inner, cut.separator), cut.depth),
        message=_message(message),
        sure=cut.sure if block.from_.address else cut.sure / 2,
    )


def _rest_of_subject(lines: list[Line], block: Block, subject: str | None) -> str:
    """A long subject goes on in the line below its label: set in, or as the forward's own subject says it."""
    told = block.subject or ""
    if len(told) < _LONG_SUBJECT or block.end >= len(lines) or lines[block.end].blank:
        return ""
    rest = lines[block.end].text
    goes_on = lines[block.end].raw[:1] in " \t" or bare(f"{told} {rest}") == bare(subject)
    alone = block.end + 1 >= len(lines) or lines[block.end + 1].blank
    return rest if goes_on and alone else ""


def _without_card(above: list[Line], name: str | None) -> list[Line]:
    """Some programs show the sender's name on a line of its own right above the block."""
    written = [at for at, line in enumerate(above) if not line.blank]
    shown = bool(written) and name is not None and above[written[-1]].text == name
    return above[: written[-1]] if shown and len(above) - written[-1] <= _MOST_LINES_BETWEEN else above


def _ended(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The inner text, and what the forwarder wrote below a line that ends it; their signature is no message."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].depth == 0 and ends_forward(lines[at]):
            below = lines[at + 1 :]
            signed = next((here for here, line in enumerate(below) if line.text == "--"), len(below))
            return lines[:at], [line for line in below[:signed] if not line.blank]
    return lines, []


def _without_end_mark(lines: list[Line], separator: Separator | None) -> list[Line]:
    """Programs that rule off the forwarded text do so below it too."""
    last = next((at for at in range(len(lines) - 1, -1, -1) if not lines[at].blank), None)
    closed = last is not None and separator is Separator.FORWARD and separator_of(lines[last]) is not None
    return lines[:last] if closed else lines


def _message(lines: list[Line]) -> str:
    """What stands above, without a rule or a bar that the inner mail begins with."""
    while lines and (
        lines[-1].blank or _SHORT_RULE.fullmatch(lines[-1].raw) or separator_of(lines[-1]) is Separator.RULE
    ):
        lines = lines[:-1]
    return tidy("\n".join(line.raw for line in lines))


def _body(lines: list[Line], depth: int) -> str:
    """The inner text, with as many bars off as its header had, and without an indent that all of it shares."""
    written_lines = [line for line in lines if line.raw.strip()]
    if not depth and written_lines and all(line.depth for line in written_lines):
        depth = 1
    plain = [without_bars(line.raw, depth) for line in lines]
    plain = [line if line.strip() else "" for line in plain]
    written = [line for line in plain if line]
    if written and all(line.startswith(_INDENT) for line in written):
        plain = [line.removeprefix(_INDENT) for line in plain]
    return tidy("\n".join(plain))


def _by_sentence(lines: list[Line], subject: str | None) -> Forwarded | None:
    """Some programs announce a forward like a reply; only the subject tells them apart."""
    for at, line in enumerate(lines[:MOST_SEARCHED]):
        if line.blank:
            continue
        intro = find_intro(lines, at)
        if intro and (intro.who.address or intro.who.name):
            block = beside(lines, intro)
            following = _next_written(lines, block.end)
            depth = lines[following].depth if following is not None else 0
            return _forward(lines, _Cut(block.start, block.end, depth, block, None, 0.75), subject)
    return None
