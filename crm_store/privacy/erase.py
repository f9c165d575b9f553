"""Erasing a person: their records and what was said with them, and their traces in what belongs to others as well."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.sql import FromClause
from sqlalchemy.sql.elements import ColumnElement

from crm_store import audit, inbox_parts, outbox
from crm_store.engine.store import SYSTEM
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import TeamRow
from crm_store.models.history import Attachment, Communication, Participant, SlackMessage, StoredFile
from crm_store.models.marketing import Suppression
from crm_store.models.people import Customer, Team
from crm_store.models.plumbing import NeverLog
from crm_store.models.privacy import Erasure
from crm_store.models.trade import Deal
from crm_store.privacy import certificate as certificates
from crm_store.privacy import subject as subjects
from crm_store.privacy.personal import REACHES, By, Reach, Then
from crm_store.privacy.subject import Subject
from crm_store.privacy.sweep import BLOT, like, pattern, sweep
from crm_store.queries import teams
from crm_store.values.exports import CERTIFICATE
from crm_store.values.marks import mark
from crm_store.values.roles import Right

ERASED: Final = "erased on request"
_AT_ONCE: Final = 400
_DONE: Final = frozenset({"done", "held", "set_aside", "dropped"})
_NOBODY: Final = "gone"
_TRACES: Final = (
    ("undo_log", ("inverse", "sentence")),
    ("outbox", ("payload", "dedupe_key")),
    ("questions", ("about", "asked")),
    ("told", ("payload",)),
)


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, by table, what was changed, and the certificate: a digest over it that anybody can work out again."""

    erasure_id: str
    at: str
    removed: dict[str, int]
    changed: dict[str, int]
    certificate: str


def preview(work: Work, who: str) -> tuple[Subject, dict[str, int]]:
    """Who would be erased, and how many rows of each table belong to them; changes nothing."""
    person = subjects.of(work, who)
    counts = {}
    for name, reaches in REACHES.items():
        table = TeamRow.metadata.tables[name]
        found = work.connection.scalar(
            select(func.count()).select_from(table).where(table.c.team_id == work.team_id, _any(table, reaches, person))
        )
        if found:
            counts[name] = int(found)
    return person, counts


def erase(work: Work, who: str) -> Erased:
    """Erase a person for good; admins alone, when somebody asks in chat. Not undoable, and said so before.

    Raises NotFound where nobody is meant, so that a second time says that there is nobody any more.
    """
    _may(work)
    work.lock_team()
    person = subjects.of(work, who)
    removed: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    _cards(work, person)
    _forget_words(work, person)
    _others_conversations(work, person, changed)
    _files(work, person, removed)
    for name, reaches in REACHES.items():
        table = TeamRow.metadata.tables[name]
        for reach in reaches:
            count = _carry_out(work, table, reach, person)
            (removed if reach.then is Then.DELETE else changed)[name] += count
    _arrivals(work, person, changed)
    _traces(work, person, removed)
    _as_digests(work, person, changed)
    for name, count in sweep(work, person.signs).items():
        changed[name] += count
    return _certified(work, person, +removed, +changed)


def _may(work: Work) -> None:
    if work.actor != SYSTEM and not teams.may(work, work.actor, Right.PRIVACY):
        raise NotAllowed("Only admins erase a person.")


def _ids(person: Subject, by: By) -> Sequence[str]:
    return person.ids.get(by, ())


def _any(table: Table, reaches: Iterable[Reach], person: Subject) -> ColumnElement[bool]:
    return or_(*(table.c[one.column].in_(list(_ids(person, one.by))) for one in reaches))


def _carry_out(work: Work, table: Table, reach: Reach, person: Subject) -> int:
    count = 0
    column = table.c[reach.column]
    for some in in_groups(list(_ids(person, reach.by)), _AT_ONCE):
        here = (table.c.team_id == work.team_id, column.in_(list(some)))
        if reach.then is Then.DELETE:
            count += work.connection.execute(delete(table).where(*here)).rowcount
        else:
            nobody = None if column.nullable else f"{_NOBODY}_{work.new_id(Prefix.ERASURE)}"[:40]
            count += work.connection.execute(update(table).where(*here).values({reach.column: nobody})).rowcount
    return count


def _cards(work: Work, person: Subject) -> None:
    """Messages of ours in Slack that show the person are changed to say that nothing is shown any more."""
    for some in in_groups(list(_ids(person, By.ROW)), _AT_ONCE):
        shown = work.session.scalars(select(SlackMessage).where(SlackMessage.object_id.in_(list(some)))).all()
        outbox.enqueue_many(work, map(_change_of, shown))


def _change_of(place: SlackMessage) -> outbox.Leaving:
    payload = {"channel": place.channel, "ts": place.ts}
    return outbox.Leaving("erased", f"channel:{place.channel}", f"erased:{place.channel}:{place.ts}", payload)


def unscrubbed(work: Work) -> bool:
    """Whether the data file may still hold bytes of somebody who was erased."""
    return work.session.scalar(select(Erasure.erasure_id).where(Erasure.scrubbed_at.is_(None)).limit(1)) is not None


def scrubbed(work: Work) -> None:
    """The freed pages have been written over. Not audited: the erasure was."""
    done = update(Erasure).where(Erasure.scrubbed_at.is_(None)).values(scrubbed_at=work.now)
    work.session.execute(done.execution_options(synchronize_session=False))


def _forget_words(work: Work, person: Subject) -> None:
    """The look-up forgets them as it forgets whoever is removed, so that words nobody else bears go as well."""
    rows = work.session.scalars(select(Customer).where(Customer.customer_id.in_(person.customers))).all()
    for row in rows:
        row.removed_at = row.removed_at or work.now
    deals = work.session.scalars(select(Deal).where(Deal.customer_id.in_(person.customers))).all()
    known = pattern(person.signs) if person.signs else None
    for deal in deals:
        deal.name = known.sub(BLOT, deal.name) if known else deal.name
    work.flush()
    tokens.refresh_many(work, person.customers)
    tokens.forget(work, person.customers)


def _others_conversations(work: Work, person: Subject, changed: Counter[str]) -> None:
    """Of what others took part in, the person's part goes: all they wrote, and their names in what others wrote."""
    for some in in_groups(person.shared, _AT_ONCE):
        by_them = set(
            work.session.scalars(
                select(Participant.communication_id).where(
                    Participant.communication_id.in_(list(some)),
                    Participant.customer_id.in_(person.customers),
                    Participant.role == "from",
                )
            )
        )
        for row in work.session.scalars(select(Communication).where(Communication.communication_id.in_(list(some)))):
            if row.communication_id in by_them:
                row.new_text, row.quoted_text, row.subject = BLOT, "", BLOT if row.subject else None
                changed["communications"] += 1
    work.flush()


def _files(work: Work, person: Subject, removed: Counter[str]) -> None:
    """Files that only the person's conversations show."""
    theirs: set[str] = set()
    for some in in_groups(person.alone, _AT_ONCE):
        theirs |= set(
            work.session.scalars(select(Attachment.sha256).where(Attachment.communication_id.in_(list(some))))
        )
    for digest in sorted(theirs):
        others = select(Attachment.attachment_id).where(
            Attachment.sha256 == digest, Attachment.communication_id.not_in(person.alone)
        )
        if work.session.scalar(others.limit(1)) is None:
            gone = delete(StoredFile).where(StoredFile.sha256 == digest)
            work.session.execute(gone.execution_options(synchronize_session=False))
            removed["files"] += 1


def _arrivals(work: Work, person: Subject, changed: Counter[str]) -> None:
    """What arrived is emptied; its key stays, so that the same mail is not taken in again."""
    table = TeamRow.metadata.tables["inbox"]
    emptied: dict[str, Any] = {"raw": b"", "envelope": {}, "message_id": None, "verdict": ERASED, "state": "done"}
    parts = TeamRow.metadata.tables["inbox_parts"]
    naming = [*_naming(work, table, "inbox_id", person), *_naming(work, parts, "inbox_id", person, at_once=8)]
    done = [*_ids(person, By.INBOX), *naming, *_typed(work, person)]
    for some in in_groups(sorted(set(done)), _AT_ONCE):
        here = (table.c.team_id == work.team_id, table.c.inbox_id.in_(list(some)), table.c.state.in_(_DONE))
        changed["inbox"] += work.connection.execute(update(table).where(*here).values(emptied)).rowcount
        # What is still at work keeps its bytes, and is erased where it names the person once more.
        inbox_parts.forget(work, list(work.connection.scalars(select(table.c.inbox_id).where(*here))))
    imports = TeamRow.metadata.tables["imports"]
    for import_id in _naming(work, imports, "import_id", person):
        one = (imports.c.team_id == work.team_id, imports.c.import_id == import_id)
        changed["imports"] += work.connection.execute(update(imports).where(*one).values(raw=None)).rowcount


def _naming(work: Work, table: FromClause, key: str, person: Subject, at_once: int = 200) -> list[str]:
    """Rows whose bytes name the person; looked at here, since not every database can search in bytes.

    What people typed calls somebody by a part of the name, so that such lines go as well.
    """
    known = pattern([*person.signs, *person.words, *person.customers, *_ids(person, By.THREAD)])
    rows = work.connection.execute(
        select(table.c[key], table.c.raw)
        .where(table.c.team_id == work.team_id, table.c.raw.is_not(None), func.length(table.c.raw) > 0)
        .execution_options(yield_per=at_once)
    )
    return [str(row[0]) for row in rows if known.search(_read(bytes(row[1])))]


def _typed(work: Work, person: Subject) -> list[str]:
    """Lines typed in Slack that say a task or a need of the person without naming them, as one may with `them`."""
    if not person.sayings:
        return []
    table = TeamRow.metadata.tables["inbox"]
    known = pattern(person.sayings)
    rows = work.connection.execute(
        select(table.c.inbox_id, table.c.raw)
        .where(table.c.team_id == work.team_id, table.c.source == "slack", func.length(table.c.raw) > 0)
        .execution_options(yield_per=200)
    )
    return [str(row[0]) for row in rows if known.search(_read(bytes(row[1])))]


def _read(raw: bytes) -> str:
    """Bytes as text; what Slack sent is JSON, in which letters may be written as numbers."""
    text = raw.decode("utf-8", "replace")
    if "\\u" in text and text[:1] in "{[":
        with suppress(ValueError):
            return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def _traces(work: Work, person: Subject, removed: Counter[str]) -> None:
    """What could bring the person back, and what is said or asked about them."""
    marks = [*person.signs, *_ids(person, By.ROW)]
    for name, columns in _TRACES:
        table = TeamRow.metadata.tables[name]
        for some in in_groups(marks, 50):
            gone = delete(table).where(table.c.team_id == work.team_id, _bears(table, columns, some))
            removed[name] += work.connection.execute(gone).rowcount
    # What was sent stays noted, without its words, so that it is not sent once more.
    sent = TeamRow.metadata.tables["outbox"]
    for some in in_groups(list(person.words), 50):
        here = (sent.c.team_id == work.team_id, sent.c.state == "sent", _bears(sent, ("payload",), some))
        removed["outbox"] += work.connection.execute(update(sent).where(*here).values(payload={})).rowcount


def _bears(table: FromClause, columns: Sequence[str], signs: Sequence[str]) -> ColumnElement[bool]:
    texts = [func.lower(cast(table.c[column], Text)) for column in columns]
    return or_(*(text.like(f"%{like(one)}%", escape="\\") for text in texts for one in signs))


def _as_digests(work: Work, person: Subject, changed: Counter[str]) -> None:
    """Nobody writes to them and nobody files their mail unasked, though nobody can read here who they were."""
    key = work.session.get_one(Team, (work.team_id,)).pseudonym_key
    for address in person.addresses:
        kept = work.session.get(Suppression, (work.team_id, address, "marketing"))
        if kept is not None:
            work.session.delete(kept)
        listed = work.session.get(NeverLog, (work.team_id, address))
        if listed is not None:
            work.session.delete(listed)
        work.flush()
        digest = mark(key, address)
        row = {"value_key": digest, "scope": "marketing", "reason": "erased", "at": work.now}
        changed["suppressions"] += work.insert(Suppression, [row], or_nothing=True)
        changed["never_log"] += work.insert(NeverLog, [{"value_key": digest, "added_by": work.actor}], or_nothing=True)


def _certified(work: Work, person: Subject, removed: Counter[str], changed: Counter[str]) -> Erased:
    team = work.session.get_one(Team, (work.team_id,))
    erasure_id = work.new_id(Prefix.ERASURE)
    at = work.now.isoformat()
    counts = {"removed": dict(sorted(removed.items())), "changed": dict(sorted(changed.items()))}
    marks = sorted(mark(team.pseudonym_key, one) for one in person.addresses)
    certificate = certificates.digest(erasure_id, at, marks, counts)
    work.add(
        Erasure(
            erasure_id=erasure_id,
            marks=marks,
            at=work.now,
            by=work.actor,
            counts=counts,
            certificate=certificate,
            scrubbed_at=None if work.dialect == "sqlite" else work.now,
        )
    )
    audit.append(work, "erase", erasure_id, {"certificate": certificate, **counts})
    if work.actor != SYSTEM:
        sent = {"user_id": work.actor, "what": f"{CERTIFICATE}{erasure_id}"}
        outbox.enqueue(work, "export", f"dm:{work.actor}", f"certificate:{erasure_id}", sent)
    return Erased(erasure_id, at, counts["removed"], counts["changed"], certificate)
