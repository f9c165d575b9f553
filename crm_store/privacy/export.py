"""What a person may ask to see: everything that is kept about them, in one archive that can be read without us."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, Table, or_, select

from crm_store import audit, inbox_parts
from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import TeamRow
from crm_store.models.people import Team
from crm_store.privacy import subject as subjects
from crm_store.privacy.personal import REACHES, By, Reach
from crm_store.privacy.subject import Subject

_AT_ONCE: Final = 400
_README: Final = """What is kept about {name}
Made {at} from the records of {team}.

records.jsonl   one line for each record: its table, and its fields. Times are UTC, amounts are in minor units.
shared.jsonl    conversations in which others from outside took part as well: when, by which way, what was said.
mails/          mails as they arrived (RFC 5322); any mail program opens them.
files/          files that came with them.

Left out: notes that a colleague keeps for themselves, and how the search and the scores work inside.
"""
_INTERNAL: Final = frozenset({"lookup_changes", "dirty_customers", "merge_overlays", "merge_origins", "slack_messages"})
_OTHERS: Final = frozenset({"logged_by", "merged_into", "source_key", "thread_key"})


@dataclass(frozen=True, slots=True)
class Exported:
    """The archive, whose it is, and how many records, mails and files are in it."""

    name: str
    records: int
    mails: int
    files: int
    content: bytes


def export(work: Work, who: str) -> Exported:
    """The archive of a person, by id or address; raises NotFound or BadInput. The audit trail says that it was made."""
    person = subjects.of(work, who)
    team = work.session.get_one(Team, (work.team_id,))
    holder = io.BytesIO()
    records = mails = files = 0
    with zipfile.ZipFile(holder, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for table, row in _records(work, person):
            lines.append(json.dumps({"table": table, **row}, ensure_ascii=False))
            records += 1
        archive.writestr("records.jsonl", "\n".join(lines) + "\n")
        shared = [json.dumps(one, ensure_ascii=False) for one in _shared(work, person)]
        archive.writestr("shared.jsonl", "\n".join(shared) + ("\n" if shared else ""))
        for name, raw in _mails(work, person):
            archive.writestr(f"mails/{name}.eml", raw)
            mails += 1
        for name, content in _files(work, person):
            archive.writestr(f"files/{name}", content)
            files += 1
        at = f"{work.now:%d %b %Y %H:%M} UTC"
        archive.writestr("README.txt", _README.format(name=person.name, at=at, team=team.name))
    audit.append(work, "export person", person.customers[0], {"records": records, "mails": mails, "files": files})
    return Exported(person.name, records + len(shared), mails, files, holder.getvalue())


def _records(work: Work, person: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, reaches in REACHES.items():
        if name in _INTERNAL:
            continue
        table = TeamRow.metadata.tables[name]
        for row in _rows(work, table, reaches, person):
            if name == "communications" and row["level"] == "private":
                continue
            yield name, _plain(row)


def _rows(work: Work, table: Table, reaches: tuple[Reach, ...], person: Subject) -> Iterator[RowMapping]:
    seen: set[tuple[Any, ...]] = set()
    keys = list(table.primary_key)
    for reach in reaches:
        for some in in_groups(list(person.ids.get(reach.by, ())), _AT_ONCE):
            found = work.connection.execute(
                select(table).where(table.c.team_id == work.team_id, table.c[reach.column].in_(list(some)))
            ).mappings()
            for row in found:
                key = tuple(row[one.name] for one in keys)
                if key not in seen:
                    seen.add(key)
                    yield row


def _shared(work: Work, person: Subject) -> Iterator[dict[str, Any]]:
    """Of what others took part in: what was said, and the person's own part; not who else was there."""
    table = TeamRow.metadata.tables["communications"]
    for some in in_groups(list(person.shared), _AT_ONCE):
        rows = work.connection.execute(
            select(table).where(
                table.c.team_id == work.team_id,
                table.c.communication_id.in_(list(some)),
                or_(table.c.level == "team", table.c.logged_by == work.actor),
                table.c.removed_at.is_(None),
            )
        ).mappings()
        yield from (_plain(row) for row in rows)


def _mails(work: Work, person: Subject) -> Iterator[tuple[str, bytes]]:
    inbox = TeamRow.metadata.tables["inbox"]
    for some in in_groups(list(person.ids.get(By.INBOX, ())), _AT_ONCE):
        rows = work.connection.execute(
            select(inbox.c.inbox_id, inbox.c.raw).where(
                inbox.c.team_id == work.team_id, inbox.c.inbox_id.in_(list(some)), inbox.c.source == "mail"
            )
        )
        yield from ((str(row[0]), inbox_parts.whole(work, row[0], bytes(row[1]))) for row in rows if row[1])


def _files(work: Work, person: Subject) -> Iterator[tuple[str, bytes]]:
    attached, kept = TeamRow.metadata.tables["attachments"], TeamRow.metadata.tables["files"]
    for some in in_groups(list(person.alone), _AT_ONCE):
        rows = work.connection.execute(
            select(attached.c.attachment_id, attached.c.name, kept.c.content)
            .join(kept, (kept.c.team_id == attached.c.team_id) & (kept.c.sha256 == attached.c.sha256))
            .where(attached.c.team_id == work.team_id, attached.c.communication_id.in_(list(some)))
        )
        for attachment_id, name, content in rows:
            safe = "".join(mark if mark.isalnum() or mark in "._- " else "_" for mark in str(name))[-100:]
            yield f"{attachment_id}-{safe.lstrip('.')}", bytes(content)


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if name != "team_id" and name not in _OTHERS}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
