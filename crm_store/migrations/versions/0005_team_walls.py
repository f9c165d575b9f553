"""Row-level security on PostgreSQL: the second wall between teams, behind the guard of every session."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let each table show only the rows of the team that the transaction names; `*` is the house's own desk."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in sa.inspect(connection).get_table_names():
        if table == "alembic_version":
            continue
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f"CREATE POLICY team_wall ON \"{table}\" USING (current_setting('crm.team', true) IN (team_id, '*'))"
        )
