"""Slack threads as one log each: kept in step with replies, edits and deletions, in whatever order these are heard."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from sqlalchemy import delete, select

from crm_store import audit
from crm_store.actions import communications
from crm_store.actions.touches import touch
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.history import Attachment, Communication, FollowedThread, Participant, ThreadMessage
from crm_store.queries import threads as thread_queries
from crm_store.values.acts import NewAttachment, NewCommunication, Receipt
from crm_store.values.threads import Heard

GONE_LINE = "(This message was deleted in Slack.)"
FOLLOWED = "followed"
KNOWN = "heard before"
NOT_FOLLOWED = "not followed"


def watch(work: Work, channel: str, root_ts: str, *, whole: bool = True) -> None:
    """Keep what is heard of a thread or a message from now on, since its log is about to be written.

    Not audited: nothing is logged yet, and `unwatch` or the log follows at once.
    """
    row = {"channel": channel, "root_ts": root_ts, "whole": whole, "by_link": False, "communication_id": None}
    work.insert(FollowedThread, [row], or_nothing=True)


def unwatch(work: Work, channel: str, root_ts: str) -> None:
    """Let go of a thread whose log was not written after all.

    Not audited: nothing was logged.
    """
    row = work.session.get(FollowedThread, (work.team_id, channel, root_ts))
    if row is not None and row.communication_id is None:
        _forget(work, row)


def log(
    work: Work, new: NewCommunication, heard: Sequence[Heard], *, channel: str, root_ts: str, whole: bool
) -> Receipt:
    """Log a thread, or one message of it; where it is logged already, whoever is new to it takes part from now on."""
    work.lock_team()
    for one in heard:
        _keep(work, one)
    followed = _followed(work, channel, root_ts)
    known = communications.find(work, new.source_key)
    if known is None and not whole and (around := _around(work, channel, heard)) is not None:
        # A reply of a thread that is logged as a whole is in its entry already.
        work.session.delete(followed)
        followed, known = around, work.session.get(Communication, (work.team_id, around.communication_id))
    if known is None:
        return _first(work, new, followed, whole=whole)
    receipt = _join(work, known, followed, new, whole=whole)
    if followed.whole:
        refresh(work, channel, followed.root_ts)
    return receipt


def _first(work: Work, new: NewCommunication, followed: FollowedThread, *, whole: bool) -> Receipt:
    """The entry of a thread or a message that was not logged before."""
    followed.whole = whole
    text = (_told(work, followed) if whole else None) or new.text
    with audit.record(work, "log") as ledger:
        written = communications.write(work, ledger, replace(new, text=text))
        ledger.row_id = followed.communication_id = written.communication.communication_id
        ledger.sentence = communications.described(work, new)
        if whole:
            _absorb(work, ledger, followed, {one.customer_id for one in new.people if one.customer_id})
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence, made=written.made)


def _around(work: Work, channel: str, heard: Sequence[Heard]) -> FollowedThread | None:
    """The thread around a message, where it is logged as a whole."""
    root_ts = heard[0].root_ts if heard else ""
    row = work.session.get(FollowedThread, (work.team_id, channel, root_ts)) if root_ts else None
    return row if row is not None and row.whole and row.communication_id else None


def _absorb(work: Work, ledger: audit.Ledger, thread: FollowedThread, customers: set[str]) -> None:
    """Entries of single replies go into that of their thread, where it is with the same people."""
    replies = select(ThreadMessage.ts).where(
        ThreadMessage.channel == thread.channel,
        ThreadMessage.root_ts == thread.root_ts,
        ThreadMessage.ts != thread.root_ts,
        ThreadMessage.team_id == work.team_id,
    )
    ids = work.session.scalars(
        select(FollowedThread.communication_id).where(
            FollowedThread.channel == thread.channel, FollowedThread.root_ts.in_(replies)
        )
    ).all()
    for communication_id in ids:
        row = work.session.get(Communication, (work.team_id, communication_id)) if communication_id else None
        if row is not None and row.removed_at is None and _with(work, row.communication_id) <= customers:
            ledger.change(row)
            row.removed_at = work.now
            row.version += 1


def _with(work: Work, communication_id: str) -> set[str]:
    found = work.session.scalars(
        select(Participant.customer_id).where(
            Participant.communication_id == communication_id, Participant.customer_id.is_not(None)
        )
    )
    return {one for one in found if one}


def take_in(work: Work, new: NewCommunication, heard: Sequence[Heard], *, channel: str, root_ts: str) -> Receipt:
    """Let a thread of a linked channel become part of its company's timeline, or an entry that is there go on."""
    work.lock_team()
    for one in heard:
        _keep(work, one)
    followed = _followed(work, channel, root_ts)
    known = communications.find(work, new.source_key)
    # What a channel logs by itself is nobody's act, so it stands in nobody's list of acts to take back.
    with audit.record(work, "log", undoable=False) as ledger:
        ledger.sentence = "Logged a thread of a linked channel"
        followed.by_link = followed.by_link or known is None
        followed.whole = True
        if known is not None:
            ledger.change(known)
            known.company_id = known.company_id or new.company_id
            written = known
        else:
            written = communications.write(work, ledger, replace(new, text=_told(work, followed) or "")).communication
        followed.communication_id = ledger.row_id = written.communication_id
    refresh(work, channel, root_ts)
    attach(work, ledger.row_id, new.attachments)
    return Receipt(ledger.row_id, None, ledger.sentence)


def follow(work: Work, heard: Heard) -> str:
    """Bring the logs of a message in step with what was heard of it, and say what became of that."""
    work.lock_team()
    known = work.session.get(ThreadMessage, (work.team_id, heard.channel, heard.ts))
    root_ts = known.root_ts if known is not None else heard.root_ts
    places = [
        row
        for place in dict.fromkeys((root_ts, heard.ts))
        if (row := work.session.get(FollowedThread, (work.team_id, heard.channel, place))) is not None
        and (row.whole or place == heard.ts)
    ]
    if not places and (adopted := _adopted(work, heard)) is not None:
        places = [adopted]
    if not places:
        return NOT_FOLLOWED
    if not _keep(work, replace(heard, root_ts=root_ts)):
        return KNOWN
    for row in places:
        refresh(work, row.channel, row.root_ts)
    return FOLLOWED


def refresh(work: Work, channel: str, root_ts: str) -> None:
    """Write a log anew from the messages it holds, where that changes it."""
    followed = work.session.get(FollowedThread, (work.team_id, channel, root_ts))
    row = work.session.get(Communication, (work.team_id, followed.communication_id)) if followed else None
    if followed is None or row is None or row.removed_at is not None:
        return
    work.flush()
    told = _told(work, followed)
    if told is None and row.new_text != communications.DELETED_IN_SLACK:
        communications.hide(work, row.source_key)
    elif told is not None and told != row.new_text:
        communications.follow_edit(work, row.source_key, told)


def attach(work: Work, communication_id: str, files: Sequence[NewAttachment]) -> int:
    """Add the files of a later message to its thread's log, each once, and say how many are new."""
    rows = work.session.execute(
        select(Attachment.sha256, Attachment.name).where(Attachment.communication_id == communication_id)
    )
    there = {(row.sha256, row.name) for row in rows}
    fresh = [one for one in files if (one.sha256, one.name) not in there]
    if not fresh:
        return 0
    with audit.record(work, "attach", communication_id, "Kept files of a thread", undoable=False) as ledger:
        for one in fresh:
            ledger.add(
                Attachment(
                    attachment_id=work.new_id(Prefix.ATTACHMENT),
                    communication_id=communication_id,
                    name=one.name,
                    content_type=one.content_type,
                    size=one.size,
                    sha256=one.sha256,
                )
            )
    return len(fresh)


def let_go(work: Work, communication_id: str) -> None:
    """Forget the messages that a log was kept in step with, once the log itself is gone.

    Not audited: what removed the log was.
    """
    rows = work.session.scalars(select(FollowedThread).where(FollowedThread.communication_id == communication_id))
    for row in rows.all():
        _forget(work, row)
    work.session.execute(
        delete(Attachment)
        .where(Attachment.communication_id == communication_id)
        .execution_options(synchronize_session=False)
    )


def _forget(work: Work, row: FollowedThread) -> None:
    """Let the messages go that no other log is kept in step with."""
    mine = ThreadMessage.root_ts == row.root_ts if row.whole else ThreadMessage.ts == row.root_ts
    messages = work.session.scalars(select(ThreadMessage).where(ThreadMessage.channel == row.channel, mine)).all()
    channel = row.channel
    work.session.delete(row)
    work.flush()
    for one in messages:
        places = [work.session.get(FollowedThread, (work.team_id, channel, place)) for place in {one.ts, one.root_ts}]
        if not any(other is not None and (other.whole or other.root_ts == one.ts) for other in places):
            work.session.delete(one)
    work.flush()


def _followed(work: Work, channel: str, root_ts: str) -> FollowedThread:
    row = work.session.get(FollowedThread, (work.team_id, channel, root_ts))
    if row is None:
        row = work.add(FollowedThread(channel=channel, root_ts=root_ts, whole=False, by_link=False))
        work.flush()
    return row


def _adopted(work: Work, heard: Heard) -> FollowedThread | None:
    """A message that was logged before threads were followed."""
    known = communications.find(work, thread_queries.key(heard.channel, heard.ts))
    if known is None or known.removed_at is not None:
        return None
    row = _followed(work, heard.channel, heard.ts)
    row.communication_id = known.communication_id
    return row


def _keep(work: Work, heard: Heard) -> bool:
    """Keep the latest wording of a message; False where that, or its deletion, is known already."""
    row = work.session.get(ThreadMessage, (work.team_id, heard.channel, heard.ts))
    if row is None:
        work.add(
            ThreadMessage(
                channel=heard.channel,
                ts=heard.ts,
                root_ts=heard.root_ts,
                author=heard.author,
                author_name=heard.author_name,
                text="" if heard.gone else heard.text,
                stamp=heard.stamp,
                gone=heard.gone,
            )
        )
        work.flush()
        return True
    if row.gone or (not heard.gone and _moment(heard.stamp) <= _moment(row.stamp)):
        return False
    row.text, row.stamp, row.gone = ("", heard.stamp, True) if heard.gone else (heard.text, heard.stamp, False)
    if heard.author and not row.author:
        row.author, row.author_name = heard.author, heard.author_name
    work.flush()
    return True


def _told(work: Work, followed: FollowedThread) -> str | None:
    """Who said what, in the order of the thread; None where nothing of it is left."""
    mine = ThreadMessage.root_ts == followed.root_ts if followed.whole else ThreadMessage.ts == followed.root_ts
    rows = work.session.scalars(select(ThreadMessage).where(ThreadMessage.channel == followed.channel, mine)).all()
    rows = sorted(rows, key=lambda row: _moment(row.ts))
    if all(row.gone for row in rows):
        return None
    if len(rows) == 1:
        return rows[0].text
    return "\n".join(f"{row.author_name or 'Somebody'}: {GONE_LINE if row.gone else row.text}" for row in rows)


def _moment(stamp: str) -> Decimal:
    """Slack's moments have more digits than a float holds."""
    try:
        return Decimal(stamp)
    except InvalidOperation:
        return Decimal(0)


def _join(work: Work, known: Communication, followed: FollowedThread, new: NewCommunication, *, whole: bool) -> Receipt:
    """Somebody logs what is logged already: with another customer, or now with all that was answered."""
    there = _with(work, known.communication_id)
    joining = [one for one in new.people if one.customer_id and one.customer_id not in there]
    sentence = communications.described(work, new, already=not joining)
    with audit.record(work, "log", known.communication_id, sentence) as ledger:
        followed.communication_id = known.communication_id
        if (whole and not followed.whole) or followed.by_link:
            ledger.change(followed)
            followed.whole, followed.by_link = followed.whole or whole, False
        for person in joining:
            ledger.add(
                Participant(
                    participant_id=work.new_id(Prefix.PARTICIPANT),
                    communication_id=known.communication_id,
                    role=person.role,
                    name=person.name,
                    customer_id=person.customer_id,
                )
            )
        ids = [one.customer_id for one in joining if one.customer_id]
        touch(work, ledger, ids, known.happened_at, known.kind, work.actor)
        # A second log of the same changes nothing of its own that could be taken back.
        ledger.undoable = bool(joining) or bool(ledger.steps())
        communications.bear_witness(work, ledger, known.communication_id, None)
    work.flush()
    attach(work, known.communication_id, new.attachments)
    return Receipt(known.communication_id, ledger.undo_id if ledger.undoable else None, sentence)
