"""Mails signed with keys made for the tests, and a name service that knows them."""

import base64
from functools import cache

import dkim  # the library carries no types
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ingest.dkim_check import NameServiceDown


@cache
def key(name: str, bits: int = 1024) -> rsa.RSAPrivateKey:
    """A key by name; the same name is the same key."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def record(name: str) -> str:
    """What the domain publishes for that key."""
    public = key(name).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def sign(
    raw: bytes, domain: str, *, with_key: str = "", length: bool = False, headers: tuple[bytes, ...] = ()
) -> bytes:
    """The mail with a signature of that domain in front of it."""
    pem = key(with_key or domain).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    found = dkim.sign(
        raw,
        b"s1",
        domain.encode(),
        pem,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=list(headers) or [b"from", b"to", b"subject"],
        length=length,
    )
    return bytes(found) + raw


class Names:
    """A name service that answers from a table and remembers what it was asked."""

    def __init__(self, *domains: str, down: bool = False, **policies: str) -> None:
        self.asked: list[str] = []
        self.down = down
        self.texts = {f"s1._domainkey.{one}": (record(one),) for one in domains}
        self.texts |= {f"_dmarc.{name.replace('_', '.')}": (text,) for name, text in policies.items()}

    async def __call__(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        if self.down:
            raise NameServiceDown("no answer")
        return self.texts.get(name, ())
