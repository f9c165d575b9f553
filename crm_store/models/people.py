"""Teams, users, customers, companies and how to reach them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import Personal, ShortText, TeamRow, key

ADDRESS_BELL: Final = "addresses"


class Team(TeamRow):
    __tablename__ = "teams"
    name: Mapped[str]
    slack_team_id: Mapped[str | None] = mapped_column(ShortText(40), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pseudonym_key: Mapped[str] = mapped_column(ShortText(64))
    created_at: Mapped[datetime]


class User(TeamRow):
    __tablename__ = "users"
    bell = ADDRESS_BELL
    __table_args__ = (UniqueConstraint("team_id", "slack_user_id"),)
    user_id: Mapped[str] = key()
    slack_user_id: Mapped[str] = mapped_column(ShortText(40))
    name: Mapped[Personal]
    role: Mapped[str] = mapped_column(ShortText(20), default="rep")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    quiet_from: Mapped[int] = mapped_column(default=18)
    quiet_until: Mapped[int] = mapped_column(default=8)
    # Minutes after local midnight; nothing means the usual time, -1 none at all.
    brief_at: Mapped[int | None]
    muted: Mapped[list[Any]] = mapped_column(default=list)
    last_shown: Mapped[dict[str, Any]] = mapped_column(default=dict)
    active: Mapped[bool] = mapped_column(default=True)


class UserAddress(TeamRow):
    __tablename__ = "user_addresses"
    address_key: Mapped[str] = key(320)
    user_id: Mapped[str] = mapped_column(ShortText(40))


class IngestAddress(TeamRow):
    __tablename__ = "ingest_addresses"
    bell = ADDRESS_BELL
    __table_args__ = (UniqueConstraint("team_id", "secret_hash"), Index("ix_ingest_addresses_secret", "secret_hash"))
    address_id: Mapped[str] = key()
    user_id: Mapped[str] = mapped_column(ShortText(40))
    local_part: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(ShortText(64))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Customer(TeamRow):
    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_team_id_owner", "team_id", "owner"),
        Index("ix_customers_team_id_company_id", "team_id", "company_id"),
        Index("ix_customers_team_id_name_key", "team_id", "name_key"),
        Index("ix_customers_team_id_external_key", "team_id", "external_key"),
        Index("ix_customers_team_id_merged_into", "team_id", "merged_into"),
    )
    customer_id: Mapped[str] = key()
    name: Mapped[Personal]
    name_key: Mapped[str] = mapped_column(ShortText(200), default="", info={"personal": True})
    title: Mapped[Personal | None]
    company_id: Mapped[str | None] = mapped_column(ShortText(40))
    owner: Mapped[str | None] = mapped_column(ShortText(40))
    level: Mapped[str] = mapped_column(ShortText(20), default="team")
    source: Mapped[str] = mapped_column(ShortText(40), default="chat")
    external_key: Mapped[str | None] = mapped_column(ShortText(200))
    needs_check: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[str | None] = mapped_column(ShortText(40))
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_touch_at: Mapped[datetime | None]
    last_touch_kind: Mapped[str | None] = mapped_column(ShortText(20))
    last_touch_by: Mapped[str | None] = mapped_column(ShortText(40))
    version: Mapped[int] = mapped_column(default=1)


class Company(TeamRow):
    __tablename__ = "companies"
    __table_args__ = (
        Index("ix_companies_team_id_name_key", "team_id", "name_key"),
        Index("ix_companies_team_id_merged_into", "team_id", "merged_into"),
    )
    company_id: Mapped[str] = key()
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ShortText(200))
    industry: Mapped[str | None]
    country: Mapped[str | None]
    channel_id: Mapped[str | None] = mapped_column(ShortText(40))
    merged_into: Mapped[str | None] = mapped_column(ShortText(40))
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class CompanyDomain(TeamRow):
    __tablename__ = "company_domains"
    domain: Mapped[str] = key(253)
    company_id: Mapped[str] = mapped_column(ShortText(40))
    source: Mapped[str] = mapped_column(ShortText(40))


class Affiliation(TeamRow):
    __tablename__ = "affiliations"
    __table_args__ = (Index("ix_affiliations_team_id_customer_id", "team_id", "customer_id"),)
    affiliation_id: Mapped[str] = key()
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    company_id: Mapped[str] = mapped_column(ShortText(40))
    title: Mapped[Personal | None]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]


class ContactPoint(TeamRow):
    __tablename__ = "contact_points"
    __table_args__ = (
        UniqueConstraint("team_id", "kind", "value_key", "owner_row"),
        Index("ix_contact_points_team_id_owner_row", "team_id", "owner_row"),
        Index("ix_contact_points_team_id_value_key", "team_id", "value_key"),
    )
    point_id: Mapped[str] = key()
    owner_row: Mapped[str] = mapped_column(ShortText(40))
    kind: Mapped[str] = mapped_column(ShortText(20))
    value: Mapped[Personal]
    value_key: Mapped[str] = mapped_column(ShortText(320), info={"personal": True})
    source: Mapped[str] = mapped_column(ShortText(40))
    confidence: Mapped[float] = mapped_column(default=1.0)
    state: Mapped[str] = mapped_column(ShortText(20), default="live")
    last_seen: Mapped[datetime]


class Need(TeamRow):
    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_team_id_customer_id", "team_id", "customer_id"),)
    need_id: Mapped[str] = key()
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    text: Mapped[Personal]
    state: Mapped[str] = mapped_column(ShortText(20), default="open")
    communication_id: Mapped[str | None] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]


class CustomField(TeamRow):
    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("team_id", "name"),)
    field_id: Mapped[str] = key()
    name: Mapped[str] = mapped_column(ShortText(60))
    kind: Mapped[str] = mapped_column(ShortText(20))


class CustomValue(TeamRow):
    __tablename__ = "custom_values"
    row_id: Mapped[str] = key()
    field_id: Mapped[str] = key()
    value: Mapped[Personal]


class FieldHistory(TeamRow):
    __tablename__ = "field_history"
    __table_args__ = (Index("ix_field_history_team_id_row_id_field", "team_id", "row_id", "field"),)
    history_id: Mapped[str] = key()
    row_id: Mapped[str] = mapped_column(ShortText(40))
    field: Mapped[str] = mapped_column(ShortText(60))
    value: Mapped[Personal | None]
    source: Mapped[str] = mapped_column(ShortText(40))
    confidence: Mapped[float] = mapped_column(default=1.0)
    actor: Mapped[str]
    at: Mapped[datetime]
