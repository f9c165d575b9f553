"""`crm explain-mail`: what the reader sees in mails, and what would be done with them."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.cli.desks import say
from crm_store.clock import Clock, SystemClock
from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key
from crm_store.values.mail import KnownFacts
from crm_store.values.teams import UserView
from ingest import plan
from ingest.authenticity import Trust
from ingest.explain import Source, explain
from ingest.parsed import ParsedMail
from ingest.plan import Letter, Manners

_LARGEST: Final = 256_000_000
_SHOWN: Final = 400
_READER: Final = UserView("usr_reader", "", "You", "rep", "UTC")


def explain_mail(options: argparse.Namespace) -> int:
    """A line a message, in order; nothing is stored and no store is read."""
    if options.subject is not None and not options.text:
        raise BadInput("--subject goes with --text.")
    clock = SystemClock()
    lines = explain(
        list(_sources(options.files)),
        text=options.text,
        subject=options.subject,
        plan=partial(steps, clock=clock),
        clock=clock,
    )
    for line in lines:
        say(json.dumps(line, ensure_ascii=False) if options.json else "\n".join(_told(line)))
    return 0


def steps(mail: ParsedMail, clock: Clock) -> list[str]:
    """What would be done if its sender were a colleague and nobody in it were known yet."""
    now = clock.now()
    sender = email_key(mail.from_.address or "")
    known = KnownFacts(_READER, now, colleagues={sender: _READER.user_id} if sender else {})
    if mail.attached_mails and mail.forwarded is None:
        return [f"read the {len(mail.attached_mails)} attached mails and file each by itself"]
    return list(plan.make(Letter(mail, now), known, Manners(Trust("address"))).lines)


def _sources(names: list[str]) -> Iterator[Source]:
    """Every mail with the way to its bytes; what cannot be read is said before anything else is done."""
    for name in names:
        if name == "-":
            yield "-", sys.stdin.buffer.read
            continue
        path = Path(name)
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            if not found:
                raise BadInput(f"There are no mails in {name}.")
            yield from ((str(file), _loader(file)) for file in found)
        else:
            yield name, _loader(path)


def _loader(file: Path) -> Callable[[], bytes]:
    if not file.exists():
        raise BadInput(f"There is no file {file}.")
    if not file.is_file() and not file.is_fifo():
        raise BadInput(f"{file} is no file.")
    if not os.access(file, os.R_OK):
        raise BadInput(f"{file} cannot be read: you have no right to it.")
    if file.stat().st_size > _LARGEST:
        raise BadInput(f"{file} is larger than {_LARGEST // 1_000_000} MB; no mail is.")
    return partial(_load, file)


def _load(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise BadInput(f"{file} cannot be read: {problem.strerror}.") from problem


def _told(line: dict[str, Any]) -> Iterator[str]:
    """One message for people: who, what, the new text, and what would be done."""
    yield f"{line['file']}: {line['kind']}"
    yield from _rows(
        ("from", _box(line["from"])),
        ("to", ", ".join(map(_box, [*line["to"], *line["cc"]]))),
        ("date", line["date"]),
        ("subject", line["subject"]),
    )
    if inner := line["forwarded"]:
        yield from _rows(
            ("forwarded", _box(inner["from"])),
            ("of", inner["date"]),
            ("note", inner["message"]),
            ("text", inner["body"]),
        )
    else:
        yield from _rows(("text", line["new_text"]))
    if signature := line["signature"]:
        facts = (signature["name"], signature["title"], signature["company"], *signature["phones"])
        yield from _rows(("signature", ", ".join(fact for fact in facts if fact)))
    yield from _rows(*(("attachment", f"{one['name']} ({one['size']} bytes)") for one in line["attachments"]))
    yield from _rows(*(("warning", one) for one in line["warnings"]), *(("plan", one) for one in line["plan"]))
    yield ""


def _rows(*rows: tuple[str, str | None]) -> Iterator[str]:
    for name, text in rows:
        shown = " ".join((text or "").split())
        if shown:
            yield f"  {name:<11}{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'}"


def _box(box: dict[str, str | None]) -> str:
    name, address = box["name"], box["address"]
    return f"{name} <{address}>" if name and address else name or address or ""
