"""A mail listener over real sockets on loopback with a store of its own, and a client that says what a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from crm_store.clock import Clock, SystemClock
from ingest.pace import Pace
from ingest.smtp.house import House
from ingest.smtp.limits import SmtpLimits
from ingest.smtp.listener import Listener
from ingest.smtp.received import AddressGone, Owner, ReceivedMail

OWNER = Owner("tea_rapport", "usr_ada")
ADA = "ada-abcdefghijklmnopqrstuvwxyz@in.team.example"
HELLO = f"MAIL FROM:<ann@acme.example>\r\nRCPT TO:<{ADA}>\r\nDATA\r\n"


@dataclass
class Store:
    kept: list[ReceivedMail] = field(default_factory=list)
    broken: bool = False
    gate: asyncio.Event | None = None
    known: dict[str, Owner] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def recall(self, rcpt: str) -> Owner | None:
        return self.known.get(rcpt)

    async def owner_of(self, rcpt: str) -> Owner | None:
        if self.broken:
            raise RuntimeError("secret words of the database")
        return OWNER if rcpt.partition("@")[0].partition("+")[0] == ADA.partition("@")[0] else None

    async def login(self, name: str, secret: str) -> Owner | None:
        if self.broken:
            raise RuntimeError("secret words of the database")
        return OWNER if (name, secret) == ("ada@team.example", "s3cret") else None

    async def keep(self, mail: ReceivedMail, more: Callable[[], bool] | None = None) -> None:
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            raise RuntimeError("secret words of the database")
        if gone := self.gone & set(mail.rcpts):
            raise AddressGone(frozenset(gone))
        self.kept.append(mail)


@dataclass
class Client:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 60)).decode()
            lines.append(line.rstrip("\r\n"))
            if not line or line[3:4] != "-":
                return "\n".join(lines)

    async def say(self, text: str | bytes, answers: int = 1) -> list[str]:
        self.writer.write(text.encode() if isinstance(text, str) else text)
        await self.writer.drain()
        return [await self.reply() for _ in range(answers)]

    async def close(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


Dial = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def listening(
    store: Store,
    limits: SmtpLimits | None = None,
    tls: ssl.SSLContext | None = None,
    *,
    lmtp: bool = False,
    clock: Clock | None = None,
    **more: Any,
) -> AsyncIterator[tuple[Dial, Listener, int]]:
    domain = "in.team.example"
    clock = clock or SystemClock()
    house = House(store, domain, domain, limits or SmtpLimits(), clock, Pace(clock.monotonic), tls, **more)
    listener = Listener(house)
    port = await listener.start("127.0.0.1", 0, lmtp=lmtp)
    clients: list[Client] = []

    async def dial() -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        clients.append(client)
        return client

    try:
        yield dial, listener, port
    finally:
        for client in clients:
            await client.close()
        await listener.stop()


async def greeted(dial: Dial) -> Client:
    client = await dial()
    assert (await client.reply()).startswith("220")
    assert (await client.say("EHLO mx.acme.example\r\n"))[0].startswith("250")
    return client


def write_certificate(folder: Path) -> Path:
    """A file with a certificate that only this test knows, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.team.example")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(begins).not_valid_after(begins.replace(year=2099))
    pem = built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    file = folder / "mx.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
    return file


def certificate(folder: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS with such a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(folder))
    return context
