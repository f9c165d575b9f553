"""What is heard of messages that were logged, or that are said in a linked channel: the logs follow."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.ask import Ask
from bot.gestures import Did
from bot.grammar import words
from bot.handlers import hearing
from bot.handlers.hearing import Said, Speaker
from bot.routes import Routes
from crm_store.actions import files as file_actions
from crm_store.actions import threads as thread_actions
from crm_store.engine.work import Work
from crm_store.errors import DeliveryError
from crm_store.queries import channel_links as link_queries
from crm_store.queries import threads as thread_queries
from crm_store.values.acts import NewCommunication
from crm_store.values.threads import Heard, LinkView


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.SAID, said)
    routes.gesture(Did.EDITED, edited)
    routes.gesture(Did.DELETED, deleted)


async def said(ask: Ask) -> None:
    """A message: an answer in a thread that was logged, or anything in a linked channel."""
    gesture = ask.gesture
    root_ts = gesture.thread_ts or gesture.ts
    if words.without_mention(gesture.text, ask.slack.bot_user_id) != gesture.text:
        await ask.done("said to us")
        return
    followed = await ask.read(thread_queries.followed, gesture.channel, root_ts)
    link = await ask.read(link_queries.of_channel, gesture.channel)
    if link is not None and not _agreed(link, await hearing.speaker(ask, gesture.author)):
        await ask.done("from outside, and no admin has agreed to that")
    elif followed is not None and followed.whole and (link is not None or not followed.by_link):
        await _followed(ask, root_ts)
    elif link is not None:
        await _taken_in(ask, link, root_ts)
    else:
        await ask.done(thread_actions.NOT_FOLLOWED)


def _agreed(link: LinkView, by: Speaker) -> bool:
    """Whether what somebody says may be logged: of people from outside only where an admin said so."""
    return link.outsiders or not by.outsider


async def _followed(ask: Ask, root_ts: str) -> None:
    heard = _heard(ask, root_ts, (await hearing.speaker(ask, ask.gesture.author)).name)
    files = await hearing.fetched(ask, ask.gesture.files)

    def action(work: Work) -> None:
        thread_actions.follow(work, heard)
        communication_id = thread_queries.logged(work, heard.channel, heard.ts, root_ts)
        if communication_id and files.attached:
            file_actions.keep(work, files.kept)
            thread_actions.attach(work, communication_id, files.attached)

    await ask.act(action, lambda _: None)


async def _taken_in(ask: Ask, link: LinkView, root_ts: str) -> None:
    """A thread of a linked channel is one entry; what was said in it before comes along."""
    there = await _thread(ask, link, root_ts)
    files = await hearing.fetched(ask, there.files)
    at = await hearing.permalink(ask, link.channel, root_ts)
    new = replace(_entry(ask, link, there, root_ts), permalink=at, attachments=files.attached)

    def action(work: Work) -> None:
        file_actions.keep(work, files.kept)
        thread_actions.take_in(work, new, there.heard, channel=link.channel, root_ts=root_ts)

    await ask.act(action, lambda _: None)


async def _thread(ask: Ask, link: LinkView, root_ts: str) -> Said:
    """The thread as it is now, or this message alone where it is the first or may not be read."""
    gesture = ask.gesture
    if root_ts != gesture.ts:
        try:
            messages = await ask.slack.thread(gesture.channel, root_ts)
            people = [one for one in messages if hearing.by_people(one)]
            whole = await hearing.said(ask, gesture.channel, root_ts, people)
        except DeliveryError as problem:
            if not problem.permanent:
                raise
            whole = Said((), ())
        outside = {one.slack_user_id for one in whole.speakers if not _agreed(link, one)}
        if outside:
            heard = tuple(one for one in whole.heard if one.author not in outside)
            speakers = tuple(one for one in whole.speakers if one.slack_user_id not in outside)
            whole = Said(heard, speakers, gesture.files)
        if whole.heard:
            return whole
    by = await hearing.speaker(ask, gesture.author)
    return Said((_heard(ask, root_ts, by.name),), (by,), gesture.files)


def _entry(ask: Ask, link: LinkView, there: Said, root_ts: str) -> NewCommunication:
    outside = there.first is not None and there.first.is_theirs
    return NewCommunication(
        kind="message",
        direction="incoming" if outside else "outgoing",
        happened_at=min(datetime.fromtimestamp(float(root_ts), UTC), ask.now),
        text="",
        source="slack",
        source_key=thread_queries.key(link.channel, root_ts),
        people=tuple(one.person() for one in there.speakers),
        company_id=link.company_id,
    )


async def edited(ask: Ask) -> None:
    """A logged message that is edited stays in step."""
    by = await hearing.speaker(ask, ask.gesture.author)
    heard = _heard(ask, ask.gesture.thread_ts or ask.gesture.ts, by.name)
    await ask.act(lambda work: thread_actions.follow(work, heard), lambda _: None)


async def deleted(ask: Ask) -> None:
    """A logged message that is deleted is hidden, and the timeline says so."""
    by = await hearing.speaker(ask, ask.gesture.author)
    heard = replace(_heard(ask, ask.gesture.thread_ts or ask.gesture.ts, by.name), text="", gone=True)
    await ask.act(lambda work: thread_actions.follow(work, heard), lambda _: None)


def _heard(ask: Ask, root_ts: str, name: str) -> Heard:
    gesture = ask.gesture
    text = words.from_slack(gesture.text)
    return Heard(gesture.channel, gesture.ts, root_ts, gesture.author, name, text, gesture.stamp or gesture.ts)
