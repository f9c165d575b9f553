"""The PROXY protocol, versions 1 and 2: for whom a balancer speaks, read before anything else is said."""

import ipaddress
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_LONGEST_LINE: Final = 107
_FRAME: Final = struct.Struct("!12sBBH")
_LOCAL, _PROXIED = 0x20, 0x21
_TCP4, _TCP6 = 0x11, 0x21
_WORDS_OF_A_LINE: Final = 6
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadProxyHeader(ValueError):
    """What came first is no header of the PROXY protocol."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """For whom the balancer speaks (None: for itself), and how many bytes the header took."""

    address: str | None
    length: int


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks from a list with commas; raises ValueError for anything else."""
    words = (word.strip() for word in text.split(","))
    return tuple(ipaddress.ip_network(word, strict=False) for word in words if word)


def among(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address belongs to one of the networks; an IPv4 address in IPv6 clothes counts as itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in trusted)


def begins_like_one(data: bytes) -> bool:
    """Whether these first bytes are a balancer's: no mail client says them."""
    return data[:6] == b"PROXY " or data[: len(_SIGNATURE)] == _SIGNATURE


def read(data: bytes) -> ProxyHeader | None:
    """The header at the front; None asks for more bytes. Raises BadProxyHeader."""
    if data[:1] == b"P":
        return _read_line(data)
    if _SIGNATURE.startswith(data[: len(_SIGNATURE)]):
        return _read_frame(data)
    raise BadProxyHeader


def _read_line(data: bytes) -> ProxyHeader | None:
    if not b"PROXY ".startswith(data[:6]):
        raise BadProxyHeader
    end = data.find(b"\r\n", 0, _LONGEST_LINE)
    if end < 0:
        if len(data) >= _LONGEST_LINE:
            raise BadProxyHeader
        return None
    words = data[:end].decode("ascii", "replace").split(" ")
    if words[1] == "UNKNOWN":
        return ProxyHeader(None, end + 2)
    versions = {"TCP4": 4, "TCP6": 6}
    if words[1] not in versions or len(words) != _WORDS_OF_A_LINE or not _ports(words[4:]):
        raise BadProxyHeader
    return ProxyHeader(_address(words[2], versions[words[1]]), end + 2)


def _ports(words: Iterable[str]) -> bool:
    return all(word.isascii() and word.isdigit() and len(word) <= 5 and int(word) <= 65_535 for word in words)


def _address(text: str, version: int) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        raise BadProxyHeader from None
    if found.version != version:
        raise BadProxyHeader
    return str(getattr(found, "ipv4_mapped", None) or found)


def _read_frame(data: bytes) -> ProxyHeader | None:
    if len(data) < _FRAME.size:
        return None
    _, command, family, length = _FRAME.unpack_from(data)
    if command not in (_LOCAL, _PROXIED):
        raise BadProxyHeader
    if len(data) < _FRAME.size + length:
        return None
    body = data[_FRAME.size : _FRAME.size + length]
    whole = _FRAME.size + length
    if command == _LOCAL:
        return ProxyHeader(None, whole)
    if family == _TCP4 and length >= 12:
        return ProxyHeader(str(ipaddress.IPv4Address(body[:4])), whole)
    if family == _TCP6 and length >= 36:
        found = ipaddress.IPv6Address(body[:16])
        return ProxyHeader(str(found.ipv4_mapped or found), whole)
    if family == 0:
        return ProxyHeader(None, whole)
    raise BadProxyHeader
