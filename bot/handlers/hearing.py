"""Slack's messages as the store hears them: who said what, with which files, and where it can be read."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.ask import Ask
from bot.dropped_files import DroppedFile
from bot.grammar import words
from crm_store.errors import DeliveryError
from crm_store.queries import customers as customer_queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewAttachment, Person
from crm_store.values.files import NewFile
from crm_store.values.people import CustomerBrief
from crm_store.values.teams import UserView
from crm_store.values.threads import Heard
from ingest import attachments

MOST_FILES: Final = 20


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who wrote a message: a colleague, or somebody from outside who may be a customer of ours."""

    slack_user_id: str
    name: str
    user: UserView | None = None
    customer: CustomerBrief | None = None
    outsider: bool = False

    @property
    def is_theirs(self) -> bool:
        """Whether it is not one of us who speaks."""
        return self.user is None and (self.outsider or self.customer is not None)

    def person(self) -> Person:
        """This speaker as one who takes part."""
        if self.user is not None:
            return Person("from", self.user.name, user_id=self.user.user_id)
        customer_id = self.customer.customer_id if self.customer else None
        return Person("from", self.name or None, customer_id=customer_id)


@dataclass(frozen=True, slots=True)
class Files:
    """Files that were fetched, and a sentence for each that was not."""

    kept: tuple[NewFile, ...] = ()
    attached: tuple[NewAttachment, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The messages of a thread, their speakers, and the files that came with them."""

    heard: tuple[Heard, ...]
    speakers: tuple[Speaker, ...]
    files: tuple[DroppedFile, ...] = field(default=())

    @property
    def first(self) -> Speaker | None:
        """Who wrote the first message."""
        return next((one for one in self.speakers if one.slack_user_id == self.heard[0].author), None)


async def speaker(ask: Ask, slack_user_id: str) -> Speaker:
    """Who a Slack user is to us."""
    user = await ask.read(team_queries.user_by_slack, slack_user_id) if slack_user_id else None
    if user is not None:
        return Speaker(slack_user_id, user.name, user)
    if not slack_user_id:
        return Speaker("", "")
    try:
        profile = await ask.slack.profile(slack_user_id)
    except DeliveryError:
        return Speaker(slack_user_id, "")
    known = await ask.read(customer_queries.by_points, [profile.email]) if profile.email else {}
    return Speaker(slack_user_id, profile.name, customer=next(iter(known.values()), None), outsider=profile.outsider)


def by_people(message: Mapping[str, Any]) -> bool:
    """Whether a person wrote it: what bots and Slack itself say is left out."""
    return not message.get("bot_id") and message.get("subtype") in (None, "file_share", "thread_broadcast")


def not_by_us(ask: Ask, message: Mapping[str, Any]) -> bool:
    """Whether it may be logged at somebody's wish: another bot's message too, but never an answer of ours."""
    return message.get("user") != ask.slack.bot_user_id and (
        by_people(message) or message.get("subtype") in (None, "bot_message")
    )


async def said(ask: Ask, channel: str, root_ts: str, messages: Sequence[Mapping[str, Any]]) -> Said:
    """The messages of a thread as they are now; those without a word and a file are left out."""
    speakers: dict[str, Speaker] = {}
    heard: list[Heard] = []
    files: list[DroppedFile] = []
    for one in messages:
        if not one.get("text") and not one.get("files"):
            continue
        author = str(one.get("user", ""))
        if author not in speakers:
            speakers[author] = await speaker(ask, author) if author else Speaker("", str(one.get("username", "")))
        heard.append(_heard(channel, root_ts, one, speakers[author]))
        files += [DroppedFile.read(file) for file in one.get("files") or () if isinstance(file, Mapping)]
    return Said(tuple(heard), tuple(speakers.values()), tuple(files))


def _heard(channel: str, root_ts: str, message: Mapping[str, Any], by: Speaker) -> Heard:
    ts = str(message.get("ts", ""))
    edited = message.get("edited")
    stamp = str(edited.get("ts") or ts) if isinstance(edited, Mapping) else ts
    return Heard(channel, ts, root_ts, by.slack_user_id, by.name, words.from_slack(str(message.get("text", ""))), stamp)


async def fetched(ask: Ask, dropped: Sequence[DroppedFile]) -> Files:
    """The files themselves, within the limits that files of mails have; what is refused is told."""
    kept: list[NewFile] = []
    attached: list[NewAttachment] = []
    refused: list[str] = []
    room = attachments.MOST_TOGETHER
    for number, one in enumerate(dropped):
        if problem := _too_much(one, number, room):
            refused.append(problem)
            continue
        try:
            content = await ask.slack.download(one.url)
        except DeliveryError as failure:
            if not failure.permanent:
                raise
            refused.append(f"“{one.name}” was not kept: {failure.sentence}")
            continue
        if len(content) > min(room, attachments.MOST_ONE):
            refused.append(f"“{one.name}” was not kept: it is too large.")
            continue
        room -= len(content)
        digest, kind = hashlib.sha256(content).hexdigest(), attachments.kind_of(content)
        kept.append(NewFile(digest, kind, content))
        attached.append(NewAttachment(one.name, kind, len(content), digest))
    return Files(tuple(kept), tuple(attached), tuple(refused))


def _too_much(file: DroppedFile, number: int, room: int) -> str:
    if not file.url:
        return f"“{file.name}” was not kept: Slack does not hand it out."
    if number >= MOST_FILES:
        return f"“{file.name}” was not kept: one log holds {MOST_FILES} files."
    if file.size > attachments.MOST_ONE:
        return f"“{file.name}” was not kept: it is larger than {attachments.MOST_ONE // 1_000_000} MB."
    if file.size > room:
        return (
            f"“{file.name}” was not kept: the files together are larger than {attachments.MOST_TOGETHER // 10**6} MB."
        )
    return ""


async def permalink(ask: Ask, channel: str, ts: str) -> str | None:
    """The link to a message, where Slack gives one."""
    try:
        return await ask.slack.permalink(channel, ts)
    except DeliveryError:
        return None
