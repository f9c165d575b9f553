"""Files in mails: taken out with limits, told apart by their content, and never opened."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Final

from ingest.mime_parts import Tree

MOST_ONE: Final = 25_000_000
MOST_TOGETHER: Final = 50_000_000
_LOOKED_AT: Final = 4_096
_UNKNOWN: Final = "application/octet-stream"
_ZIP: Final = b"PK\x03\x04"
# The first bytes of the usual kinds, as their specifications give them.
_STARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-msdownload"),
    (b"#!", "text/x-shellscript"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"%!PS", "application/postscript"),
    (b"<?xml", "application/xml"),
)
_IN_ZIP: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"application/epub+zip", "application/epub+zip"),
)
_HTML: Final = (b"<!doctype html", b"<html", b"<script", b"<head", b"<body")


def taken_out(
    tree: Tree, wanted: Collection[str], most_one: int = MOST_ONE, most_together: int = MOST_TOGETHER
) -> dict[str, bytes]:
    """The wanted files of a mail by their SHA-256; larger ones and those beyond the limit in all are left out."""
    found: dict[str, bytes] = {}
    room = most_together
    for part in tree.parts:
        if len(found) == len(wanted):
            break
        data = part.data()
        digest = hashlib.sha256(data).hexdigest()
        if digest in wanted and digest not in found and len(data) <= min(most_one, room):
            found[digest] = data
            room -= len(data)
    return found


def by_digest(answers: Sequence[bytes], wanted: Collection[str]) -> dict[str, bytes]:
    """Files by their SHA-256: those that were wanted, and whose bytes are whole."""
    found = ((hashlib.sha256(data).hexdigest(), data) for data in answers)
    return {digest: data for digest, data in found if digest in wanted}


def kind_of(content: bytes) -> str:
    """The media type by the first bytes alone: what a sender says of a file is no evidence."""
    start = content[:_LOOKED_AT]
    if start.startswith(_ZIP):
        return next((kind for mark, kind in _IN_ZIP if mark in start), "application/zip")
    if start[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(start[8:12], _UNKNOWN)
    if start[4:8] == b"ftyp":
        return "image/heic" if start[8:12] in {b"heic", b"mif1"} else "video/mp4"
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, kind in _STARTS:
        if (start if mark[0] >= 0x7F or mark[0] < 0x20 else plain).startswith(mark):
            return kind
    if plain.lower().startswith(_HTML):
        return "text/html"
    return "text/plain" if _is_text(start, whole=len(content) <= _LOOKED_AT) else _UNKNOWN


def _is_text(start: bytes, *, whole: bool) -> bool:
    if not start or b"\0" in start:
        return False
    for cut in range(1 if whole else 4):  # The last letter may be cut in the middle.
        try:
            text = start[: len(start) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        return all(sign >= " " or sign in "\r\n\t\f" for sign in text)
    return False
