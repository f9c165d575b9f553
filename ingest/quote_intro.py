"""Lines that announce a quote: separators and sentences such as `On …, Ann wrote:`, wrapped or not, in any language."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.day_words import folded, month_of
from ingest.forward_words import CONNECTING, ENDS, FORWARD_STEMS, ORIGINAL_STEMS, WROTE
from ingest.mailboxes import read_shown
from ingest.parsed import Mailbox
from ingest.quoted_lines import Line, has_address, like_a_date

_RULED = re.compile(r"[-=_*—–]{2,60}(?:8<=+)?\s*([^-=_*—–\s].{0,140}?[^\s])\s*[-=_*—–]{2,60}:?")
_RULE_SIGNS = frozenset("-=_*—–")
_LINE = re.compile(r"[_=*—–-]{10,200}")
_ADDRESSED = re.compile(r"([^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,255})")
_BEFORE_A_NAME = re.compile(
    r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?|\d{4}|,|(?:^|\s)(?:schrieb|hat|heeft|użytkownik|"
    r"пользователь|skrev|via|from|by)\s"
)
_SMALL_WORD = re.compile(r"(?<![^\W_])(?=[^\W\d_])[a-zà-öø-ÿāăąćčďđēėęěğģīįķĺļłńņňőœŕřśşšţťūůűųźżžıα-ώа-яёіїєґ]+")
_BEFORE_DIGIT = re.compile(r"[.,\s]{0,3}\d")
# The sentence and the old text on one line, which is how a phone writes plain text.
_GLUED = re.compile(r"([^<>]{8,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>,? ?[^\s<>:]{1,20}(?: [^\s<>:]{1,20})?:)\s{2,}\S")
_STORY = 3
_MOST_INTRO_LINES = 6
_MOST_INTRO = 400
_OPENING_WORDS = (
    "on |am |el |le |il |op |dnia |w dniu |den |em |a |på |kl|vào |dne |pe |på|pada |στις |ב|في |в |mon,|"
    "tue,|wed,|thu,|fri,|sat,|sun,|from:|il giorno |2|в|dňa |ons"
)
_OPENERS = tuple(_OPENING_WORDS.split("|"))


class Separator(StrEnum):
    """What a line between the new text and the old says."""

    FORWARD = "forward"
    ORIGINAL = "original"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Intro:
    """A sentence that announces a quote: lines [start, end), who wrote, and what stands on the same line before it."""

    start: int
    end: int
    who: Mailbox
    when: str | None
    before: str
    certain: bool


def separator_of(line: Line) -> Separator | None:
    """Whether this line separates new text from old, and how."""
    text = line.text
    if len(text) < 6 or len(text) > 200:
        return None
    if text[0] in _RULE_SIGNS:
        if _LINE.fullmatch(text):
            return Separator.RULE
        ruled = _RULED.fullmatch(text)
        if ruled:
            return _ruled_off(text, _lowered(ruled[1]))
    if text.rstrip("*_ ").endswith((":", "：")):
        words = _lowered(text)
        names = any(stem in words for stem in FORWARD_STEMS) and len(words.split()) <= 7 and not has_address(text)
        return Separator.FORWARD if names else None
    return None


def _ruled_off(text: str, words: str) -> Separator | None:
    """What words between two rules say."""
    if any(stem in words for stem in ORIGINAL_STEMS) or words.endswith(WROTE):
        return Separator.ORIGINAL
    named = any(stem in words for stem in FORWARD_STEMS) or text.startswith(("---", "==="))
    return Separator.FORWARD if named else None


def names_forward(line: Line) -> bool:
    """Whether a separator says in a known language that something is forwarded."""
    lowered = _lowered(line.text)
    return any(stem in lowered for stem in FORWARD_STEMS)


def ends_forward(line: Line) -> bool:
    """Whether a separator says that the forwarded mail ends here, as some programs do below it."""
    if line.text[:1] not in _RULE_SIGNS:
        return False
    words = _lowered(line.text).strip("-=_*—– :8<").split()
    stems = (*FORWARD_STEMS, *ORIGINAL_STEMS)
    ends = bool(words) and not ENDS.isdisjoint((words[0], words[-1]))
    return ends and any(stem in word for word in words for stem in stems)


def _lowered(text: str) -> str:
    """Small letters; a Turkish capital leaves its dot behind as a sign of its own."""
    return text.lower().replace("\u0307", "")


def find_intro(lines: list[Line], at: int) -> Intro | None:
    """The announcing sentence that begins on this line, if one does."""
    first = lines[at]
    if first.blank or len(first.text) > _MOST_INTRO or not _may_begin(first.text):
        return None
    glued = _GLUED.match(first.text)
    if glued and like_a_date(glued[1]) and any(word in glued[1].lower() for word in WROTE):
        return Intro(at, at + 1, _who(glued[1]), glued[1], "", certain=False)
    before, joined = _shared(first.text)
    for here in range(at, min(at + _MOST_INTRO_LINES, len(lines))):
        line = lines[here]
        if here > at:
            if _opened_bracket(lines, here, joined):
                joined = f"{joined} {line.text}".strip()
                if not _closed(joined):
                    continue
            elif line.blank or line.depth != first.depth or find_start(line.text):
                return None
            else:
                joined = f"{joined} {line.text}"
        if len(joined) > _MOST_INTRO:
            return None
        found = _judged(lines, at, here + 1, joined, before) if _may_end(joined) else None
        if found or (_closed(joined) and like_a_date(joined)):
            return found
    return None


def _opened_bracket(lines: list[Line], at: int, joined: str) -> bool:
    """Some programs break the sentence inside the brackets of an address, with a gap before them."""
    if joined.count("<") > joined.count(">"):
        return True
    following = next((line for line in lines[at : at + 2] if not line.blank), None)
    return following is not None and following.text == "<"


def _shared(text: str) -> tuple[str, str]:
    """Some programs put the sentence on the last line of the answer: `Fine. On Mon, 2 Nov 2026, Ann wrote:`."""
    at = text.find(" On ")
    if at > 0 and like_a_date(text[at:]) and not text.startswith("On "):
        return text[:at].strip(" -–—"), text[at + 1 :]
    return "", text


def _may_end(joined: str) -> bool:
    return (
        _closed(joined) or in_arrows(joined) or (joined.endswith(">") and has_address(joined) and like_a_date(joined))
    )


def in_arrows(text: str) -> bool:
    """`>>> Ann Lee <a@b> 02.11.2026 17:40 >>>`: what GroupWise writes above a text without bars."""
    return text.startswith(">>> ") and text.endswith(" >>>")


def _may_begin(text: str) -> bool:
    lowered = text.lower().lstrip("*_-\"'“„« ")
    return lowered.startswith(_OPENERS) or has_address(text) or like_a_date(text) or _closed(text)


def find_start(text: str) -> bool:
    """Whether a line looks like the first of an announcing sentence (`On Mon, 2 Nov …`)."""
    lowered = text.lower()
    return lowered.startswith("on ") and like_a_date(text)


def _closed(text: str) -> bool:
    return text.rstrip("*_ \u00a0").endswith((":", "：", "wrote", "schrieb", "napisał(a)"))


def _judged(lines: list[Line], start: int, end: int, joined: str, before: str) -> Intro | None:
    quoted_next = _quote_follows(lines, end, lines[start].depth)
    if not quoted_next and not like_a_date(joined):
        return None
    if in_arrows(joined):
        return Intro(start, end, _who(joined.strip("> ")), joined.strip("> "), before, quoted_next)
    lowered = joined.lower()
    verb = any(word in lowered for word in WROTE)
    addressed, dated = has_address(joined), like_a_date(joined)
    opened = lowered.lstrip("*_-\"'“„« ").startswith(_OPENERS)
    if quoted_next:
        accepted = verb or (addressed and dated) or (_closed(joined) and (addressed or dated))
    else:
        accepted = (
            _closed(joined)
            and dated
            and not _tells_a_story(joined)
            and ((verb and (addressed or opened)) or (addressed and joined[:1].isdigit()))
        )
    if not accepted:
        return None
    boxes = _who(joined)
    return Intro(start, end, boxes, joined, before, quoted_next)


def _tells_a_story(sentence: str) -> bool:
    """A program's sentence holds a day, a name and a verb; three more words in small letters are somebody's own."""
    plain = _ADDRESSED.sub(" ", sentence)
    strange = 0
    for word in _SMALL_WORD.finditer(plain):
        dated = month_of(folded(word[0])) is not None or _BEFORE_DIGIT.match(plain, word.end()) is not None
        strange += not (dated or word[0] in CONNECTING or any(stem in word[0] for stem in WROTE))
    return strange >= _STORY


def _quote_follows(lines: list[Line], at: int, depth: int) -> bool:
    for line in lines[at : at + 3]:
        if not line.blank or line.depth > depth:
            return line.depth > depth
    return False


def _who(sentence: str) -> Mailbox:
    """The mailbox in the sentence: its address, and the words in quotes or right before it."""
    found = _ADDRESSED.search(sentence)
    if found is None:
        return Mailbox()
    before = sentence[: found.start()].rstrip(" <[(\t")
    boxes = read_shown(f"{_name_before(before)} <{found[1]}>")
    return boxes[0] if boxes else Mailbox()


def _name_before(before: str) -> str:
    for opened, closed in (('"', '"'), ("“", "”"), ("„", "”"), ("„", "“"), ("«", "»"), ("'", "'")):
        if before.endswith(closed):
            begun = before.rfind(opened, 0, len(before) - 1)
            if begun >= 0:
                return before[begun + 1 : -1].replace('"', "")
    last = _BEFORE_A_NAME.split(before)[-1].strip(" :")
    return last if len(last) <= 80 else ""
