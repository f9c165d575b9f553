"""Made-up mails for the tests of the reader."""

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from ingest import child_tasks, in_parts
from ingest.in_parts import Raw
from ingest.sandbox import Sandbox

MAILS = Path(__file__).resolve().parents[2] / "mail"


def letter(body: str = "Hello.", **headers: str) -> bytes:
    """A plain mail; a keyword is a header, with underscores for hyphens."""
    fields = {"From": "Ada Quist <ada@team.example>", "To": "crm@in.team.example", "Subject": "hello"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return (head + "\r\n" + body.replace("\n", "\r\n")).encode("utf-8", "surrogateescape")


def with_attachment(body: str, name: str, data: bytes) -> bytes:
    """A mail with one file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Lee <ann@acme.example>", "ada@team.example", "the file"
    mail.set_content(body)
    mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def rich(html: str, plain: str | None = None) -> bytes:
    """A mail in HTML, with a plain part where one is given."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Lee <ann@acme.example>", "ada@team.example", "Re: offer"
    if plain is None:
        mail.set_content(html, subtype="html")
    else:
        mail.set_content(plain)
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


class InThisProcess(Sandbox):
    """Reads without a child of its own, which takes a second to start."""

    async def start(self) -> None:
        """Nothing has to be started."""

    async def _answers(self, raw: Raw, order: Mapping[str, object]) -> tuple[list[bytes], str]:
        whole = b"".join([piece async for piece in in_parts.pieces(raw)])
        return list(child_tasks.answers(whole, dict(order))), ""
