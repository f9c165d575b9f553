"""The tree of parts of a mail, walked with caps on depth and number, each byte looked at a bounded number of times."""

import quopri
import re
from dataclasses import dataclass

from ingest import charsets, headers, sealed, tnef
from ingest.headers import Headers
from ingest.parsed import Protection

MOST_DEPTH = 100
MOST_PARTS = 1_000
MOST_BOUNDARY = 2_048
MOST_TEXT_BYTES = 8_000_000
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_WRAPPED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MOST_OPENED = 5
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} (\S[^\r\n]{0,200})\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf: its header, its type, and its body still encoded."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    encoded: bytes
    parents: tuple[str, ...]

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or nothing."""
        return headers.parameters(self.headers.raw("content-disposition") or "")[0]

    @property
    def name(self) -> str | None:
        """The file name that the part carries: base name only, no control characters."""
        _, given = headers.parameters(self.headers.raw("content-disposition") or "")
        name = given.get("filename") or self.parameters.get("name")
        return file_name(name) if name else None

    def data(self, most: int | None = None) -> bytes:
        """The body decoded from its transfer encoding, as far as it can be, or its first bytes."""
        encoded = self.encoded if most is None else self.encoded[:most]
        encoding = (self.headers.raw("content-transfer-encoding") or "").partition(";")[0].strip().lower()
        if encoding == "base64":
            return headers.base64_bytes(encoded)
        if encoding == "quoted-printable":
            return quopri.decodestring(encoded)
        return encoded

    def text(self) -> str:
        """The body as text with plain line ends."""
        return (
            charsets.decode(self.data(MOST_TEXT_BYTES), self.parameters.get("charset"))
            .replace("\r\n", "\n")
            .replace("\r", "\n")
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """All leaves in order, the header of the mail, and what had to be left out."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    parts: tuple[Part, ...]
    attached_mails: tuple[bytes, ...]
    warnings: tuple[str, ...]
    over_limit: bool
    protection: Protection


def file_name(name: str) -> str:
    """A name without folders, control characters or reserved signs."""
    plain = headers.clean(name).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r'[<>:"|?*\u202a-\u202e\u2066-\u2069]', "_", plain).strip(" .")
    return plain[:200] or "unnamed"


class _Walk:
    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.mails: list[bytes] = []
        self.warnings: list[str] = []
        self.over = False
        self.opened = 0
        self.protection = Protection.NONE

    def protected(self, how: Protection) -> None:
        """Note how a part is protected; encrypted outweighs signed."""
        if how is Protection.ENCRYPTED or self.protection is Protection.NONE:
            self.protection = how

    def refuse(self, warning: str) -> None:
        """Note once that a limit was passed."""
        self.over = True
        if warning not in self.warnings:
            self.warnings.append(warning)


def read_tree(raw: bytes) -> Tree:
    """Take a whole mail apart; text of a mail within is not walked but handed out as bytes."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    walk = _Walk()
    top, at, over = headers.read_headers(raw)
    if over:
        walk.refuse("The header passes a limit.")
    kind, given = _content_type(top, default="text/plain")
    _walk(walk, top, raw[at:])
    return Tree(
        top, kind, given, tuple(walk.parts), tuple(walk.mails), tuple(walk.warnings), walk.over, walk.protection
    )


def _content_type(header: Headers, default: str) -> tuple[str, dict[str, str]]:
    value = header.raw("content-type")
    if value is None:
        return default, {}
    kind, given = headers.parameters(value)
    return (kind, given) if kind.count("/") == 1 and " " not in kind else ("text/plain", given)


def _walk(walk: _Walk, top: Headers, body: bytes) -> None:
    """Depth first without recursion; a stack entry is a header, a body, the types above it and its default type."""
    stack: list[tuple[Headers, bytes, tuple[str, ...], str]] = [(top, body, (), "text/plain")]
    del body  # A mail of 50 MB is held no more often than it must be; the same below.
    while stack:
        header, content, parents, default = stack.pop()
        if len(walk.parts) + len(walk.mails) >= MOST_PARTS:
            walk.refuse("The mail has too many parts.")
            return
        kind, given = _content_type(header, default)
        walk.protected(sealed.of_type(kind, given, content))
        if kind.startswith("multipart/"):
            children = _children(walk, kind, given, content, len(parents))
            if children is not None:
                below = "message/rfc822" if kind == "multipart/digest" else "text/plain"
                stack += [(head, rest, (*parents, kind), below) for head, rest in reversed(children)]
                continue
            kind = "text/plain"
        part = Part(header, kind, given, content, parents)
        inside = _signed_inside(walk, part)
        if inside is not None:
            top, at, _ = headers.read_headers(inside)
            stack.append((top, inside[at:], (*parents, kind), "text/plain"))
        else:
            _keep(walk, part)


def _keep(walk: _Walk, part: Part) -> None:
    if part.content_type in {"message/rfc822", "message/global"}:
        walk.mails.append(part.data())
    elif part.content_type in _TNEF or (part.name or "").lower() == "winmail.dat":
        walk.parts += _unpacked(walk, part)
    else:
        walk.parts.append(part)


def _signed_inside(walk: _Walk, part: Part) -> bytes | None:
    """The mail that an opaque signature wraps; each layer counts, so that no chain of them goes on for ever."""
    if part.content_type not in _WRAPPED or walk.opened >= _MOST_OPENED:
        return None
    walk.opened += 1
    return sealed.signed_content(part.data())


def _unpacked(walk: _Walk, part: Part) -> list[Part]:
    """The files in winmail.dat in its place, and its text where the mail has none."""
    data = part.data()
    contents = tnef.read(data) if tnef.is_tnef(data) else tnef.Contents("", ())
    if not contents.files and not contents.text:
        walk.warnings.append("The file winmail.dat could not be opened.")
        return [part]
    found = []
    if contents.text and not any(one.content_type.startswith("text/") and one.encoded.strip() for one in walk.parts):
        text = contents.text.encode("utf-8", "replace")
        found.append(Part(Headers(()), "text/plain", {"charset": "utf-8"}, text, part.parents))
    for number, file in enumerate(contents.files, 1):
        header = Headers((("content-disposition", "attachment"),))
        name = {"name": file.name or f"file-{number}"}
        found.append(Part(header, "application/octet-stream", name, file.data, part.parents))
    return found


def _children(
    walk: _Walk, kind: str, given: dict[str, str], content: bytes, depth: int
) -> list[tuple[Headers, bytes]] | None:
    boundary = given.get("boundary", "")
    if depth >= MOST_DEPTH:
        walk.refuse("The parts are nested too deeply.")
        return []
    if not boundary or len(boundary) > MOST_BOUNDARY:
        walk.warnings.append(f"A {kind} part has no usable boundary.")
        return None
    pieces = _pieces(content, boundary)
    if pieces is None:
        walk.warnings.append(f"The boundary of a {kind} part does not occur.")
        return None
    children = []
    del pieces[MOST_PARTS + 1 :]
    pieces.reverse()
    while pieces:
        piece = pieces.pop()
        header, at, over = headers.read_headers(piece)
        if over:
            walk.refuse("The header of a part passes a limit.")
        children.append((header, piece[at:]))
    return children


def _pieces(content: bytes, boundary: str) -> list[bytes] | None:
    """What lies between the boundary lines; an unfinished last piece counts."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape").rstrip()
    pieces: list[bytes] = []
    begun: int | None = None
    at = content.find(mark)
    while at >= 0 and len(pieces) <= MOST_PARTS:
        line_end = content.find(b"\n", at)
        line_end = len(content) if line_end < 0 else line_end
        rest = content[at + len(mark) : line_end].strip(b" \t\r")
        if (at == 0 or content[at - 1 : at] == b"\n") and rest in {b"", b"--"}:
            if begun is not None:
                pieces.append(content[begun:at].removesuffix(b"\n").removesuffix(b"\r"))
            if rest:
                return pieces
            begun = min(line_end + 1, len(content))
        at = content.find(mark, line_end)
    if begun is None:
        return None
    return [*pieces, content[begun:]]


def uuencoded_names(text_bytes: bytes) -> list[str]:
    """Names of files that old programs put into the text itself."""
    return [file_name(charsets.decode(found)) for found in _UU_BEGIN.findall(text_bytes)[:20]]
