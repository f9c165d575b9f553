"""What leaves to Slack, rendered: which way, to which place, with which content."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.blocks import Message


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or another file to upload below a message, with its text for those who do not see it."""

    name: str
    title: str
    alt_text: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to deliver."""

    via: str
    slack_team_id: str
    message: Message | None = None
    channel: str = ""
    user: str = ""
    thread_ts: str = ""
    ts: str = ""
    url: str = ""
    replace: bool = False
    page: int = 0
    view_hash: str = ""
    """Of the Home that is there: where it is another by now, what is to be shown is read again."""
    pictures: tuple[Picture, ...] = ()
    unfurls: Mapping[str, Any] = field(default_factory=dict)
    entities: tuple[Mapping[str, Any], ...] = ()
    object_id: str = ""
    purpose: str = ""
    undrawn: tuple[Mapping[str, Any], ...] = ()
    """Charts that this letter says in words alone."""
    plainer: "tuple[tuple[str, Letter], ...]" = ()
    """What to send where Slack refuses the blocks: the kind of block given up, and the letter without it."""

    def as_text(self) -> "Letter":
        """The same without blocks: what is sent when Slack refuses them."""
        plainest = self.plainer[-1][1] if self.plainer else self
        text = plainest.message.text if plainest.message else ""
        return replace(plainest, message=Message(text, ()), plainer=())

    def to_person(self) -> "Letter":
        """The same by direct message."""
        return replace(self, via="post", channel=self.user, thread_ts="", replace=False)
