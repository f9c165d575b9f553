"""Every table keeps teams apart, and every text that tells of a person is known as such."""

import pytest
from sqlalchemy import ForeignKeyConstraint, Index, Table, Text, TypeDecorator, UniqueConstraint

from crm_store import models
from crm_store.models.columns import Base, TeamRow

TABLES = list(Base.metadata.sorted_tables)
# Keys that do not begin with the team, each with its reason.
ACROSS_TEAMS = {
    "ix_inbox_state_source_received_at": "a worker claims for all teams at once",
    "ix_outbox_state_outbox_id": "the sender claims for all teams at once",
    "ix_sends_state_due_at": "the sender claims for all teams at once",
    "ix_mail_domains_free_at": "the sender claims for all teams at once",
    "ix_consent_proofs_state_not_before": "the confirmer claims for all teams at once",
    "ix_ingest_addresses_secret": "the team of a mail is only known by its address",
    "uq_teams_slack_team_id": "the team of a Slack payload is only known by Slack's own id",
}
# Free texts that tell nothing of a customer, each with its reason.
NOT_PERSONAL = {
    "teams.name": "the selling team",
    "ingest_addresses.local_part": "minted by us",
    "companies.name": "a company, not a person",
    "companies.industry": "a company, not a person",
    "companies.country": "a company, not a person",
    "users.time_zone": "a name of the zone table",
    "field_history.actor": "an id of ours",
    "attachments.content_type": "a media type",
    "communications.permalink": "a link into Slack, which decides who may follow it",
    "questions.answer": "an id of ours",
    "pipelines.name": "chosen by the team for its own work",
    "stages.name": "chosen by the team for its own work",
    "deal_events.old": "stage, amount or day",
    "deal_events.new": "stage, amount or day",
    "order_lines.product": "the team's own goods",
    "campaigns.name": "written by the team",
    "suggestions.title": "written by us about a group",
    "decisions.reason": "written by a colleague about a suggestion",
    "model_runs.data_hash": "a checksum",
    "model_runs.sentence": "about a whole run",
    "staged_scores.rows": "what scores say, for the minutes of a run",
    "segments.name": "a group, not a person",
    "segments.rule": "a group, not a person",
    "own_segments.name": "a group, not a person",
    "segment_names.name": "a group, not a person",
    "charts.title": "a group, not a person",
    "charts.subtitle": "a group, not a person",
    "charts.alt_text": "a group, not a person",
    "imports.file_name": "named by a colleague",
    "campaign_links.url": "written by the team",
    "web_forms.name": "named by a colleague",
    "web_forms.wording": "written by the team",
    "consent_proofs.wording": "written by the team",
    "audience_exports.name": "a group, not a person",
    "audience_exports.problem": "what a tool answered, in our words",
    "saved_mappings.name": "named by a colleague",
    "import_rows.problem": "says which rule was broken",
    "inbox.message_id": "erased with its row",
    "inbox.verdict": "says which rule decided",
    "outbox.sent_ref": "a place in Slack",
    "outbox.problem": "an error code",
    "undo_log.sentence": "erased with its row",
}


def _keys(table: Table) -> list[tuple[str, str]]:
    """Name and first column of each key and index."""
    listed = [(f"primary key of {table.name}", next(iter(table.primary_key)).name)]
    for one in (*table.constraints, *table.indexes):
        if isinstance(one, UniqueConstraint | Index | ForeignKeyConstraint):
            listed.append((str(one.name), next(iter(one.columns)).name))
    return listed


def _free_text(table: Table) -> set[str]:
    found = set()
    for column in table.columns:
        kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        if isinstance(kind, Text) and not column.info.get("personal"):
            found.add(f"{table.name}.{column.name}")
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_key_begins_with_the_team(table: Table) -> None:
    assert [name for name, first in _keys(table) if first != "team_id" and name not in ACROSS_TEAMS] == []


def test_each_exception_is_a_key_that_exists() -> None:
    across = {name for table in TABLES for name, first in _keys(table) if first != "team_id"}
    assert across == set(ACROSS_TEAMS)


@pytest.mark.parametrize("mapper", sorted(Base.registry.mappers, key=str), ids=lambda mapper: mapper.class_.__name__)
def test_every_mapped_class_is_bound_to_a_team(mapper: object) -> None:
    assert issubclass(mapper.class_, TeamRow)  # type: ignore[attr-defined]


def test_every_free_text_is_personal_or_has_its_reason() -> None:
    assert {one for table in TABLES for one in _free_text(table)} == set(NOT_PERSONAL)


def test_every_table_is_in_the_package_of_models() -> None:
    assert models.__doc__
    assert len(TABLES) > 40
