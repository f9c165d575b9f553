"""`crm explain-mail` and `crm address`: what is seen in mails and would be done with them, and where they are sent."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.cli.desks import opened, say
from crm_store.actions import teams as team_actions
from crm_store.clock import Clock, SystemClock
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key
from crm_store.queries import mailroom as known_facts
from crm_store.queries import teams as team_queries
from crm_store.values.mail import KnownFacts
from crm_store.values.teams import UserView
from ingest import address as ingest_address
from ingest import plan
from ingest.authenticity import Trust
from ingest.explain import Plan, Source, explain
from ingest.parsed import ParsedMail
from ingest.plan import Letter, Manners

_LARGEST: Final = 256_000_000
_SHOWN: Final = 400
_READER: Final = UserView("usr_reader", "", "You", "rep", "UTC")


def explain_mail(options: argparse.Namespace) -> int:
    """A line a message, in order; nothing is written, and a store is read only where it is asked for."""
    if options.subject is not None and not options.text:
        raise BadInput("--subject goes with --text.")
    if not options.store:
        if options.whose or options.team:
            raise BadInput("--for and --team go with --store.")
        return _explain(options, partial(steps, clock=SystemClock()))
    if not options.whose:
        raise BadInput("Say who would forward it: --for with a colleague's mail address.")
    with opened() as office:
        desk = office.desk(options.team)
        manners = Manners(Trust("address"), office.settings.ingest_domain)
        return _explain(options, partial(_stored_steps, desk=desk, owner=_owner(desk, options.whose), manners=manners))


def address(options: argparse.Namespace) -> int:
    """Show a colleague's personal address, made where there is none yet; or replace it."""
    with opened() as office:
        desk = office.desk(options.team)
        owner = _owner(desk, options.whose)
        known = desk.read_now(team_queries.ingest_address, owner.user_id)
        local = known if known and not options.rotate else _minted(desk, owner)
        found = f"{local}@{office.settings.ingest_domain}"
        line = {"user": owner.name, "address": found, "replaced": bool(known) and options.rotate}
        said = f"{owner.name} forwards mail to {found}"
        if line["replaced"]:
            said += "\nThe address before it takes no mail any more."
        say(json.dumps(line, ensure_ascii=False) if options.json else said)
    return 0


def _minted(desk: Desk, owner: UserView) -> str:
    minted = ingest_address.mint((owner.name.split() or [""])[0])
    hashed = ingest_address.secret_hash(minted.secret)
    desk.write_now(team_actions.rotate, owner.user_id, minted.local_part, hashed)
    return minted.local_part


def _owner(desk: Desk, whose: str | None) -> UserView:
    """The colleague who was named by a mail address, or the only one there is."""
    if whose:
        found = desk.read_now(team_queries.find_user_by_address, whose)
        if found is None:
            raise BadInput(f"{whose} is not the address of a colleague.")
        return found
    everybody = desk.read_now(team_queries.users)
    if len(everybody) != 1:
        raise BadInput("Say whose it is: --for with a colleague's mail address.")
    return everybody[0]


def _explain(options: argparse.Namespace, planned: Plan) -> int:
    sources = list(_sources(options.files))
    for line in explain(sources, text=options.text, subject=options.subject, plan=planned, clock=SystemClock()):
        say(json.dumps(line, ensure_ascii=False) if options.json else "\n".join(_told(line)))
    return 0


def steps(mail: ParsedMail, attached: tuple[ParsedMail, ...], clock: Clock) -> list[str]:
    """What would be done if its sender were a colleague and nobody in it were known yet."""
    now = clock.now()
    sender = email_key(mail.from_.address or "")
    known = KnownFacts(_READER, now, colleagues={sender: _READER.user_id} if sender else {})
    return list(plan.make(Letter(mail, now, attached=attached), known, Manners(Trust("address"))).lines)


def _stored_steps(
    mail: ParsedMail, attached: tuple[ParsedMail, ...], desk: Desk, owner: UserView, manners: Manners
) -> list[str]:
    """What would be done with what the store knows, if it came from its sender to this colleague's address."""
    letter = Letter(mail, desk.store.clock.now(), attached=attached, in_bulk=True)
    known = desk.read_now(known_facts.known, owner.user_id, plan.sought(letter))
    return list(plan.make(letter, known, manners).lines)


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
    yield from _rows(*_beside(line))
    yield from _rows(*(("attachment", f"{one['name']} ({one['size']} bytes)") for one in line["attachments"]))
    yield from _rows(*(("warning", one) for one in line["warnings"]), *(("plan", one) for one in line["plan"]))
    yield ""


def _beside(line: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What a mail tells beside its text: reports, absences, contacts, and how it is protected."""
    inner = line["forwarded"] or {}
    for bounce in (line["bounce"], inner.get("bounce")):
        for one in bounce["recipients"] if bounce else ():
            yield (
                "bounced",
                f"{one['address']} ({one['status'] or ('hard' if one['hard'] else 'soft')}): {one['reason']}",
            )
    if complaint := line["complaint"]:
        yield "complaint", f"{complaint['address'] or 'nobody named'} ({complaint['kind']})"
    for told in (line["auto_reply"], inner.get("auto_reply")):
        if told:
            stand_in = _box(told["stand_in"]) if told["stand_in"] else None
            yield "away", "left" if told["gone"] else told["back_on"] and f"until {told['back_on']}"
            yield "stand-in", stand_in
    for card in line["vcards"]:
        yield "contact", ", ".join([card["name"], *card["emails"], *card["phones"]])
    if line["protection"] != "none":
        yield "protection", line["protection"]


def _rows(*rows: tuple[str, str | None]) -> Iterator[str]:
    for name, text in rows:
        shown = " ".join((text or "").split())
        if shown:
            yield f"  {name:<11}{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'}"


def _box(box: dict[str, str | None]) -> str:
    name, address = box["name"], box["address"]
    return f"{name} <{address}>" if name and address else name or address or ""
