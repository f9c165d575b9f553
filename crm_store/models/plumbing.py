"""Inbox, outbox, job runs, merges, imports, undo and audit."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import Personal, ShortText, TeamRow, key


class InboxRow(TeamRow):
    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("team_id", "key"),
        Index("ix_inbox_state_source_received_at", "state", "source", "received_at", "inbox_id"),
        Index("ix_inbox_team_id_received_at", "team_id", "received_at"),
    )
    inbox_id: Mapped[str] = key()
    source: Mapped[str] = mapped_column(ShortText(20))
    key: Mapped[str] = mapped_column(ShortText(200))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    envelope: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(ShortText(20), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    verdict: Mapped[str | None]
    holder: Mapped[str | None] = mapped_column(ShortText(80))
    failures: Mapped[int] = mapped_column(default=0, server_default="0")


class InboxPart(TeamRow):
    """What follows the first bytes of a large arrival, which alone stand in its row: that is written anew often."""

    __tablename__ = "inbox_parts"
    inbox_id: Mapped[str] = key()
    place: Mapped[int] = mapped_column(primary_key=True, sort_order=-80, autoincrement=False)
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class OutboxRow(TeamRow):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("team_id", "dedupe_key"),
        Index("ix_outbox_state_outbox_id", "state", "outbox_id"),
        Index("ix_outbox_team_id_order_key_state", "team_id", "order_key", "state"),
    )
    outbox_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(30))
    order_key: Mapped[str] = mapped_column(ShortText(80))
    dedupe_key: Mapped[str] = mapped_column(ShortText(120))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    state: Mapped[str] = mapped_column(ShortText(20), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    sent_ref: Mapped[str | None]
    problem: Mapped[str | None]
    holder: Mapped[str | None] = mapped_column(ShortText(80))


class JobRun(TeamRow):
    __tablename__ = "job_runs"
    job: Mapped[str] = key()
    slot: Mapped[str] = key()
    state: Mapped[str] = mapped_column(ShortText(20))
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Merge(TeamRow):
    """An edge between two records; `moved` holds the values that were chosen by hand, by field."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_team_id_absorbed", "team_id", "absorbed"),)
    merge_id: Mapped[str] = key()
    kept: Mapped[str] = mapped_column(ShortText(40))
    absorbed: Mapped[str] = mapped_column(ShortText(40))
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(ShortText(10), default="customer", server_default="customer")
    by: Mapped[str | None] = mapped_column(ShortText(40))
    why: Mapped[str | None] = mapped_column(ShortText(200))
    undo_id: Mapped[str | None] = mapped_column(ShortText(40))


class Import(TeamRow):
    __tablename__ = "imports"
    import_id: Mapped[str] = key()
    file_name: Mapped[str]
    kind: Mapped[str] = mapped_column(ShortText(20))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(ShortText(20))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(ShortText(40))
    at: Mapped[datetime]


class ImportRow(TeamRow):
    __tablename__ = "import_rows"
    import_id: Mapped[str] = key()
    row: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(ShortText(20))
    row_id: Mapped[str | None] = mapped_column(ShortText(40))
    problem: Mapped[str | None]


class ImportChange(TeamRow):
    """What an import did to a row that was there before, or hung on it; without a field the row itself is new."""

    __tablename__ = "import_changes"
    import_id: Mapped[str] = key()
    row: Mapped[int] = mapped_column(primary_key=True, sort_order=-80, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, sort_order=-70, autoincrement=False)
    row_id: Mapped[str] = mapped_column(ShortText(40))
    field: Mapped[str] = mapped_column(ShortText(40), default="")
    old: Mapped[Personal | None]
    new: Mapped[Personal | None]


class SavedMapping(TeamRow):
    """What the columns of a file with this head were taken for, so that the next such file needs no word."""

    __tablename__ = "saved_mappings"
    __table_args__ = (UniqueConstraint("team_id", "name_key"),)
    fingerprint: Mapped[str] = key(64)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ShortText(200))
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    overwrite: Mapped[list[Any]] = mapped_column(default=list)
    by: Mapped[str] = mapped_column(ShortText(40))
    used_at: Mapped[datetime]


class Undo(TeamRow):
    __tablename__ = "undo_log"
    __table_args__ = (Index("ix_undo_log_team_id_actor_at", "team_id", "actor", "at"),)
    undo_id: Mapped[str] = key()
    actor: Mapped[str] = mapped_column(ShortText(40))
    verb: Mapped[str] = mapped_column(ShortText(40))
    sentence: Mapped[str]
    inverse: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ShortText(40))


class Audit(TeamRow):
    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(ShortText(40))
    verb: Mapped[str] = mapped_column(ShortText(40))
    row_id: Mapped[str] = mapped_column(ShortText(80))
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(ShortText(64))
    hash: Mapped[str] = mapped_column(ShortText(64))


class NeverLog(TeamRow):
    __tablename__ = "never_log"
    value_key: Mapped[str] = key(320)
    added_by: Mapped[str] = mapped_column(ShortText(40))


class RoleHeartbeat(TeamRow):
    __tablename__ = "role_heartbeats"
    role: Mapped[str] = key(20)
    node: Mapped[str] = key(80)
    beat_at: Mapped[datetime]
