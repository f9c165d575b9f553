"""Teams, colleagues and who owns an ingest address."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, select

from crm_store.engine.work import Work
from crm_store.matching.contact_points import email_key
from crm_store.models.people import ADDRESS_BELL, IngestAddress, Team, User, UserAddress
from crm_store.values.roles import Right, Role, rights_of
from crm_store.values.sending import REPLY_HINT
from crm_store.values.teams import TeamView, UserView

# Rings whenever a user or an ingest address changes.
OWNERS_CHANGED: Final = ADDRESS_BELL
UNDO_LIST: Final = "undo"
"""Under which name a person's row remembers the undo list that was last shown."""
# Asked for every group of mails, so it is built once.
_OWNERS: Final = (
    select(IngestAddress.secret_hash, IngestAddress.team_id, IngestAddress.user_id)
    .join(User, (User.team_id == IngestAddress.team_id) & (User.user_id == IngestAddress.user_id))
    .where(
        IngestAddress.secret_hash.in_(bindparam("secret_hashes", expanding=True)),
        IngestAddress.revoked_at.is_(None),
        User.active.is_(True),
    )
)


def by_slack_team(work: Work, slack_team_id: str) -> TeamView | None:
    """The team of a Slack workspace; asked at the house's desk, before the team is known."""
    team = work.session.scalars(select(Team).where(Team.slack_team_id == slack_team_id)).one_or_none()
    return _team(team) if team else None


def team(work: Work) -> TeamView | None:
    """The team at whose desk this is asked."""
    row = work.session.get(Team, (work.team_id,))
    return _team(row) if row else None


def teams(work: Work) -> tuple[TeamView, ...]:
    """Every team of the house, the oldest first."""
    return tuple(_team(row) for row in work.session.scalars(select(Team).order_by(Team.created_at, Team.team_id)))


def user(work: Work, user_id: str) -> UserView | None:
    """A colleague by our id."""
    row = work.session.get(User, (work.team_id, user_id))
    return view(row) if row else None


def user_by_slack(work: Work, slack_user_id: str) -> UserView | None:
    """A colleague by Slack's id."""
    row = work.session.scalars(select(User).where(User.slack_user_id == slack_user_id)).one_or_none()
    return view(row) if row else None


def callers(work: Work, asked: Sequence[tuple[str, str]]) -> list[tuple[TeamView | None, UserView | None]]:
    """Team and colleague for Slack's ids of each, in one look: asked at the house's desk for many gestures at once."""
    of_teams = select(Team).where(Team.slack_team_id.in_({team_id for team_id, _ in asked}))
    found = {row.slack_team_id: _team(row) for row in work.session.scalars(of_teams)}
    of_users = select(User).where(
        User.team_id.in_({one.team_id for one in found.values()}), User.slack_user_id.in_({one for _, one in asked})
    )
    people = {(row.team_id, row.slack_user_id): view(row) for row in work.session.scalars(of_users)}
    answers = []
    for slack_team_id, slack_user_id in asked:
        one = found.get(slack_team_id)
        answers.append((one, people.get((one.team_id, slack_user_id)) if one else None))
    return answers


def users(work: Work) -> tuple[UserView, ...]:
    """The colleagues who are active, by name."""
    rows = work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.name, User.user_id))
    return tuple(view(row) for row in rows)


def admins(work: Work) -> tuple[UserView, ...]:
    """Who hears of what went wrong: the admins, else the managers, else everybody."""
    everybody = users(work)
    for role in ("admin", "manager"):
        chosen = tuple(one for one in everybody if one.role == role)
        if chosen:
            return chosen
    return everybody


def leads(work: Work) -> tuple[UserView, ...]:
    """Who leads the team and gets its reports: the managers, else the admins; nobody else is told instead."""
    everybody = users(work)
    for role in (Role.MANAGER, Role.ADMIN):
        chosen = tuple(one for one in everybody if one.role == role)
        if chosen:
            return chosen
    return ()


def count_admins(work: Work) -> int:
    """How many active colleagues are admins."""
    return sum(one.role == Role.ADMIN for one in users(work))


def may(work: Work, user_id: str, right: Right) -> bool:
    """Whether a colleague may do something; while a team has no admin its managers stand in for one."""
    one = user(work, user_id)
    if one is None or not one.active:
        return False
    if right in rights_of(one.role):
        return True
    return one.role == Role.MANAGER and right in rights_of(Role.ADMIN) and not count_admins(work)


def find_user_by_address(work: Work, address: str) -> UserView | None:
    """The colleague who writes from that address."""
    known = work.session.get(UserAddress, (work.team_id, email_key(address)))
    return user(work, known.user_id) if known else None


def address_owner(work: Work, secret_hash: str) -> tuple[str, str] | None:
    """Team and user of an ingest address that is not revoked; asked at the house's desk, by the secret's hash."""
    return address_owners(work, [secret_hash]).get(secret_hash)


def address_owners(work: Work, secret_hashes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Team and user by the hash of the secret, of those addresses that are not revoked."""
    rows = work.connection.execute(_OWNERS, {"secret_hashes": list(secret_hashes)})
    return {secret_hash: (team_id, user_id) for secret_hash, team_id, user_id in rows}


def ingest_address(work: Work, user_id: str) -> str | None:
    """The part before the @ of a colleague's newest address that is not revoked."""
    return work.session.scalars(
        select(IngestAddress.local_part)
        .where(
            IngestAddress.user_id == user_id,
            IngestAddress.revoked_at.is_(None),
            IngestAddress.local_part.not_like(f"{REPLY_HINT}%"),
        )
        .order_by(IngestAddress.created_at.desc(), IngestAddress.address_id.desc())
        .limit(1)
    ).first()


def pseudonym_key(work: Work) -> str | None:
    """The key with which the team's own marks are made; it leaves the store nowhere."""
    row = work.session.get(Team, (work.team_id,))
    return row.pseudonym_key if row else None


def view(row: User) -> UserView:
    """A user's row as other floors see it."""
    return UserView(row.user_id, row.slack_user_id, row.name, row.role, row.time_zone, row.active)


def _team(row: Team) -> TeamView:
    settings = row.settings
    return TeamView(
        row.team_id,
        row.name,
        row.slack_team_id,
        settings.get("channel"),
        settings.get("currency", "EUR"),
        settings.get("time_zone", "UTC"),
    )
