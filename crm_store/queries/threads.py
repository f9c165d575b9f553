"""Which Slack messages a log is kept in step with."""

from collections.abc import Sequence

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.history import ChannelLink, Communication, FollowedThread, Participant, ThreadMessage
from crm_store.values.threads import Followed, Told


def key(channel: str, ts: str) -> str:
    """What makes the log of a message, or of the thread below it, one and the same."""
    return f"slack:{channel}:{ts}"


def concerns(work: Work, channel: str, ts: str, root_ts: str, *, new: bool) -> bool:
    """Whether what is told of a message changes anything of ours; nothing else of a channel is kept.

    A `new` message counts in a thread that is followed as a whole and in a linked channel; an edit or a deletion counts
    where the message was logged, even after its channel was unlinked.
    """
    return concern_all(work, [Told(work.team_id, channel, ts, root_ts, new)])[0]


def _is_kept(work: Work, channel: str, ts: str, root_ts: str) -> bool:
    """Whether a message, or its thread, is in the log."""
    follows = select(FollowedThread.root_ts).where(
        FollowedThread.channel == channel, FollowedThread.root_ts.in_({ts, root_ts})
    )
    if (
        work.session.scalar(follows.limit(1))
        or work.session.get(ThreadMessage, (work.team_id, channel, ts)) is not None
    ):
        return True
    logged = select(Communication.communication_id).where(Communication.source_key == key(channel, ts))
    return work.session.scalar(logged) is not None


def concern_all(work: Work, told: Sequence[Told]) -> list[bool]:
    """`concerns` of many messages in one look, asked at the house's desk: most are new, and change nothing of ours."""
    new = [one for one in told if one.new]
    teams, channels = {one.team_id for one in new}, {one.channel for one in new}
    whole = select(FollowedThread.team_id, FollowedThread.channel, FollowedThread.root_ts).where(
        FollowedThread.team_id.in_(teams),
        FollowedThread.channel.in_(channels),
        FollowedThread.root_ts.in_({one.root_ts for one in new}),
        FollowedThread.whole.is_(True),
        FollowedThread.by_link.is_(False),
    )
    linked = select(ChannelLink.team_id, ChannelLink.channel).where(
        ChannelLink.team_id.in_(teams), ChannelLink.channel.in_(channels)
    )
    followed_ones = {tuple(row) for row in work.session.execute(whole)} if new else set()
    linked_ones = {tuple(row) for row in work.session.execute(linked)} if new else set()
    return [
        (one.team_id, one.channel) in linked_ones or (one.team_id, one.channel, one.root_ts) in followed_ones
        if one.new
        else _is_kept(work.act_as(one.team_id, work.actor), one.channel, one.ts, one.root_ts)
        for one in told
    ]


def followed(work: Work, channel: str, root_ts: str) -> Followed | None:
    """How a thread or a message is kept in step, if it is."""
    row = work.session.get(FollowedThread, (work.team_id, channel, root_ts))
    if row is None:
        return None
    return Followed(row.channel, row.root_ts, row.whole, row.by_link, row.communication_id)


def logged(work: Work, channel: str, ts: str, root_ts: str) -> str | None:
    """The communication that holds a message already: its own, or that of its thread."""
    for place in dict.fromkeys((root_ts, ts)):
        row = work.session.get(FollowedThread, (work.team_id, channel, place))
        if row is not None and row.communication_id and (row.whole or place == ts):
            return row.communication_id
    found: str | None = work.session.scalar(
        select(Communication.communication_id).where(Communication.source_key == key(channel, ts))
    )
    return found


def is_followed(work: Work, communication_id: str) -> bool:
    """Whether a communication takes its words from Slack, so that nobody should write others into it."""
    wanted = select(FollowedThread.root_ts).where(FollowedThread.communication_id == communication_id).limit(1)
    return work.session.scalar(wanted) is not None


def customer_of(work: Work, channel: str, root_ts: str) -> str | None:
    """The one customer that a thread was logged with; None where there is none, or several."""
    row = work.session.get(FollowedThread, (work.team_id, channel, root_ts))
    if row is None or row.communication_id is None:
        return None
    found = work.session.scalars(
        select(Participant.customer_id)
        .where(Participant.communication_id == row.communication_id, Participant.customer_id.is_not(None))
        .distinct()
    ).all()
    return found[0] if len(found) == 1 else None
