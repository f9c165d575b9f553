"""Which workspaces installed us, read at the house's desk."""

from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models import installations as models
from crm_store.models.people import Team
from crm_store.values.installations import Installation, SealedTokens, Standing

# Rings whenever a workspace comes, changes or goes.
CHANGED: Final = models.INSTALLATION_BELL


def every(work: Work) -> tuple[Installation, ...]:
    """All installations, those that have gone included, by the team's age."""
    rows = work.session.execute(
        select(models.Installation, Team)
        .join(Team, Team.team_id == models.Installation.team_id)
        .order_by(Team.created_at, Team.team_id)
    )
    return tuple(view(row, team) for row, team in rows)


def installed(work: Work) -> tuple[Installation, ...]:
    """Those that have not gone."""
    return tuple(one for one in every(work) if one.standing is Standing.INSTALLED)


def stamp(work: Work) -> tuple[int, int]:
    """Two numbers that change with every change of an installation, for whoever remembers them all."""
    counted, versions = work.session.execute(
        select(func.count(models.Installation.team_id), func.sum(models.Installation.version))
    ).one()
    return int(counted), int(versions or 0)


def view(row: models.Installation, team: Team) -> Installation:
    """A row as other floors see it."""
    tokens = None
    if row.bot_token is not None and row.key_id is not None:
        tokens = SealedTokens(row.bot_token, row.refresh_token, row.key_id, row.expires_at)
    return Installation(
        row.team_id,
        team.slack_team_id or "",
        team.name,
        row.app_id,
        row.bot_user_id,
        row.installer,
        tuple(row.scopes),
        Standing(row.standing),
        row.because,
        tokens,
        row.version,
        row.installed_at,
        row.changed_at,
    )
