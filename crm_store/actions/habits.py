"""Dismissals are learnt from: who waves most of a kind away is asked once, and then hears less of it."""

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.ids import Prefix
from crm_store.models.marketing import Suggestion
from crm_store.models.noise import MuteRow
from crm_store.models.people import Team
from crm_store.queries import habits as queries
from crm_store.values.acts import Receipt
from crm_store.values.noise import NAMES, Kind, Muted


def dismiss(work: Work, kind: Kind) -> bool:
    """The actor found an alert of no use; True where they are to be asked now whether they want fewer.

    Not undoable: it says what somebody thought of one message, and changes nothing by itself.
    """
    _note(work, Muted.ONE, kind)
    audit.append(work, "dismiss-alert", work.actor, {"kind": kind.value})
    work.flush()
    if not queries.waves_away(work, work.actor, kind):
        return False
    _note(work, Muted.ASKED, kind)
    return True


def hear_less(work: Work, kind: Kind) -> Receipt:
    """The actor wants fewer alerts of a kind: it counts like a mute that has ended, which lowers its share of a day."""
    with audit.record(work, "mute", sentence=f"You hear less of {NAMES[kind]}") as ledger:
        row = _row(work, Muted.KIND, kind)
        ledger.add(row)
        ledger.row_id = row.mute_id
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def asks_after(work: Work, suggestion_id: str) -> str:
    """The kind about which the team is to be asked, behind a dismissal; empty where there is nothing to ask.

    Not undoable: it keeps that somebody was asked.
    """
    row = work.session.get(Suggestion, (work.team_id, suggestion_id))
    if row is None or not queries.unwanted(work, row.kind):
        return ""
    _keep(work, "asked", row.kind)
    audit.append(work, "asked-fewer", suggestion_id, {"kind": row.kind})
    return row.kind


def propose_less(work: Work, kind: str, name: str) -> Receipt:
    """The team wants fewer suggestions of a kind."""
    with audit.record(work, "settings", work.team_id, f"Fewer suggestions of the kind {name}") as ledger:
        ledger.change(_team(work))
        _keep(work, "fewer", kind)
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)


def _note(work: Work, what: Muted, kind: Kind) -> None:
    work.add(_row(work, what, kind))


def _row(work: Work, what: Muted, kind: Kind) -> MuteRow:
    """A row that is over as soon as it is written: it silences nothing, and is counted."""
    return MuteRow(
        mute_id=work.new_id(Prefix.MUTE),
        user_id=work.actor,
        what=what.value,
        target=kind.value,
        at=work.now,
        until=work.now,
    )


def _keep(work: Work, name: str, kind: str) -> None:
    team, habits = _team(work), queries.of(work)
    kept = sorted({*(habits.get(name) or ()), kind})
    team.settings = {**team.settings, queries.HABITS: {**habits, name: kept}}


def _team(work: Work) -> Team:
    team = work.session.get(Team, (work.team_id,))
    if team is None:
        raise NotFound("There is no such team.")
    return team
