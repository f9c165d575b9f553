"""Communications: who said what, by which way, and who of us saw it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ANSWER_BELL, Personal, ShortText, TeamRow, key


class Communication(TeamRow):
    __tablename__ = "communications"
    __table_args__ = (
        UniqueConstraint("team_id", "source_key"),
        Index("ix_communications_team_id_thread_key", "team_id", "thread_key"),
        Index("ix_communications_team_id_happened_at", "team_id", "happened_at"),
        Index("ix_communications_team_id_company_id", "team_id", "company_id"),
        Index("ix_communications_team_id_deal_id", "team_id", "deal_id"),
    )
    communication_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(20))
    direction: Mapped[str] = mapped_column(ShortText(10))
    happened_at: Mapped[datetime]
    logged_at: Mapped[datetime]
    logged_by: Mapped[str] = mapped_column(ShortText(40))
    subject: Mapped[Personal | None]
    new_text: Mapped[Personal] = mapped_column(default="")
    quoted_text: Mapped[Personal] = mapped_column(default="")
    level: Mapped[str] = mapped_column(ShortText(20), default="team")
    thread_key: Mapped[str | None] = mapped_column(ShortText(200))
    deal_id: Mapped[str | None] = mapped_column(ShortText(40))
    # Set where what was said belongs to a company as a whole: its own channel in Slack.
    company_id: Mapped[str | None] = mapped_column(ShortText(40))
    source: Mapped[str] = mapped_column(ShortText(20))
    source_key: Mapped[str] = mapped_column(ShortText(200))
    permalink: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Participant(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "participants"
    __table_args__ = (
        Index("ix_participants_team_id_communication_id", "team_id", "communication_id"),
        Index("ix_participants_team_id_customer_id", "team_id", "customer_id"),
    )
    participant_id: Mapped[str] = key()
    communication_id: Mapped[str] = mapped_column(ShortText(40))
    role: Mapped[str] = mapped_column(ShortText(10))
    name: Mapped[Personal | None]
    address_key: Mapped[str | None] = mapped_column(ShortText(320), info={"personal": True})
    customer_id: Mapped[str | None] = mapped_column(ShortText(40))
    user_id: Mapped[str | None] = mapped_column(ShortText(40))


class Witness(TeamRow):
    __tablename__ = "witnesses"
    communication_id: Mapped[str] = key()
    user_id: Mapped[str] = key()
    inbox_id: Mapped[str | None] = mapped_column(ShortText(40))
    at: Mapped[datetime]


class Attachment(TeamRow):
    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_team_id_communication_id", "team_id", "communication_id"),)
    attachment_id: Mapped[str] = key()
    communication_id: Mapped[str] = mapped_column(ShortText(40))
    name: Mapped[Personal]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ShortText(64))


class StoredFile(TeamRow):
    __tablename__ = "files"
    sha256: Mapped[str] = key(64)
    size: Mapped[int]
    content_type: Mapped[str] = mapped_column(ShortText(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, info={"personal": True})
    stored_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(ShortText(200))


class SlackMessage(TeamRow):
    __tablename__ = "slack_messages"
    __table_args__ = (Index("ix_slack_messages_team_id_object_id", "team_id", "object_id"),)
    channel: Mapped[str] = key()
    ts: Mapped[str] = key()
    object_id: Mapped[str] = mapped_column(ShortText(40))
    purpose: Mapped[str] = mapped_column(ShortText(30))


class FollowedThread(TeamRow):
    """A Slack thread (or, without `whole`, one message) that a communication is kept in step with."""

    __tablename__ = "followed_threads"
    __table_args__ = (Index("ix_followed_threads_team_id_communication_id", "team_id", "communication_id"),)
    channel: Mapped[str] = key()
    root_ts: Mapped[str] = key()
    whole: Mapped[bool] = mapped_column(default=False)
    by_link: Mapped[bool] = mapped_column(default=False)
    communication_id: Mapped[str | None] = mapped_column(ShortText(40))


class ThreadMessage(TeamRow):
    """A message of a followed thread as it was last heard; `stamp` orders what is told of it."""

    __tablename__ = "thread_messages"
    __table_args__ = (Index("ix_thread_messages_team_id_channel_root_ts", "team_id", "channel", "root_ts"),)
    channel: Mapped[str] = key()
    ts: Mapped[str] = key()
    root_ts: Mapped[str] = mapped_column(ShortText(40))
    author: Mapped[str] = mapped_column(ShortText(40))
    author_name: Mapped[Personal]
    text: Mapped[Personal]
    stamp: Mapped[str] = mapped_column(ShortText(40))
    gone: Mapped[bool] = mapped_column(default=False)


class ChannelLink(TeamRow):
    """A Slack channel whose conversation belongs to a company."""

    __tablename__ = "channel_links"
    __table_args__ = (Index("ix_channel_links_team_id_company_id", "team_id", "company_id"),)
    channel: Mapped[str] = key()
    company_id: Mapped[str] = mapped_column(ShortText(40))
    linked_by: Mapped[str] = mapped_column(ShortText(40))
    linked_at: Mapped[datetime]
    outsiders: Mapped[bool] = mapped_column(default=False)


class Question(TeamRow):
    __tablename__ = "questions"
    question_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(30))
    asked: Mapped[str] = mapped_column(ShortText(40))
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(ShortText(20), default="open")
    answer: Mapped[str | None]
    answered_by: Mapped[str | None] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
