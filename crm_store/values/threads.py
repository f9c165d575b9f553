"""What is heard of Slack messages that a log is kept in step with, and the channels that belong to a company."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as somebody told of it; `root_ts` is its thread's first message, or itself.

    `stamp` is the moment of this wording in Slack's own form; of two tellings the later one counts, and of what is
    `gone` nothing is heard any more. `author` is a Slack user id.
    """

    channel: str
    ts: str
    root_ts: str
    author: str
    author_name: str
    text: str
    stamp: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A place that is kept in step: a thread, or one message where `whole` is not set."""

    channel: str
    root_ts: str
    whole: bool
    by_link: bool
    communication_id: str | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """A channel that belongs to a company; `linked_by` is a Slack user id, `outsiders` says that people from outside
    read it, which an admin confirmed.
    """

    channel: str
    company_id: str
    company: str
    linked_by: str | None
    linked_at: datetime
    outsiders: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A message of a channel that Slack tells of; `new` where it was just written, else edited or deleted."""

    team_id: str
    channel: str
    ts: str
    root_ts: str
    new: bool
