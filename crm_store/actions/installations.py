"""A workspace installs us, has its tokens renewed, leaves and comes back; tokens come here sealed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update

from crm_store import audit, inbox, outbox
from crm_store.engine.work import Work
from crm_store.models.installations import INSTALLATION_BELL, NOBODY_YET, Installation, InstallState
from crm_store.models.people import Team, User
from crm_store.models.plumbing import InboxRow, OutboxRow
from crm_store.outbox import Outgoing
from crm_store.queries import installations as queries
from crm_store.values import installations as values
from crm_store.values.installations import Grant, SealedTokens, Standing

STATE_FOR: Final = timedelta(minutes=10)
LEASE: Final = timedelta(seconds=90)
PAUSE: Final = timedelta(hours=1)
NOT_INSTALLED: Final = "not_installed"
WAITS: Final = "waits until the workspace installs Rapport again"
_LOOK_AGAIN: Final = 30.0
_A_MOMENT: Final = 2.0
_SLACK: Final = "slack"
# The state of a message whose workspace has gone: nobody claims it until it is back.
_AWAY: Final = "away"


def use_state(work: Work, state_hash: str, until: datetime) -> bool:
    """Use up the state of an installation, which counts until then; True once. Not audited: gone in ten minutes."""
    work.session.execute(
        delete(InstallState).where(InstallState.expires_at < work.now).execution_options(synchronize_session=False)
    )
    row = {"team_id": NOBODY_YET, "state_hash": state_hash, "expires_at": until}
    return work.now <= until and work.insert(InstallState, [row], or_nothing=True) == 1


def install(work: Work, grant: Grant, sealed: SealedTokens) -> bool:
    """Keep what a workspace granted, at its team's desk; what waited for it goes on. True where it is new or back.

    The audit keeps who installed what with which scopes. No undo: the tokens it would bring back are given up.
    """
    work.lock_team()
    row = work.session.get(Installation, (work.team_id,))
    before = row.standing if row is not None else None
    since = row.changed_at if row is not None else work.now
    if row is None:
        row = work.add(Installation(version=0))
    row.standing, row.because = Standing.INSTALLED.value, None
    row.app_id, row.bot_user_id, row.installer = grant.app_id, grant.bot_user_id, grant.installer
    row.scopes = list(grant.scopes)
    row.installed_at = work.now
    _keep(work, row, sealed)
    audit.append(
        work, "install", work.team_id, {"app": grant.app_id, "by": grant.installer, "scopes": list(grant.scopes)}
    )
    if before == Standing.GONE:
        _resume(work, row, since)
    return before != Standing.INSTALLED


def claim_renewal(
    work: Work, before: datetime, most: int = 3, team_id: str | None = None
) -> tuple[values.Installation, ...]:
    """Take tokens that run out before then, for 90 seconds, at the house's desk. Not audited: nothing is changed.

    Of several processes one gets them, and few at once, so that all are renewed before somebody else may try. The 90
    seconds are also the pause after a try that failed.
    """
    wanted = select(Installation).where(
        Installation.standing == Standing.INSTALLED.value,
        Installation.refresh_token.is_not(None),
        Installation.expires_at < before,
        or_(Installation.renewing_until.is_(None), Installation.renewing_until < work.now),
    )
    if team_id is not None:
        wanted = wanted.where(Installation.team_id == team_id)
    taken = []
    for row in work.session.scalars(wanted.limit(most).with_for_update(skip_locked=True)).all():
        row.renewing_until = work.now + LEASE
        team = work.session.get(Team, (row.team_id,))
        if team is not None:
            taken.append(queries.view(row, team))
    return tuple(taken)


def renew(work: Work, version: int, sealed: SealedTokens) -> bool:
    """Put renewed tokens in place of those of that version; False where somebody was faster."""
    row = _of_version(work, version)
    if row is None:
        return False
    _keep(work, row, sealed)
    audit.append(work, "renew-token", work.team_id, {})
    return True


def refuse_renewal(work: Work, version: int, code: str) -> bool:
    """Slack will not renew these tokens: the admins hear of it while they still work; afterwards they are forgotten."""
    row = _of_version(work, version)
    if row is None or row.expires_at is None:
        return False
    if row.expires_at <= work.now:
        _forget(work, row, f"renewal refused ({code})"[:60])
        audit.append(work, "leave", work.team_id, {"because": "renewal refused", "code": code})
        return True
    row.renewing_until = min(work.now + PAUSE, row.expires_at)
    text = (
        f"Slack refuses to renew Rapport's access to this workspace ({code}). It works until "
        f"{row.expires_at:%Y-%m-%d %H:%M} UTC. Install Rapport again before then; what waits after that is kept."
    )
    outbox.enqueue(work, "notice", "notice:admins", f"renewal:{version}", {"user_id": None, "text": text})
    audit.append(work, "renewal-refused", work.team_id, {"code": code})
    return True


def leave(work: Work, inbox_id: str, attempts: int, happened_at: datetime, because: str) -> bool:
    """A workspace took the app away: its tokens are forgotten, what waits is kept. Ends the row that told so.

    False where the workspace installed us anew since then, or never by an installation of ours.
    """
    work.lock_team()
    row = work.session.get(Installation, (work.team_id,))
    gone = row is None or row.standing == Standing.GONE
    # Slack tells the second only, so an event of the very second of the installation counts as older than it.
    if row is None or gone or happened_at < row.installed_at:
        inbox.finish(work, inbox_id, attempts, "no installation of that time")
        return False
    _forget(work, row, because)
    audit.append(work, "leave", work.team_id, {"because": because})
    inbox.finish(work, inbox_id, attempts, "uninstalled")
    return True


def hold_arrival(work: Work, inbox_id: str, attempts: int) -> bool:
    """Keep what somebody did in a workspace that has gone until it is back. Not audited: the row keeps its state."""
    standing = _standing(work)
    if standing is Standing.GONE:
        return inbox.hold(work, inbox_id, attempts, WAITS)
    if standing is Standing.INSTALLED:
        # It came back this moment, and this process does not know it yet.
        return inbox.postpone(work, inbox_id, attempts, WAITS)
    return inbox.finish(work, inbox_id, attempts, "nobody of ours")


def hold_message(work: Work, message: Outgoing) -> bool:
    """Keep what is owed to a workspace without a token. Not audited: the row keeps its state.

    Once the workspace has gone, the row rests until it is back and burdens neither queue nor readiness of the others.
    """
    standing = _standing(work)
    if standing is not Standing.GONE:
        # Where it came back this moment, the process that sends knows of it within seconds.
        pause = _A_MOMENT if standing is Standing.INSTALLED else _LOOK_AGAIN
        return outbox.later(work, message.outbox_id, message.attempts, NOT_INSTALLED, pause, counted=False)
    held = work.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.outbox_id == message.outbox_id,
            OutboxRow.state == "sending",
            OutboxRow.attempts == message.attempts,
        )
        .values(state=_AWAY, attempts=message.attempts - 1, problem=NOT_INSTALLED, lease_until=None)
        .returning(OutboxRow.outbox_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return held is not None


def reseal(work: Work, version: int, sealed: SealedTokens) -> bool:
    """The same tokens under another key; False where they changed meanwhile."""
    row = _of_version(work, version)
    if row is None:
        return False
    row.bot_token, row.refresh_token, row.key_id = sealed.bot_token, sealed.refresh_token, sealed.key_id
    row.version += 1
    audit.append(work, "reseal", work.team_id, {"key": sealed.key_id})
    return True


def _standing(work: Work) -> Standing | None:
    work.lock_team()
    row = work.session.get(Installation, (work.team_id,), populate_existing=True)
    return Standing(row.standing) if row is not None else None


def _of_version(work: Work, version: int) -> Installation | None:
    work.lock_team()
    row = work.session.get(Installation, (work.team_id,), populate_existing=True)
    known = row is not None and row.version == version and row.standing == Standing.INSTALLED
    return row if known else None


def _keep(work: Work, row: Installation, sealed: SealedTokens) -> None:
    row.bot_token, row.refresh_token, row.key_id = sealed.bot_token, sealed.refresh_token, sealed.key_id
    row.expires_at, row.renewing_until = sealed.expires_at, None
    row.changed_at, row.version = work.now, row.version + 1


def _forget(work: Work, row: Installation, because: str) -> None:
    row.standing, row.because = Standing.GONE.value, because
    row.bot_token = row.refresh_token = row.key_id = row.expires_at = row.renewing_until = None
    row.changed_at, row.version = work.now, row.version + 1


def _resume(work: Work, row: Installation, since: datetime) -> None:
    """Let everything go on that waited for the workspace, and say so."""
    waiting = work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == _AWAY)
        .values(state="waiting", not_before=work.now, problem=None)
        .returning(OutboxRow.outbox_id)
        .execution_options(synchronize_session=False)
    ).all()
    work.session.execute(
        update(InboxRow)
        .where(InboxRow.source == _SLACK, InboxRow.state == "held", InboxRow.verdict == WAITS)
        .values(state="waiting", not_before=work.now, attempts=0, verdict=None)
        .execution_options(synchronize_session=False)
    )
    for bell in (outbox.BELL, inbox.bell(_SLACK), INSTALLATION_BELL):
        work.ring(bell)
    known = work.session.scalars(select(User.user_id).where(User.slack_user_id == row.installer)).one_or_none()
    text = (
        f"Rapport is installed in this workspace again. It was away since {since:%Y-%m-%d %H:%M} UTC; "
        f"messages that waited and go out now: {len(waiting)}."
    )
    place = f"dm:{known}" if known else "notice:admins"
    outbox.enqueue(work, "notice", place, f"back:{row.version}", {"user_id": known, "text": text})
