"""The wall between teams for tables that a later migration makes."""

from alembic import op


def build(*tables: str) -> None:
    """Let each table show only the rows of the team that the transaction names; `*` is the house's own desk."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f"CREATE POLICY team_wall ON \"{table}\" USING (current_setting('crm.team', true) IN (team_id, '*'))"
        )
