"""A mail written on the page, handed by real SMTP to the listener that the host process named."""

import asyncio
import base64
import binascii
import mimetypes
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any

import aiosmtplib

from bot.local_slack.errors import RefusedError
from bot.local_slack.hub import Hub
from bot.local_slack.people import MailDoor

Json = dict[str, Any]
_PATIENCE_SECONDS = 20.0
_MOST_FILES = 10
_MOST_BYTES = 20_000_000


async def send(hub: Hub, door: MailDoor | None, body: Json) -> Json:
    """Send one mail; the answer tells what the listener said. Raises RefusedError for what is no mail."""
    if door is None:
        raise RefusedError("This workspace was started without a mail listener to write to.")
    message, sender, to = _message(hub, door, body)
    loop = asyncio.get_running_loop()
    began = loop.time()
    code, said = await _hand_over(door, message, sender, to)
    ms = round((loop.time() - began) * 1000, 2)
    accepted = code is not None and 200 <= code < 300
    hub.journal.add(
        "mail", type="smtp", subject=message["Subject"], answer={"ok": accepted, "code": code, "text": said}, ms=ms
    )
    hub.space.changed()
    return {"accepted": accepted, "code": code, "text": said, "ms": ms, "message_id": message["Message-ID"]}


async def _hand_over(door: MailDoor, message: EmailMessage, sender: str, to: str) -> tuple[int | None, str]:
    client = aiosmtplib.SMTP(
        hostname=door.host, port=door.port, timeout=_PATIENCE_SECONDS, use_tls=False, start_tls=False
    )
    try:
        async with client:
            _, said = await client.send_message(message, sender=sender, recipients=[to])
    except aiosmtplib.SMTPRecipientsRefused as refusal:
        first = refusal.recipients[0]
        return first.code, first.message
    except aiosmtplib.SMTPResponseException as refusal:
        return refusal.code, refusal.message
    except (aiosmtplib.SMTPException, OSError) as problem:
        return None, f"The listener at {door.host}:{door.port} could not be reached ({problem})."
    return 250, said


def _message(hub: Hub, door: MailDoor, body: Json) -> tuple[EmailMessage, str, str]:
    seat = hub.space.seats.get(_word(body, "user"))
    if seat is None or seat.is_bot:
        raise RefusedError("A mail needs the person of this workspace who writes it.")
    sender = _word(body, "from") or seat.email
    to = _word(body, "to") or door.address_of(seat.id)
    if "@" not in sender or "@" not in to:
        raise RefusedError("A mail needs a sender and a recipient, each an address with an @.")
    message = EmailMessage()
    try:
        message["From"] = formataddr((seat.real_name, sender)) if sender == seat.email else sender
        message["To"] = to
        message["Subject"] = _word(body, "subject")
        message["Date"] = format_datetime(hub.space.clock.now())
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("<> ") or None)
        message.set_content(_word(body, "text"))
        _attach(message, body.get("files") or [])
    except ValueError as problem:
        raise RefusedError(f"That is no mail: {problem}.") from None
    return message, sender, to


def _attach(message: EmailMessage, files: Any) -> None:
    if not isinstance(files, list) or len(files) > _MOST_FILES:
        raise RefusedError(f"At most {_MOST_FILES} files can be attached.")
    for one in files:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise RefusedError("A file of a mail needs a name and its content in base64.")
        try:
            content = base64.b64decode(str(one.get("content_base64", "")), validate=True)
        except (binascii.Error, ValueError):
            raise RefusedError(f"The content of {one['name']} is not base64.") from None
        if len(content) > _MOST_BYTES:
            raise RefusedError(f"{one['name']} is larger than 20 MB.")
        kind, _ = mimetypes.guess_type(one["name"])
        main, _, sub = (kind or "application/octet-stream").partition("/")
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(content, maintype=main, subtype=sub, filename=one["name"])


def _word(body: Json, name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise RefusedError(f"The {name} of a mail is text.")
    return value if name == "text" else value.strip()
