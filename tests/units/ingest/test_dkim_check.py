"""Signatures that Rapport checks itself: which count for a sender, and what is said of those that do not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
import pytest_asyncio

from ingest import dkim_check, dkim_verify, in_parts, name_service
from ingest.dkim_check import Evidence, NameServiceDown
from ingest.in_parts import Raw
from ingest.sandbox import Sandbox
from tests.units.ingest.letters import letter
from tests.units.ingest.signed import Names, sign

TEAM = "team.com"
ADA = "ada@team.com"


def mail(sender: str = ADA, **headers: str) -> bytes:
    return letter("Please file this.", From=f"Ada <{sender}>", **headers)


async def _verify(raw: Raw, keys: Mapping[int, str]) -> tuple[int, ...]:
    return dkim_verify.verified(in_parts.head(raw), keys)


async def check(raw: bytes, names: Names, sender: str = ADA) -> Evidence:
    return await dkim_check.gather(raw, sender, names, _verify)


async def test_a_signature_of_the_senders_domain_is_evidence() -> None:
    names = Names(TEAM)
    assert await check(sign(mail(), TEAM), names) == Evidence((TEAM,))
    assert names.asked == ["s1._domainkey.team.com"]


async def test_a_signature_of_a_part_of_the_house_counts_unless_the_policy_is_strict() -> None:
    raw = sign(mail(), "mail.team.com")
    assert (await check(raw, Names("mail.team.com"))).signed_by == ("mail.team.com",)
    assert (await check(raw, Names("mail.team.com", team_com="v=DMARC1; p=none; adkim=r"))).signed_by
    strict = await check(raw, Names("mail.team.com", team_com="v=DMARC1; p=none; adkim=s"))
    assert (strict.signed_by, "team.com itself signs" in strict.why) == ((), True)


async def test_the_policy_of_the_registered_domain_speaks_where_the_senders_own_has_none() -> None:
    raw = sign(mail("ada@sales.team.com"), TEAM)
    names = Names(TEAM, team_com="v=DMARC1; adkim=s")
    assert (await check(raw, names, "ada@sales.team.com")).signed_by == ()
    assert names.asked[1:] == ["_dmarc.sales.team.com", "_dmarc.team.com"]


async def test_a_valid_signature_of_another_domain_proves_nothing_and_asks_nobody() -> None:
    names = Names("evil.com", TEAM)
    found = await check(sign(mail(), "evil.com"), names)
    assert (found.signed_by, names.asked) == ((), [])
    assert "evil.com, which proves nothing about team.com" in found.why


async def test_neither_a_changed_mail_nor_a_false_key_is_believed() -> None:
    signed = sign(mail(), TEAM)
    assert (await check(signed.replace(b"file this", b"file that"), Names(TEAM))).signed_by == ()
    assert (await check(sign(mail(), TEAM, with_key="mallory"), Names(TEAM))).signed_by == ()
    assert "does not fit" in (await check(signed.replace(b"Subject: hello", b"Subject: hallo"), Names(TEAM))).why


async def test_a_signature_that_covers_a_part_of_the_body_is_not_believed() -> None:
    signed = sign(mail(), TEAM, length=True) + b"\r\nand pay Mallory"
    assert b"l=" in signed.partition(b"From:")[0]
    assert (await check(signed, Names(TEAM))).why == "Its signature covers only a part of it."


async def test_a_second_sender_in_the_header_is_not_believed() -> None:
    signed = sign(mail(), TEAM)
    assert (await check(b"From: mallory@evil.com\r\n" + signed, Names(TEAM))).signed_by == ()


async def test_of_many_signatures_only_the_first_five_are_looked_at() -> None:
    raw = sign(mail(), TEAM)
    for _ in range(4):
        raw = sign(raw, TEAM, with_key="mallory")
    assert (await check(raw, Names(TEAM))).signed_by == (TEAM,)
    assert (await check(sign(raw, TEAM, with_key="mallory"), Names(TEAM))).signed_by == ()


async def test_where_nobody_answers_it_is_said_and_nothing_is_proven() -> None:
    found = await check(sign(mail(), TEAM), Names(TEAM, down=True))
    assert found == Evidence((), "Its signature could not be checked: no name server answered.")


@pytest.mark.parametrize(
    "record",
    ["", "v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa; p=AAAA", "p=" + "A" * 5_000, "k=ed25519; p=AAAA", "v=DKIM1; p=\u00e9"],
)
async def test_a_key_that_cannot_be_read_proves_nothing(record: str) -> None:
    names = Names(TEAM)
    names.texts["s1._domainkey.team.com"] = (record,)
    assert (await check(sign(mail(), TEAM), names)).signed_by == ()


@pytest.mark.parametrize(
    "header",
    [
        "d=team.com",
        "v=1; a=rsa-sha1; d=team.com; s=s1; h=from; bh=x; b=y",
        "v=1; d=team.com; s=../x; h=from",
        ";;;=;",
        "",
    ],
)
async def test_an_odd_signature_is_passed_over(header: str) -> None:
    raw = mail(DKIM_Signature=header) if header else b"DKIM-Signature:\r\n" + mail()
    names = Names(TEAM)
    assert (await check(raw, names)).signed_by == ()
    assert names.asked == []


def test_whole_public_suffixes_belong_to_nobody() -> None:
    assert dkim_check.is_aligned("mail.team.co.uk", "team.co.uk")
    assert not dkim_check.is_aligned("co.uk", "team.co.uk")
    assert not dkim_check.is_aligned("evil.co.uk", "team.co.uk")


async def test_the_parser_child_does_the_arithmetic_and_survives_a_hostile_mail() -> None:
    sandbox = Sandbox(seconds=1.0)
    signed = sign(mail(), TEAM)
    names = Names(TEAM)
    try:
        assert (await dkim_check.gather(signed, ADA, names, sandbox.verify)).signed_by == (TEAM,)
        # The blanks make the library's folding slow; the child is ended, and the next mail finds another.
        slow = signed + b" " * 400_000
        assert (await dkim_check.gather(slow, ADA, names, sandbox.verify)).signed_by == ()
        assert (await dkim_check.gather(signed, ADA, names, sandbox.verify)).signed_by == (TEAM,)
    finally:
        await sandbox.stop()


class _NameServer(asyncio.DatagramProtocol):
    """A name server on loopback that knows one name."""

    def __init__(self) -> None:
        self.asked = 0
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name
        if name.to_text().startswith("silent"):
            return
        if name.to_text() == "_dmarc.team.com.":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"v=DMARC1; " "adkim=s"'))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self.transport is not None
        self.transport.sendto(answer.to_wire(), addr)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[_NameServer, dns.asyncresolver.Resolver]]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        _NameServer, local_addr=("127.0.0.1", 0), family=socket.AF_INET
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    yield protocol, resolver
    transport.close()


async def test_the_name_service_joins_pieces_and_keeps_what_it_learned(
    server: tuple[_NameServer, dns.asyncresolver.Resolver],
) -> None:
    protocol, resolver = server
    names = name_service.NameService(resolver, seconds=0.3)
    for _ in range(3):
        assert await names.texts("_dmarc.team.com") == ("v=DMARC1; adkim=s",)
    assert protocol.asked == 1
    assert await names.texts("nothing.team.com") == ()


async def test_a_silent_name_service_is_told_from_an_empty_one(
    server: tuple[_NameServer, dns.asyncresolver.Resolver],
) -> None:
    names = name_service.NameService(server[1], seconds=0.3)
    with pytest.raises(NameServiceDown):
        await names.texts("silent.team.com")
    with pytest.raises(NameServiceDown):
        await names.texts("a" * 64 + ".team.com")
