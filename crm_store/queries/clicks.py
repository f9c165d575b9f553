"""Where a link of a letter leads, and which links letters carry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.learning import CampaignLink
from crm_store.models.marketing import Campaign, Send
from crm_store.models.people import Team
from crm_store.values import clicks, links


@dataclass(frozen=True, slots=True)
class Way:
    """A stored address, when its letter left, and whether the campaign still counts what follows."""

    url: str
    sent_at: datetime | None
    counts: bool


def is_on(work: Work) -> bool:
    """Whether the team wants clicks counted."""
    team = work.session.get(Team, (work.team_id,))
    return bool(team and team.settings.get(clicks.SETTING) == "on")


def way(work: Work, send_id: str, number: int) -> Way | None:
    """Where that link of that letter leads; None where there is none."""
    row = work.session.execute(
        select(CampaignLink.url, Send.at, Campaign.created_at, Campaign.window_days)
        .select_from(Send)
        .join(CampaignLink, (CampaignLink.team_id == Send.team_id) & (CampaignLink.campaign_id == Send.campaign_id))
        .join(Campaign, (Campaign.team_id == Send.team_id) & (Campaign.campaign_id == Send.campaign_id))
        .where(Send.send_id == send_id, CampaignLink.number == number)
    ).first()
    if row is None:
        return None
    return Way(row.url, row.at, work.now <= row.created_at + timedelta(days=row.window_days))


def led(work: Work, campaign_ids: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """The addresses of these campaigns' letters that lead through a redirect, with their numbers."""
    rows = work.session.scalars(select(CampaignLink).where(CampaignLink.campaign_id.in_(set(campaign_ids))))
    found: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        found.setdefault(row.campaign_id, []).append((row.url, row.number))
    return found


def tokens(key: str, team_id: str, send_id: str, named: Iterable[tuple[str, int]]) -> tuple[tuple[str, str], ...]:
    """For each of those addresses the token that leads there from this letter."""
    return tuple(
        (url, links.token(key, clicks.PURPOSE, team_id, clicks.row_of(send_id, number))) for url, number in named
    )
