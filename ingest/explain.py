"""What the reader sees in messages and what would be done with them, one JSON-ready object a message."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from crm_store.clock import Clock, SystemClock
from ingest import codec
from ingest.parsed import Attachment, Forwarded, Mailbox, ParsedMail, Signature
from ingest.sandbox import Sandbox

Source: TypeAlias = tuple[str, Callable[[], bytes]]
Plan: TypeAlias = Callable[[ParsedMail, tuple[ParsedMail, ...]], list[str]]
"""What would be done with a mail and the mails attached to it."""


def explain(
    files: Iterable[Source],
    *,
    text: bool = False,
    subject: str | None = None,
    plan: Plan | None = None,
    clock: Clock | None = None,
) -> Iterator[dict[str, Any]]:
    """A line for every (name, how to get its bytes), in order; each mail is read in the parser child."""
    watch = clock or SystemClock()
    with asyncio.Runner() as runner:
        sandbox = Sandbox()
        runner.run(sandbox.start())
        try:
            for name, load in files:
                raw = load()
                began = watch.monotonic()
                mail = runner.run(sandbox.parse(raw, text_subject=(subject or "") if text else None))
                took = (watch.monotonic() - began) * 1000
                attached = runner.run(sandbox.parse_attached(raw, len(mail.attached_mails))) if plan else ()
                yield line(name, mail, plan(mail, attached) if plan else [], took)
        finally:
            runner.run(sandbox.stop())


def line(name: str, mail: ParsedMail, plan: list[str], milliseconds: float) -> dict[str, Any]:
    """One mail in the shape of the door `crm explain-mail --json`."""
    plain = mail.to_json()
    return {
        "file": name,
        "message_id": mail.message_id,
        "subject": mail.subject,
        "date": plain["date"],
        "from": _box(mail.from_),
        "to": [_box(box) for box in mail.to],
        "cc": [_box(box) for box in mail.cc],
        "bcc": [_box(box) for box in mail.bcc],
        "reply_to": [_box(box) for box in mail.reply_to],
        "kind": mail.kind.value,
        "forwarded": _forwarded(mail.forwarded),
        "new_text": mail.new_text,
        "quoted_text": mail.quoted_text,
        "signature": _signature(mail.signature),
        "attachments": [_attachment(one) for one in mail.attachments],
        "attached_mails": len(mail.attached_mails),
        "bounce": plain["bounce"],
        "calendar": plain["calendar"],
        "complaint": plain["complaint"],
        "auto_reply": plain["auto_reply"],
        "vcards": plain["vcards"],
        "protection": plain["protection"],
        "references": list(mail.references),
        "in_reply_to": mail.in_reply_to,
        "automatic": mail.signs.automatic,
        "bulk": mail.signs.bulk,
        "first_lines": [{"verb": one.verb, "value": one.value} for one in mail.first_lines],
        "warnings": list(mail.warnings),
        "plan": plan,
        "ms": round(milliseconds, 2),
    }


def _box(box: Mailbox) -> dict[str, Any]:
    return {"name": box.name, "address": box.address}


def _forwarded(inner: Forwarded | None) -> dict[str, Any] | None:
    if inner is None:
        return None
    plain = codec.plain(inner)
    return {
        "from": _box(inner.from_),
        "to": [_box(box) for box in inner.to],
        "cc": [_box(box) for box in inner.cc],
        "date": inner.date,
        "date_at": inner.date_at.isoformat() if inner.date_at else None,
        "subject": inner.subject,
        "body": inner.body,
        "message": inner.message,
        "sure": inner.sure,
        "bounce": plain["bounce"],
        "auto_reply": plain["auto_reply"],
    }


def _signature(found: Signature | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "text": found.text,
        "name": found.name,
        "title": found.title,
        "company": found.company,
        "phones": list(found.phones),
        "urls": list(found.urls),
    }


def _attachment(one: Attachment) -> dict[str, Any]:
    return {
        "name": one.name,
        "content_type": one.content_type,
        "size": one.size,
        "sha256": one.sha256,
        "inline": one.inline,
    }
