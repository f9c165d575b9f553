"""The sender's signature, parted from the text: the name, title, company, phones and links in it."""

import re
from dataclasses import dataclass

import phonenumbers

from ingest.parsed import Mailbox, Signature
from ingest.signature_place import ADDRESS, DASHES, URL, fold, is_closing, is_device, is_sender, start, without_notice
from ingest.signature_words import FAX, LEGAL_FORMS, is_title

_MOST_LINES = 300  # Signature and notices stand in the last of them.
_DOUBLE_ZERO = re.compile(r"(?<![\d+(])00(?=[1-9])")
_BARE_HOST = re.compile(
    r"(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/[^\s<>\"'|,;()\[\]]{0,200})?(?![\w@.-])", re.IGNORECASE
)
_PIECES = re.compile(r"\s{0,8}[|·•/]\s{0,8}|,\s{1,8}|\s{1,8}[–—-]\s{1,8}|\s{1,8}(?:at|bei|chez|@)\s{1,8}")
_REGIONS = {"uk": "GB", "eu": None, "io": None, "co": None, "tv": None, "me": None, "ai": None}


@dataclass(frozen=True, slots=True)
class Signed:
    """A text parted into what was written, the signature, and a legal notice below it."""

    text: str
    signature: Signature | None
    notice: str


def read(text: str, sender: Mailbox, region: str | None = None, quoted: str = "") -> Signed:
    """Part a text from its signature.

    `region` (ISO 3166) is used for phones where the sender's address names none. `quoted` is what
    the text answers: the name that it speaks to is the one that signs.
    """
    lines = text.split("\n")
    above = lines[:-_MOST_LINES]
    lines, notice = without_notice(lines[-_MOST_LINES:])
    begin = start(lines, sender, quoted)
    if begin is None:
        return Signed(text="\n".join(above + lines).strip(), signature=None, notice=notice)
    body, below = above + lines[:begin], lines[begin:]
    shown = "\n".join(line for line in below if not DASHES.match(line)).strip()
    if not shown:
        return Signed(text="\n".join(body).strip(), signature=None, notice=notice)
    return Signed("\n".join(body).strip(), _facts(shown, sender, region), notice)


def _facts(shown: str, sender: Mailbox, region: str | None) -> Signature:
    lines = [line.strip(" *_\t") for line in shown.split("\n") if line.strip()]
    facts = [line for line in lines if not is_closing(line) and not is_device(line)]
    name = _name(facts, sender)
    title, company = _work(facts, sender, name)
    phones = _phones(facts, _region(sender.address) or region)
    return Signature(shown, name, title, company, phones, _urls(facts, sender))


def _name(facts: list[str], sender: Mailbox) -> str | None:
    for line in facts:
        for piece in (line, *_PIECES.split(line)):
            if is_sender(piece, sender):
                return piece.strip(" ,.-–—")
    first = facts[0] if facts else ""
    piece = _PIECES.split(first)[0].strip()
    words = piece.split()
    if 2 <= len(words) <= 4 and all(word[0].isupper() for word in words) and not any(sign.isdigit() for sign in piece):
        return None if is_title(piece) or LEGAL_FORMS.search(piece) else piece
    return None


def _work(facts: list[str], sender: Mailbox, name: str | None) -> tuple[str | None, str | None]:
    title = company = None
    labels = _labels(facts, sender)
    pieces: list[str] = []
    for line in facts:
        if not ADDRESS.search(line) and not URL.search(line):
            pieces += _candidates(_without_name(line, name))
    for piece in pieces:
        if company is None and _is_company(piece, labels):
            company = piece
        elif title is None and is_title(piece):
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
        and not is_title(piece)
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
            and is_title(head)
            and not is_title(tail)
        ):
            out += [head, tail]
        else:
            out.append(piece)
    return out


def _is_company(text: str, labels: frozenset[str]) -> bool:
    if len(text) > 60 or sum(sign.isdigit() for sign in text) > 4:
        return False
    if LEGAL_FORMS.search(text) and not is_title(LEGAL_FORMS.sub("", text)):
        return True
    plain = re.sub(r"[^a-z0-9]", "", fold(text))
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
        plain = ADDRESS.sub(" ", line) if "@" in line else line
        for match in [*URL.finditer(plain)] or [*_BARE_HOST.finditer(plain)]:
            url = match[0].rstrip(".,;:!?")
            if URL.match(url) or _plausible_host(url, sender):
                found[url] = None
    return tuple(found)


def _plausible_host(url: str, sender: Mailbox) -> bool:
    """`acme.com` is a link; `e.g.`, `sp. z o.o` and `p.m` are not."""
    host = url.partition("/")[0].lower()
    parts = host.split(".")
    own = (sender.address or "").rpartition("@")[2].lower()
    return host == own or (len(parts[-1]) >= 2 and len(parts[-2]) >= 3 and not LEGAL_FORMS.fullmatch(host))
