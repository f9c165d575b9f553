"""The sender's signature: where it begins, and the name, title, company, phones and links in it."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from ingest.parsed import Mailbox, Signature
from ingest.signature_words import (
    CLOSINGS,
    DEVICE,
    DEVICE_AFTER,
    FAX,
    LEGAL_FORMS,
    NOTICE,
    SENT_FROM_MY,
    TITLE_WORDS,
)

_MOST_LINES = 16
_MOST_LINE = 90
_DASHES = re.compile(r"\s*(?:--|—|–)\s*$")
_DOUBLE_ZERO = re.compile(r"(?<![\d+(])00(?=[1-9])")
_RULE = re.compile(r"\s*[-_=*]{5,80}\s*$")
_DASHED_NAME = re.compile(r"\s*[-–—/~]{1,2}\s?[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,2}\s*$")
_URL = re.compile(r"(?<![@\w.])(?:https?://|www\.)[^\s<>\"'|,;()\[\]]{3,300}", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/[^\s<>\"'|,;()\[\]]{0,200})?(?![\w@.-])", re.IGNORECASE
)
_ADDRESS = re.compile(r"\S{1,64}@\S{1,255}")
_PIECES = re.compile(r"\s*[|·•/]\s*|,\s+|\s+[–—-]\s+|\s+(?:at|bei|chez|@)\s+")
_REGIONS = {"uk": "GB", "eu": None, "io": None, "co": None, "tv": None, "me": None, "ai": None}


@dataclass(frozen=True, slots=True)
class Signed:
    """A text parted into what was written, the signature, and a legal notice below it."""

    text: str
    signature: Signature | None
    notice: str


def read(text: str, sender: Mailbox, region: str | None = None) -> Signed:
    """Part a text from its signature; `region` (ISO 3166) is used for phones where the sender's address names none."""
    lines = text.split("\n")
    lines, notice = _without_notice(lines)
    start = _start(lines, sender)
    if start is None:
        return Signed(text="\n".join(lines).strip(), signature=None, notice=notice)
    body, below = lines[:start], lines[start:]
    shown = "\n".join(line for line in below if not _DASHES.match(line)).strip()
    if not shown:
        return Signed(text="\n".join(body).strip(), signature=None, notice=notice)
    return Signed("\n".join(body).strip(), _facts(shown, sender, region), notice)


def _without_notice(lines: list[str]) -> tuple[list[str], str]:
    """Legal notices at the end: paragraphs of long lines that speak of confidentiality."""
    paragraphs = _paragraphs(lines)
    cut = len(lines)
    for begin, end in reversed(paragraphs[1:]):
        joined = " ".join(lines[begin:end])
        if len(joined) > 80 and NOTICE.search(joined[:2_000]):
            cut = begin
        else:
            break
    return lines[:cut], "\n".join(lines[cut:]).strip()


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for at, line in enumerate([*lines, ""]):
        if line.strip() and begin is None:
            begin = at
        elif not line.strip() and begin is not None:
            found.append((begin, at))
            begin = None
    return found


def _start(lines: list[str], sender: Mailbox) -> int | None:
    """The first line of the signature, looked for in the last lines only."""
    written = [at for at, line in enumerate(lines) if line.strip()][-_MOST_LINES:]
    for at in written:
        if _DASHES.match(lines[at]) and at != written[-1]:
            return at
    for at in written:
        if _closing(lines[at]) and at != (written[0] if len(written) == 1 else -1) and _all_short(lines, at + 1):
            return at
    for at in written:
        if _is_sender(lines[at], sender) and _contact_lines(lines, at + 1):
            return at
    for at in written:
        if _RULE.match(lines[at]) and at != written[-1] and _all_short(lines, at + 1) and _reachable(lines[at:]):
            return at
    if len(written) > 1 and _DASHED_NAME.match(lines[written[-1]]) and not _bulleted(lines, written[-2]):
        return written[-1]
    return next((at for at in written[-3:] if _device(lines[at])), None)


def _reachable(lines: list[str]) -> bool:
    """Whether an address, a link or a number to call stands in the lines."""
    return any(
        _ADDRESS.search(line) or _URL.search(line) or sum(sign.isdigit() for sign in line) >= 7 for line in lines
    )


def _bulleted(lines: list[str], at: int) -> bool:
    return lines[at].lstrip()[:1] in "-–—/~*•"


def _closing(line: str) -> bool:
    plain = " ".join(line.strip(" ,.!*_-–").lower().split())
    if not plain or len(plain) > 45:
        return False
    if plain in CLOSINGS:
        return True
    head, comma, rest = plain.partition(",")
    return bool(comma) and head in CLOSINGS and len(rest.split()) <= 3


def _all_short(lines: list[str], at: int) -> bool:
    rest = [line for line in lines[at:] if line.strip()]
    return len(rest) <= 12 and all(len(line) <= _MOST_LINE and not _is_sentence(line) for line in rest)


def _is_sentence(line: str) -> bool:
    words = line.split()
    return len(words) > 9 and line.rstrip().endswith((".", "?", "!")) and not _ADDRESS.search(line)


def _contact_lines(lines: list[str], at: int) -> bool:
    """Below a name stand facts, not sentences."""
    return _all_short(lines, at) and not any(line.rstrip().endswith("?") for line in lines[at:])


def _is_sender(line: str, sender: Mailbox) -> bool:
    name = _fold(sender.name or "")
    plain = _fold(line.strip(" ,.-–—*_"))
    if not name or not plain or len(plain) > 60:
        return False
    words = name.replace(",", " ").split()
    said = plain.split()
    return plain == name or (len(said) <= 3 and all(word in words for word in said)) or _begins_with(said, words)


def _begins_with(said: list[str], words: list[str]) -> bool:
    return len(words) >= 2 and len(said) >= 2 and said[:2] == words[:2] and len(said) <= 5


def _device(line: str) -> bool:
    plain = line.strip(" .*_-–—")
    if not plain or len(plain) > 80 or "," in plain:
        return False
    return any(pattern.fullmatch(plain) for pattern in (DEVICE, DEVICE_AFTER, SENT_FROM_MY))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def _facts(shown: str, sender: Mailbox, region: str | None) -> Signature:
    lines = [line.strip(" *_\t") for line in shown.split("\n") if line.strip()]
    facts = [line for line in lines if not _closing(line) and not _device(line)]
    name = _name(facts, sender)
    title, company = _work(facts, sender, name)
    phones = _phones(facts, _region(sender.address) or region)
    return Signature(shown, name, title, company, phones, _urls(facts, sender))


def _name(facts: list[str], sender: Mailbox) -> str | None:
    for line in facts:
        for piece in (line, *_PIECES.split(line)):
            if _is_sender(piece, sender):
                return piece.strip(" ,.-–—")
    first = facts[0] if facts else ""
    piece = _PIECES.split(first)[0].strip()
    words = piece.split()
    if 2 <= len(words) <= 4 and all(word[0].isupper() for word in words) and not any(sign.isdigit() for sign in piece):
        return None if _is_title(piece) or LEGAL_FORMS.search(piece) else piece
    return None


def _work(facts: list[str], sender: Mailbox, name: str | None) -> tuple[str | None, str | None]:
    title = company = None
    labels = _labels(facts, sender)
    pieces: list[str] = []
    for line in facts:
        if not _ADDRESS.search(line) and not _URL.search(line):
            pieces += _candidates(_without_name(line, name))
    for piece in pieces:
        if company is None and _is_company(piece, labels):
            company = piece
        elif title is None and _is_title(piece):
            title = piece
    if title is not None and company is None:
        company = _beside(pieces, pieces.index(title))
    return title, company


def _beside(pieces: list[str], at: int) -> str | None:
    """What stands next to a title and is no fact of another kind names the company."""
    for near in (at + 1, at - 1):
        if 0 <= near < len(pieces) and _like_a_firm(pieces[near]):
            return pieces[near]
    return None


def _like_a_firm(piece: str) -> bool:
    words = piece.split()
    return (
        0 < len(words) <= 5
        and words[0][:1].isupper()
        and words[-1][:1].isupper()
        and not any(sign.isdigit() for sign in piece)
        and not piece.endswith((".", "!", "?", ":"))
        and not _is_title(piece)
    )


def _labels(facts: list[str], sender: Mailbox) -> frozenset[str]:
    """The telling parts of the hosts in the sender's address and links: `acme` of `www.acme.co.uk`."""
    hosts = [(sender.address or "").rpartition("@")[2]]
    hosts += [re.sub(r"^(?:https?://)?(?:www\.)?", "", url.lower()).partition("/")[0] for url in _urls(facts, sender)]
    found = set()
    for host in hosts:
        parts = host.lower().split(".")
        if len(parts) < 2:
            continue
        telling = parts[-3] if len(parts) > 2 and len(parts[-2]) <= 3 else parts[-2]
        found.add(re.sub(r"[^a-z0-9]", "", telling))
    return frozenset(label for label in found if len(label) >= 3)


def _without_name(line: str, name: str | None) -> str:
    return line.removeprefix(name).strip(" ,|–—-·•") if name and line.startswith(name) else line


def _candidates(line: str) -> list[str]:
    """The pieces of a line; commas part a company from a title, but stay inside either one alone."""
    pieces = [
        piece.strip(" ,")
        for piece in re.split(r"\s*[|·•]\s*|\s+[–—-]\s+|\s+(?:at|bei|chez|@)\s+", line)
        if piece.strip(" ,")
    ]
    out: list[str] = []
    for piece in pieces:
        head, comma, tail = piece.rpartition(", ")
        if (
            comma
            and (LEGAL_FORMS.search(tail) or not LEGAL_FORMS.search(piece))
            and _is_title(head)
            and not _is_title(tail)
        ):
            out += [head, tail]
        else:
            out.append(piece)
    return out


def _is_title(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    return (
        0 < len(words) <= 8 and any(word in TITLE_WORDS for word in words) and not any(sign.isdigit() for sign in text)
    )


def _is_company(text: str, labels: frozenset[str]) -> bool:
    if len(text) > 60 or sum(sign.isdigit() for sign in text) > 4:
        return False
    if LEGAL_FORMS.search(text) and not _is_title(LEGAL_FORMS.sub("", text)):
        return True
    plain = re.sub(r"[^a-z0-9]", "", _fold(text))
    if not plain:
        return False
    return any(label in plain or (len(plain) >= 4 and plain in label) for label in labels)


def _region(address: str | None) -> str | None:
    tld = (address or "").rpartition(".")[2].lower()
    if len(tld) != 2:
        return None
    return _REGIONS.get(tld, tld.upper())


def _phones(facts: list[str], region: str | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in facts:
        if len(line) > 200:
            continue
        line = _DOUBLE_ZERO.sub("+", line)  # noqa: PLW2901 - the same line as the library expects it.
        for match in phonenumbers.PhoneNumberMatcher(line, region):
            if FAX.search(line[: match.start]):
                continue
            found[phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)] = None
    return tuple(found)


def _urls(facts: list[str], sender: Mailbox) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in facts:
        plain = _ADDRESS.sub(" ", line) if "@" in line else line
        for match in [*_URL.finditer(plain)] or [*_BARE_HOST.finditer(plain)]:
            url = match[0].rstrip(".,;:!?")
            if _URL.match(url) or _plausible_host(url, sender):
                found[url] = None
    return tuple(found)


def _plausible_host(url: str, sender: Mailbox) -> bool:
    """`acme.com` is a link; `e.g.`, `sp. z o.o` and `p.m` are not."""
    host = url.partition("/")[0].lower()
    parts = host.split(".")
    own = (sender.address or "").rpartition("@")[2].lower()
    return host == own or (len(parts[-1]) >= 2 and len(parts[-2]) >= 3 and not LEGAL_FORMS.fullmatch(host))
