"""Putting a log right: what it was, when, in which words, with whom and for whose eyes."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import communications, promises
from crm_store.actions.touches import mark_dirty, recompute
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.ids import Prefix
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer, Need, User
from crm_store.queries import corrections as correction_queries
from crm_store.queries import threads as thread_queries
from crm_store.values.acts import Receipt
from crm_store.values.corrections import Correction

_KINDS = frozenset({"call", "meeting", "mail", "message", "note"})
_DIRECTIONS = frozenset({"incoming", "outgoing", "none"})


def correct(work: Work, communication_id: str, correction: Correction) -> Receipt:
    """Change what differs, all in one act that can be taken back."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That log is no longer there.")
    _check(work, row, correction)
    if correction.is_empty:
        return Receipt(communication_id, None, "Nothing was changed.")
    with audit.record(work, "correct", communication_id) as ledger:
        ledger.change(row)
        row.version += 1
        changed = _write(row, correction, _zone(work))
        before = _customers(work, communication_id)
        for customer_id in sorted(before):
            if (customer := work.session.get(Customer, (work.team_id, customer_id))) is not None:
                ledger.change(customer)  # So that an undo brings their last contact in step again.
        if correction.customer_id is not None:
            name = communications.file_to(work, ledger, row, correction.customer_id)
            changed.append(f"with {name}")
        work.flush()
        recompute(work, before | _customers(work, communication_id))
        ledger.sentence = f"Corrected: {', '.join(changed)}"
    return Receipt(communication_id, ledger.undo_id, ledger.sentence)


def _check(work: Work, row: Communication, correction: Correction) -> None:
    if not correction_queries.may_change(work, row):
        raise NotAllowed("Only the people who wrote or received this may change it.")
    if correction.level is not None and row.logged_by != work.actor:
        raise NotAllowed("Only the person who logged it may change who sees it.")
    if correction.kind is not None and correction.kind not in _KINDS:
        raise BadInput("That is no kind of talk I know.", field="kind")
    if correction.direction is not None and correction.direction not in _DIRECTIONS:
        raise BadInput("Say whether it came from us or from them.", field="direction")
    if correction.text is not None and thread_queries.is_followed(work, row.communication_id):
        raise BadInput("Its words are those of the message in Slack. Edit them there.", field="text")


def _zone(work: Work) -> ZoneInfo:
    """Where the actor's days begin."""
    user = work.session.get(User, (work.team_id, work.actor))
    return ZoneInfo(user.time_zone) if user else ZoneInfo("UTC")


def _write(row: Communication, correction: Correction, zone: ZoneInfo) -> list[str]:
    """Put the new values into the row and say in words what they are."""
    changed = []
    if correction.kind is not None:
        row.kind = correction.kind
        changed.append(f"a {correction.kind}")
    if correction.direction is not None:
        row.direction = correction.direction
        changed.append({"incoming": "from them", "outgoing": "from us"}.get(correction.direction, "from nobody"))
    if correction.happened_at is not None:
        row.happened_at = correction.happened_at
        local = correction.happened_at.astimezone(zone)
        changed.append(f"on {local.day} {local:%b %Y}")
    if correction.text is not None:
        row.new_text = correction.text
        changed.append("in other words")
    if correction.level is not None:
        row.level = correction.level
        changed.append("for your eyes alone" if correction.level == "private" else "for the whole team")
    return changed


def _customers(work: Work, communication_id: str) -> set[str]:
    found = work.session.scalars(
        select(Participant.customer_id).where(
            Participant.communication_id == communication_id, Participant.customer_id.is_not(None)
        )
    )
    return {one for one in found if one}


def drop_made(work: Work, row_id: str) -> Receipt:
    """Let a need or a task go that was read wrongly from a log, and keep the log."""
    if row_id.startswith(f"{Prefix.TASK}_"):
        return promises.drop(work, row_id)
    need = work.session.get(Need, (work.team_id, row_id))
    if need is None:
        raise NotFound("That is no longer there.")
    with audit.record(work, "drop", row_id, f"Dropped the need: {need.text}") as ledger:
        ledger.remove(need)
    mark_dirty(work, [need.customer_id])
    return Receipt(row_id, ledger.undo_id, ledger.sentence)
