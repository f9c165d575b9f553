"""Teams, colleagues and their ingest addresses."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import deals
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.ids import Prefix, new_id
from crm_store.matching.contact_points import email_key
from crm_store.models.people import IngestAddress, Team, User, UserAddress
from crm_store.money import Money
from crm_store.queries import deals as queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import ROLES, Role
from crm_store.values.sending import REPLY_HINT

_LAST_ADMIN: Final = "A team keeps one admin at least. Make somebody else admin first."


def create(work: Work, name: str, slack_team_id: str | None, settings: dict[str, Any] | None = None) -> str:
    """A new team with the usual pipeline; written at the house's desk. Audited; there is no way back."""
    team_id = new_id(Prefix.TEAM, work.now)
    inner = work.act_as(team_id, work.actor)
    with audit.record(inner, "team", team_id, f"New team {name}", undoable=False) as ledger:
        ledger.add(
            Team(
                team_id=team_id,
                name=name,
                slack_team_id=slack_team_id,
                settings=settings or {},
                pseudonym_key=secrets.token_hex(32),
                created_at=work.now,
            )
        )
        # The audit blanks personal values with the team's own key, so the team must be there first.
        inner.flush()
    deals.add_pipeline(inner, "Sales")
    return team_id


def add_user(
    work: Work,
    slack_user_id: str,
    name: str,
    email: str | None = None,
    role: str = "rep",
    time_zone: str = "UTC",
) -> str:
    """A colleague; one who is known by the Slack id already gets what is new of name, role, zone and address."""
    known = work.session.scalars(select(User).where(User.slack_user_id == slack_user_id)).one_or_none()
    with audit.record(work, "user", sentence=f"Colleague {name}", undoable=False) as ledger:
        row = known or User(user_id=work.new_id(Prefix.USER), slack_user_id=slack_user_id, name=name)
        if known:
            ledger.change(row)
        row.name, row.role, row.time_zone, row.active = name, role, time_zone, True
        if not known:
            ledger.add(row)
        ledger.row_id = row.user_id
        if email:
            _own(work, ledger, row.user_id, email)
    return row.user_id


def add_address(work: Work, user_id: str, email: str) -> Receipt:
    """Another address from which a colleague writes; mail from it is taken for theirs."""
    with audit.record(work, "user-address", user_id, "One more address of a colleague") as ledger:
        _own(work, ledger, user_id, email)
    return Receipt(user_id, ledger.undo_id, ledger.sentence)


def change_settings(work: Work, **settings: Any) -> Receipt:
    """Change settings of the team, such as channel, currency or time zone."""
    team = _own_team(work)
    with audit.record(work, "settings", work.team_id, f"Changed {', '.join(sorted(settings))}") as ledger:
        ledger.change(team)
        team.settings = {**team.settings, **settings}
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)


def connect(work: Work, slack_team_id: str) -> Receipt:
    """Make this the team of a Slack workspace."""
    team = _own_team(work)
    with audit.record(work, "connect", work.team_id, f"Connected {team.name} to Slack", undoable=False) as ledger:
        ledger.change(team)
        team.slack_team_id = slack_team_id
    return Receipt(work.team_id, None, ledger.sentence)


def set_role(work: Work, user_id: str, role: str) -> Receipt:
    """Give a colleague another role; the last admin keeps theirs. An inactive colleague keeps their history."""
    user = _user(work, user_id)
    if role not in ROLES:
        raise BadInput(f"There is no role “{role}”; there are {', '.join(ROLES)}.", field="role")
    if user.role == role:
        return Receipt(user_id, None, f"{user.name} is {role} already")
    if user.role == Role.ADMIN:
        _leave_an_admin(work, user_id)
    with audit.record(work, "role", user_id, f"{user.name} is {role} now") as ledger:
        ledger.change(user)
        user.role = role
    return Receipt(user_id, ledger.undo_id, ledger.sentence)


def set_limit(work: Work, limit: Money | None) -> Receipt:
    """The amount above which a deal is asked about before it changes; None takes the limit away."""
    if limit is not None and limit.minor <= 0:
        raise BadInput("A limit is an amount above nothing, such as 50k.", field="amount")
    team = _own_team(work)
    before = queries.limit(work)
    said = f"Deals above {limit} are asked about first" if limit else "No amount is asked about first any more"
    with audit.record(work, "settings", work.team_id, f"{said} (before: {before or 'no limit'})") as ledger:
        ledger.change(team)
        kept = {name: value for name, value in team.settings.items() if name != queries.LIMIT}
        team.settings = {**kept, queries.LIMIT: {"minor": limit.minor, "currency": limit.currency}} if limit else kept
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)


def keep_an_admin(work: Work, before: int) -> None:
    """Refuse what left the team without an admin where it had some; called behind an undo. Not audited: reads only."""
    work.flush()
    if before and not team_queries.count_admins(work):
        raise NotAllowed(_LAST_ADMIN)


def remember_undo_list(work: Work, undo_ids: Sequence[str]) -> None:
    """Which numbers `undo 3` means for the next day. Not audited: it is what the asker saw and no change."""
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None:
        shown = {"ids": list(undo_ids), "at": work.now.isoformat()}
        user.last_shown = {**user.last_shown, team_queries.UNDO_LIST: shown}


def deactivate(work: Work, user_id: str) -> Receipt:
    """Let a colleague go: their ingest addresses take no more mail."""
    user = _user(work, user_id)
    if user.role == Role.ADMIN:
        _leave_an_admin(work, user_id)
    with audit.record(work, "deactivate", user_id, f"{user.name} has left the team") as ledger:
        ledger.change(user)
        user.active = False
    return Receipt(user_id, ledger.undo_id, ledger.sentence)


def mint_address(work: Work, user_id: str, local_part: str, secret_hash: str) -> str:
    """Keep a new ingest address of a colleague; mail finds it by the hash of its secret."""
    user = _user(work, user_id)
    with audit.record(work, "ingest-address", sentence=f"Mail address for {user.name}", undoable=False) as ledger:
        row = _mint(work, ledger, user_id, local_part, secret_hash)
        ledger.row_id = row.address_id
    return row.address_id


def rotate(work: Work, user_id: str, local_part: str, secret_hash: str) -> str:
    """Replace every ingest address of a colleague by a new one; mail to the old ones is refused from now on."""
    user = _user(work, user_id)
    # A secret that was given up because it leaked must not come back by an undo.
    with audit.record(work, "rotate", sentence=f"New mail address for {user.name}", undoable=False) as ledger:
        for old in work.session.scalars(
            select(IngestAddress).where(
                IngestAddress.user_id == user_id,
                IngestAddress.revoked_at.is_(None),
                IngestAddress.local_part.not_like(f"{REPLY_HINT}%"),
            )
        ).all():
            ledger.change(old)
            old.revoked_at = work.now
        row = _mint(work, ledger, user_id, local_part, secret_hash)
        ledger.row_id = row.address_id
    return row.address_id


def _leave_an_admin(work: Work, user_id: str) -> None:
    if not any(one.role == Role.ADMIN and one.user_id != user_id for one in team_queries.users(work)):
        raise NotAllowed(_LAST_ADMIN)


def _own_team(work: Work) -> Team:
    team = work.session.get(Team, (work.team_id,))
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _mint(work: Work, ledger: Ledger, user_id: str, local_part: str, secret_hash: str) -> IngestAddress:
    row = IngestAddress(
        address_id=work.new_id(Prefix.ADDRESS),
        user_id=user_id,
        local_part=local_part,  # Its owner must be able to read it again; whoever writes is verified besides.
        secret_hash=secret_hash,
        created_at=work.now,
    )
    ledger.add(row)
    return row


def _own(work: Work, ledger: Ledger, user_id: str, email: str) -> None:
    address = email_key(email)
    if not address:
        raise BadInput(f"“{email}” is no mail address.", field="email")
    known = work.session.get(UserAddress, (work.team_id, address))
    if known is None:
        ledger.add(UserAddress(address_key=address, user_id=user_id))
    elif known.user_id != user_id:
        raise BadInput(f"{email} is the address of another colleague.", field="email")


def _user(work: Work, user_id: str) -> User:
    user = work.session.get(User, (work.team_id, user_id))
    if user is None:
        raise NotFound("There is no such colleague.")
    return user
