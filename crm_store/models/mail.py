"""What the mailroom remembers: rules of a team, why each mail was filed, which mails are one, meetings and reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ANSWER_BELL, Personal, ShortText, TeamRow, key

_PERSONAL = {"personal": True}


class MailRule(TeamRow):
    __tablename__ = "mail_rules"
    __table_args__ = (UniqueConstraint("team_id", "kind", "match"),)
    rule_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(20))
    match: Mapped[str] = mapped_column(ShortText(320), info=_PERSONAL)
    target: Mapped[str | None] = mapped_column(ShortText(40))
    added_by: Mapped[str] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]


class MailReason(TeamRow):
    __tablename__ = "mail_reasons"
    __table_args__ = (Index("ix_mail_reasons_team_id_communication_id", "team_id", "communication_id"),)
    inbox_id: Mapped[str] = key()
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    communication_id: Mapped[str | None] = mapped_column(ShortText(40))
    rule: Mapped[str] = mapped_column(ShortText(40))
    evidence: Mapped[Personal]
    about: Mapped[str | None] = mapped_column(ShortText(320), info=_PERSONAL)


class MailKey(TeamRow):
    __tablename__ = "mail_keys"
    __table_args__ = (Index("ix_mail_keys_team_id_communication_id", "team_id", "communication_id"),)
    mail_key: Mapped[str] = key(80)
    communication_id: Mapped[str] = key()


class Meeting(TeamRow):
    __tablename__ = "meetings"
    __table_args__ = (Index("ix_meetings_team_id_communication_id", "team_id", "communication_id"),)
    meeting_key: Mapped[str] = key(64)
    communication_id: Mapped[str] = mapped_column(ShortText(40))
    sequence: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(ShortText(20), default="planned")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]


class MeetingAnswer(TeamRow):
    __tablename__ = "meeting_answers"
    meeting_key: Mapped[str] = key(64)
    address_key: Mapped[str] = mapped_column(ShortText(320), primary_key=True, sort_order=-90, info=_PERSONAL)
    answer: Mapped[str] = mapped_column(ShortText(20))
    sequence: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class AddressReport(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "address_reports"
    value_key: Mapped[str] = mapped_column(ShortText(320), primary_key=True, sort_order=-90, info=_PERSONAL)
    kind: Mapped[str] = mapped_column(ShortText(20))
    days: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[Personal] = mapped_column(default="")
    status: Mapped[str | None] = mapped_column(ShortText(20))
    last_at: Mapped[datetime]


class Absence(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "absences"
    customer_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(10))
    until: Mapped[date | None]
    stand_in: Mapped[Personal | None]
    stand_in_key: Mapped[str | None] = mapped_column(ShortText(320), info=_PERSONAL)
    noted_at: Mapped[datetime]


class MailFlow(TeamRow):
    __tablename__ = "mail_flow"
    user_id: Mapped[str] = key()
    sender_key: Mapped[str] = mapped_column(ShortText(320), primary_key=True, sort_order=-90, info=_PERSONAL)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    allowed_until: Mapped[datetime | None]
