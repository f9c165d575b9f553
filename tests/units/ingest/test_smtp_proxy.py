"""The PROXY protocol: believed from named balancers alone, and then the real client's address counts."""

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.smtp import proxy
from ingest.smtp.limits import SmtpLimits
from tests.units.ingest.doorway import HELLO, Client, Dial, Store, listening

LINE = b"PROXY TCP4 192.0.2.7 203.0.113.9 51000 25\r\n"
TRUSTED = proxy.networks("127.0.0.0/8")


def frame(source: str, *, local: bool = False) -> bytes:
    found = ipaddress.ip_address(source)
    body = found.packed * 2 + struct.pack("!HH", 51_000, 25) + b"\x04\x00\x01x"
    family = 0x11 if found.version == 4 else 0x21
    return proxy._SIGNATURE + struct.pack("!BBH", 0x20 if local else 0x21, family, len(body)) + body


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (LINE, "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::9 51000 25\r\n", "2001:db8::7"),
        (b"PROXY UNKNOWN\r\n", None),
        (b"PROXY UNKNOWN ff:: ff:: 1 2\r\n", None),
        (frame("192.0.2.7"), "192.0.2.7"),
        (frame("2001:db8::7"), "2001:db8::7"),
        (frame("::ffff:192.0.2.7"), "192.0.2.7"),
        (frame("192.0.2.7", local=True), None),
    ],
)
def test_a_header_is_read_however_it_is_cut(header: bytes, address: str | None) -> None:
    found = proxy.read(header + b"EHLO")
    assert found == proxy.ProxyHeader(address, len(header))
    assert all(proxy.read(header[:at]) is None for at in range(len(header)))


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO x\r\n",
        b"PROXY TCP4 192.0.2.7\r\n",
        b"PROXY TCP4 192.0.2.999 203.0.113.9 1 2\r\n",
        b"PROXY TCP4 2001:db8::7 2001:db8::9 1 2\r\n",
        b"PROXY TCP4 192.0.2.7 203.0.113.9 1 99999\r\n",
        b"PROXY SCTP 192.0.2.7 203.0.113.9 1 2\r\n",
        b"PROXY TCP4 " + b"x" * 120,
        proxy._SIGNATURE + b"\x11\x11\x00\x00",
        proxy._SIGNATURE + b"\x21\x11\x00\x02ab",
        proxy._SIGNATURE + b"\x21\x31\x00\x02ab",
    ],
)
def test_what_is_no_header_is_refused(header: bytes) -> None:
    with pytest.raises(proxy.BadProxyHeader):
        proxy.read(header)


@given(st.sampled_from([b"PROXY ", proxy._SIGNATURE, b""]), st.binary(max_size=150))
def test_any_bytes_are_a_header_or_not_or_too_few(begin: bytes, rest: bytes) -> None:
    try:
        found = proxy.read(begin + rest)
    except proxy.BadProxyHeader:
        return
    assert found is None or found.length <= len(begin + rest)


def test_networks_are_read_from_a_list() -> None:
    trusted = proxy.networks("10.0.0.7, 10.1.0.0/16,2001:db8::/32,")
    assert [proxy.among(one, trusted) for one in ("10.0.0.7", "10.1.2.3", "::ffff:10.0.0.7", "2001:db8::1")] == [
        True
    ] * 4
    assert not any(proxy.among(one, trusted) for one in ("10.0.0.8", "local", ""))
    with pytest.raises(ValueError, match="nonsense"):
        proxy.networks("nonsense")


async def by_balancer(dial: Dial, header: bytes = LINE) -> Client:
    client = await dial()
    client.writer.write(header)
    assert (await client.reply()).startswith("220")
    return client


@pytest.mark.parametrize("header", [LINE, frame("192.0.2.7")])
async def test_a_balancers_client_is_known_by_its_own_address(header: bytes) -> None:
    store = Store()
    async with listening(store, balancers=TRUSTED) as (dial, _, _):
        client = await by_balancer(dial, header)
        await client.say("EHLO x.example\r\n")
        await client.say(HELLO, 3)
        assert (await client.say("hi\r\n.\r\n"))[0].startswith("250")
    assert [mail.peer for mail in store.kept] == ["192.0.2.7"]


async def test_the_limit_an_address_counts_the_clients_behind_a_balancer() -> None:
    async with listening(Store(), SmtpLimits(connections_per_address=1), balancers=TRUSTED) as (dial, _, _):
        first = await by_balancer(dial)
        await by_balancer(dial, LINE.replace(b"192.0.2.7", b"192.0.2.8"))
        again = await dial()
        again.writer.write(LINE)
        assert (await again.reply()).startswith("421 4.7.0")
        assert (await first.say("QUIT\r\n"))[0].startswith("221")
        assert await first.reader.read() == b""
        await by_balancer(dial)


async def test_a_balancer_that_says_nothing_or_something_else_is_sent_away() -> None:
    async with listening(Store(), SmtpLimits(command_seconds=0.05), balancers=TRUSTED) as (dial, _, _):
        silent = await dial()
        assert (await silent.reply()).startswith("421 4.4.2")
        client = await dial()
        assert (await client.say("EHLO x.example\r\n"))[0].startswith("421 4.7.0")
        assert await client.reader.read() == b""


@pytest.mark.parametrize("header", [LINE, frame("192.0.2.7")])
async def test_nobody_else_may_say_for_whom_they_speak(header: bytes) -> None:
    store = Store()
    async with listening(store, balancers=proxy.networks("192.0.2.1")) as (dial, _, _):
        client = await dial()
        await client.reply()
        assert (await client.say(header + b"EHLO x.example\r\n" + HELLO.encode()))[0].startswith("421 4.7.0")
        assert await client.reader.read() == b""
    assert store.kept == []
