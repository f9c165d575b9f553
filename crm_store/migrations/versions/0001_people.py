"""Teams, people and how to reach them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "teams",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slack_team_id", sa.String(length=40), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("pseudonym_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_teams_slack_team_id")),
    )
    op.create_table(
        "users",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("slack_user_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("last_shown", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("team_id", "slack_user_id", name=op.f("uq_users_team_id_slack_user_id")),
    )
    op.create_table(
        "user_addresses",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "address_key", name=op.f("pk_user_addresses")),
    )
    op.create_table(
        "ingest_addresses",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("address_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("local_part", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "address_id", name=op.f("pk_ingest_addresses")),
        sa.UniqueConstraint("team_id", "secret_hash", name=op.f("uq_ingest_addresses_team_id_secret_hash")),
    )
    op.create_index("ix_ingest_addresses_secret", "ingest_addresses", ["secret_hash"], unique=False)
    op.create_table(
        "customers",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("company_id", sa.String(length=40), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("external_key", sa.String(length=200), nullable=True),
        sa.Column("needs_check", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_touch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_touch_kind", sa.String(length=20), nullable=True),
        sa.Column("last_touch_by", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "customer_id", name=op.f("pk_customers")),
    )
    op.create_index("ix_customers_team_id_company_id", "customers", ["team_id", "company_id"], unique=False)
    op.create_index("ix_customers_team_id_external_key", "customers", ["team_id", "external_key"], unique=False)
    op.create_index("ix_customers_team_id_name_key", "customers", ["team_id", "name_key"], unique=False)
    op.create_index("ix_customers_team_id_owner", "customers", ["team_id", "owner"], unique=False)
    op.create_table(
        "companies",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("channel_id", sa.String(length=40), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "company_id", name=op.f("pk_companies")),
    )
    op.create_index("ix_companies_team_id_name_key", "companies", ["team_id", "name_key"], unique=False)
    op.create_table(
        "company_domains",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "domain", name=op.f("pk_company_domains")),
    )
    op.create_table(
        "affiliations",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("affiliation_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "affiliation_id", name=op.f("pk_affiliations")),
    )
    op.create_index("ix_affiliations_team_id_customer_id", "affiliations", ["team_id", "customer_id"], unique=False)
    op.create_table(
        "contact_points",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("point_id", sa.String(length=40), nullable=False),
        sa.Column("owner_row", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_key", sa.String(length=320), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "point_id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint(
            "team_id", "kind", "value_key", "owner_row", name=op.f("uq_contact_points_team_id_kind_value_key_owner_row")
        ),
    )
    op.create_index("ix_contact_points_team_id_owner_row", "contact_points", ["team_id", "owner_row"], unique=False)
    op.create_index("ix_contact_points_team_id_value_key", "contact_points", ["team_id", "value_key"], unique=False)
    op.create_table(
        "needs",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("need_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "need_id", name=op.f("pk_needs")),
    )
    op.create_index("ix_needs_team_id_customer_id", "needs", ["team_id", "customer_id"], unique=False)
    op.create_table(
        "custom_fields",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("field_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "field_id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("team_id", "name", name=op.f("uq_custom_fields_team_id_name")),
    )
    op.create_table(
        "custom_values",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("field_id", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "row_id", "field_id", name=op.f("pk_custom_values")),
    )
    op.create_table(
        "field_history",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("history_id", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "history_id", name=op.f("pk_field_history")),
    )
    op.create_index(
        "ix_field_history_team_id_row_id_field", "field_history", ["team_id", "row_id", "field"], unique=False
    )
    op.create_table(
        "tokens",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("df", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "text", name=op.f("pk_tokens")),
    )
    op.create_table(
        "token_deletes",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "hash", "text", name=op.f("pk_token_deletes")),
    )
    op.create_table(
        "postings",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "text", "customer_id", name=op.f("pk_postings")),
    )
    op.create_index("ix_postings_team_id_customer_id", "postings", ["team_id", "customer_id"], unique=False)
    op.create_table(
        "phone_suffixes",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("reversed_digits", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "reversed_digits", "customer_id", name=op.f("pk_phone_suffixes")),
    )
    op.create_index("ix_phone_suffixes_team_id_customer_id", "phone_suffixes", ["team_id", "customer_id"], unique=False)
    op.create_table(
        "lookup_changes",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("op", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "seq", name=op.f("pk_lookup_changes")),
    )
    op.create_index("ix_lookup_changes_team_id_seq", "lookup_changes", ["team_id", "seq"], unique=False)
    op.create_table(
        "aliases",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("text_key", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("chosen_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "text_key", name=op.f("pk_aliases")),
    )
    op.create_table(
        "pair_verdicts",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("a", sa.String(length=40), nullable=False),
        sa.Column("b", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "a", "b", name=op.f("pk_pair_verdicts")),
        sa.UniqueConstraint("team_id", "b", "a", name=op.f("uq_pair_verdicts_team_id_b_a")),
    )
