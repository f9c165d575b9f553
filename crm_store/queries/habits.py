"""What people wave away: how often of late, and whether they are to be asked if they want less of it."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Suggestion
from crm_store.models.noise import MuteRow, Told
from crm_store.models.people import Team
from crm_store.queries import noise
from crm_store.values.noise import Kind, Muted

HABITS: Final = "habits"
"""The team setting that keeps which kinds of suggestion were asked about, and of which fewer are wanted."""
LOOKED_AT: Final = 4
ENOUGH: Final = 3
"""So many dismissed of the last four, and one is asked once whether fewer are wanted."""
REST: Final = timedelta(days=14)
"""Of a kind of suggestion of which fewer are wanted one comes in so many days."""


def waves_away(work: Work, user_id: str, kind: Kind) -> bool:
    """Whether a person is to be asked about a kind of alert: most of the last ones were dismissed, and nobody asked."""
    moments = _last_told(work, user_id, kind)
    if len(moments) < LOOKED_AT:
        return False
    of_kind = (MuteRow.user_id == user_id, MuteRow.target == kind.value)
    dismissed = select(func.count(MuteRow.mute_id)).where(
        *of_kind, MuteRow.what == Muted.ONE.value, MuteRow.at >= min(moments)
    )
    asked = select(MuteRow.mute_id).where(*of_kind, MuteRow.what.in_((Muted.ASKED.value, Muted.KIND.value))).limit(1)
    return (work.session.scalar(dismissed) or 0) >= ENOUGH and work.session.scalar(asked) is None


def _last_told(work: Work, user_id: str, kind: Kind) -> list[datetime]:
    place = noise.place(user_id)
    told = select(Told.at).where(Told.place == place, Told.kind == kind.value, Told.how == noise.SENT)
    return list(work.session.scalars(told.order_by(Told.at.desc()).limit(LOOKED_AT)))


def unwanted(work: Work, kind: str) -> bool:
    """Whether the team is to be asked about a kind of suggestion."""
    decided = select(Suggestion.state).where(Suggestion.kind == kind, Suggestion.decided_at.is_not(None))
    states = list(work.session.scalars(decided.order_by(Suggestion.decided_at.desc()).limit(LOOKED_AT)))
    return states.count("dismissed") >= ENOUGH and len(states) == LOOKED_AT and kind not in asked_about(work)


def asked_about(work: Work) -> tuple[str, ...]:
    """The kinds of suggestion about which the team was asked."""
    return tuple(of(work).get("asked") or ())


def has_enough(work: Work, kind: str) -> bool:
    """Whether the team wants fewer of a kind of suggestion and had one of late."""
    if kind not in (of(work).get("fewer") or ()):
        return False
    lately = select(Suggestion.suggestion_id).where(Suggestion.kind == kind, Suggestion.created_at > work.now - REST)
    return work.session.scalar(lately.limit(1)) is not None


def of(work: Work) -> dict[str, Any]:
    """What the team setting holds."""
    team = work.session.get(Team, (work.team_id,))
    return dict(team.settings.get(HABITS) or {}) if team else {}
