"""Files and text inside winmail.dat (TNEF, MS-OXTNEF): read with bounds, as far as its own records go."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest import charsets

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_HEAD: Final = struct.Struct("<BII")
_CHECKSUM: Final = 2
_BODY: Final = 0x0002800C
_BEGINS_FILE: Final = 0x00069002
_TITLE: Final = 0x00018010
_DATA: Final = 0x0006800F
_PROPERTIES: Final = 0x00069005
_LONG_NAME: Final = (0x3707).to_bytes(2, "little")
_STRINGS: Final = {b"\x1e\x00": None, b"\x1f\x00": "utf-16-le"}
_MOST_RECORDS: Final = 5_000
_MOST_FILES: Final = 200
_MOST_NAME: Final = 1_000


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in a TNEF stream."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """The plain text and the files of a TNEF stream."""

    text: str
    files: tuple[Packed, ...]


def is_tnef(data: bytes) -> bool:
    """Whether the bytes begin as such a stream does."""
    return data.startswith(SIGNATURE)


def read(data: bytes) -> Contents:
    """What the records hold up to the first that is damaged."""
    text = ""
    files: list[Packed] = []
    name, content, begun = "", b"", False
    for tag, value in _records(data):
        if tag == _BEGINS_FILE:
            files += [Packed(name, content)] if begun else []
            name, content, begun = "", b"", True
        elif tag == _TITLE:
            name = name or _string(value, None)
        elif tag == _DATA:
            content = value
        elif tag == _PROPERTIES:
            name = _long_name(value) or name
        elif tag == _BODY:
            text = _string(value, None)
    files += [Packed(name, content)] if begun else []
    return Contents(text, tuple(files[:_MOST_FILES]))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(SIGNATURE) + 2
    for _ in range(_MOST_RECORDS):
        if at + _HEAD.size > len(data):
            return
        level, tag, length = _HEAD.unpack_from(data, at)
        begin = at + _HEAD.size
        if level not in {1, 2} or begin + length > len(data):
            return
        yield tag, data[begin : begin + length]
        at = begin + length + _CHECKSUM


def _string(value: bytes, codec: str | None) -> str:
    plain = value.decode(codec, "replace") if codec else charsets.decode(value)
    return charsets.scrub(plain.partition("\0")[0]).strip()


def _long_name(properties: bytes) -> str:
    """The property PR_ATTACH_LONG_FILENAME: its type, its number, one value, the length, the name."""
    for kind, codec in _STRINGS.items():
        at = properties.find(kind + _LONG_NAME)
        if at < 0 or at + 12 > len(properties):
            continue
        length = int.from_bytes(properties[at + 8 : at + 12], "little")
        return _string(properties[at + 12 : at + 12 + min(length, _MOST_NAME)], codec)
    return ""
