"""Outbox rows -> letters: cards are built at the moment they leave, from what is true then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from analytics.report.write import write
from bot import drawing, export_letter, my_day, tables, unasked
from bot import report_letter as report
from bot.blocks import Message
from bot.cards import campaign as campaign_cards
from bot.cards import error, files, imports, receipt, review, scores
from bot.cards import suggestion as suggestion_cards
from bot.grammar import promises
from bot.letters import Letter, Picture
from bot.paging import HOME_BLOCKS
from campaigns import audience_files
from crm_store.engine.store import Desk
from crm_store.errors import DeliveryError, NotFound
from crm_store.outbox import Outgoing
from crm_store.queries import audiences as audience_queries
from crm_store.queries import campaigns as campaign_queries
from crm_store.queries import customers as customer_queries
from crm_store.queries import files as file_queries
from crm_store.queries import good_to_know, places, receipts, report_facts, reports, score_story
from crm_store.queries import imports as import_queries
from crm_store.queries import promises as promise_queries
from crm_store.queries import sends as send_queries
from crm_store.queries import suggestions as suggestion_queries
from crm_store.queries import teams as team_queries
from crm_store.values.filed import FiledView
from crm_store.values.outcomes import Change
from crm_store.values.teams import TeamView, UserView


async def _promises(desk: Desk, filed: FiledView, user: UserView) -> tuple[receipt.Offer, ...]:
    """What its reader promised in a mail, or in what they wrote above it, and has no task for yet."""
    zone, now = ZoneInfo(user.time_zone), desk.store.clock.now()
    there = set(await desk.read(promise_queries.made_of, filed.communication_id)) | {one.title for one in filed.tasks}
    found = [
        receipt.Offer(one.title, one.due, user.user_id)
        for text, at in await desk.read(promise_queries.words_of, filed.communication_id, user.user_id)
        for one in promises.made_in(text, at, zone, now)
        if one.title not in there
    ]
    return tuple(found[:3])


class Renderer:
    """Knows each kind of row that leaves to Slack."""

    def __init__(self) -> None:
        self._kinds: Mapping[str, Callable[[Desk, Outgoing, TeamView], Awaitable[Letter | None]]] = {
            "answer": self._answer,
            "receipt": self._receipt,
            "question": self._question,
            "review": self._review,
            "suggestion": self._suggestion,
            "suggestion_update": self._suggestion_update,
            "campaign_lift": self._campaign_lift,
            "campaign_doubt": self._campaign_doubt,
            "notice": self._notice,
            "progress": self._progress,
            "post": self._post,
            "report": self._report,
            "import_result": self._import_result,
            "export": self._export,
            "files": self._files,
            "score_moves": self._score_moves,
            "audience": self._audience,
            "erased": self._erased,
            drawing.KIND: self._drawing,
            **dict.fromkeys(("alert", "brief", "meeting_brief", "digest", "news"), self._unasked),
        }

    async def render(self, desk: Desk, row: Outgoing) -> Letter | None:
        """The letter of a row; None where there is nothing to send any more."""
        team = await desk.read(team_queries.team)
        if team is None or team.slack_team_id is None:
            return None
        kind = self._kinds.get(row.kind)
        if kind is None:
            raise DeliveryError(f"There is no way to deliver a {row.kind}.", permanent=True)
        try:
            return await kind(desk, row, team)
        except NotFound:
            return None

    async def _answer(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        given = row.payload
        if given["via"] == "home":
            return await self._home(desk, given, team)
        entities = tuple(given.get("entities") or ())
        if entities and reports.WORK_OBJECT in await desk.read(reports.refused_blocks):
            entities = ()
        letter = Letter(
            via=str(given["via"]),
            slack_team_id=team.slack_team_id or "",
            message=Message.from_json(given["message"]) if "message" in given else None,
            channel=str(given.get("channel", "")),
            user=str(given.get("user", "")),
            thread_ts=str(given.get("thread_ts", "")),
            ts=str(given.get("ts", "")),
            url=str(given.get("url", "")),
            replace=bool(given.get("replace")),
            unfurls=given.get("unfurls") or {},
            entities=entities,
        )
        has_newer = letter.message is not None and tables.has_newer(letter.message)
        return tables.lettered(letter, await desk.read(reports.refused_blocks)) if has_newer else letter

    async def _home(self, desk: Desk, given: Mapping[str, Any], team: TeamView) -> Letter:
        """A person's Home, as it is when it leaves."""
        slack_user_id, page = str(given["user"]), int(given.get("page") or 0)
        user = await desk.read(team_queries.user_by_slack, slack_user_id)
        if user is None:
            raise NotFound("There is no such colleague.")
        message = await my_day.home(desk, user, page, int(given.get("most") or HOME_BLOCKS))
        view_hash = str(given.get("hash") or "")
        return Letter("home", team.slack_team_id or "", message, user=slack_user_id, page=page, view_hash=view_hash)

    async def _reader(self, desk: Desk, row: Outgoing) -> UserView:
        user_id = row.payload.get("user_id")
        user = await desk.read(team_queries.user, str(user_id)) if user_id else None
        if user is None:
            admins = await desk.read(team_queries.admins)
            if not admins:
                raise DeliveryError("The team has nobody to tell.", permanent=True)
            user = admins[0]
        return user

    def _to(self, team: TeamView, user: UserView, message: Message, object_id: str = "", purpose: str = "") -> Letter:
        return Letter(
            "post",
            team.slack_team_id or "",
            message,
            channel=user.slack_user_id,
            user=user.slack_user_id,
            object_id=object_id,
            purpose=purpose,
        )

    async def _receipt(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        given = row.payload
        filed = await desk.read(receipts.filed, str(given["communication_id"]))
        known = None
        if len(filed.customers) == 1:
            known = await desk.read(good_to_know.of, filed.customers[0].customer_id)
        there = {one.customer_id for one in filed.customers}
        created, beside = tuple(given.get("created") or ()), tuple(given.get("beside") or ())
        further = [one for one in dict.fromkeys((*created, *beside)) if one not in there]
        message = receipt.filed(
            filed,
            undo_id=given.get("undo_id"),
            sure=given.get("sure"),
            created=created,
            beside=await desk.read(customer_queries.briefs, further) if further else (),
            warnings=tuple(given.get("warnings") or ()),
            changes=(*(given.get("changes") or ()), *(given.get("facts") or ())),
            also=bool(given.get("also")),
            known=known,
            promises=await _promises(desk, filed, user),
            now=desk.store.clock.now(),
            zone=ZoneInfo(user.time_zone),
        )
        return self._to(team, user, message, filed.communication_id, "receipt")

    async def _question(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        user = await self._reader(desk, row)
        asked = await desk.read(receipts.question, str(row.payload["question_id"]))
        if asked.state != "open":
            return None
        message = review.question(asked, now=desk.store.clock.now(), zone=ZoneInfo(user.time_zone))
        return self._to(team, user, message, asked.question_id, "question")

    async def _review(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        given = row.payload
        sender = str(given.get("from") or "")
        if given.get("burst"):
            message = review.many_at_once(sender, str(given["burst"]), int(given.get("recent") or 0))
        else:
            message = review.unknown_sender(
                str(given["inbox_id"]),
                sender,
                str(given.get("subject") or ""),
                str(given["why"]),
                str(given.get("trust") or ""),
            )
        return self._to(team, user, message, str(given["inbox_id"]), "review")

    async def _suggestion(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        view = await desk.read(suggestion_queries.view, str(row.payload["suggestion_id"]))
        message = suggestion_cards.proposed(view, now=desk.store.clock.now(), zone=ZoneInfo(team.time_zone))
        if team.channel:
            return Letter(
                "post",
                team.slack_team_id or "",
                message,
                channel=team.channel,
                object_id=view.suggestion_id,
                purpose="suggestion",
            )
        user = await self._reader(desk, row)
        return self._to(team, user, message, view.suggestion_id, "suggestion")

    async def _suggestion_update(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        """The card in the channel shows what was decided."""
        suggestion_id = str(row.payload["suggestion_id"])
        place = await desk.read(places.of, suggestion_id, "suggestion")
        if place is None:
            return None
        view = await desk.read(suggestion_queries.view, suggestion_id)
        now, zone = desk.store.clock.now(), ZoneInfo(team.time_zone)
        open_still = view.state in ("proposed", "edited")
        build = suggestion_cards.proposed if open_still else suggestion_cards.decided
        return Letter(
            "update", team.slack_team_id or "", build(view, now=now, zone=zone), channel=place[0], ts=place[1]
        )

    async def _campaign_doubt(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        """Whether letters that may or may not have left are sent again; nothing where that is settled by now."""
        one = await desk.read(campaign_queries.card, str(row.payload["campaign_id"]))
        count, names = await desk.read(send_queries.in_doubt, one.campaign_id)
        if not count:
            return None
        return self._to(team, await self._reader(desk, row), campaign_cards.doubt(one, count, names))

    async def _campaign_lift(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """What a campaign added, below the suggestion that became it; to who approved it where that is nowhere."""
        one = await desk.read(campaign_queries.card, str(row.payload["campaign_id"]))
        message = campaign_cards.measured(one)
        place = await desk.read(places.of, one.suggestion_id or "", "suggestion")
        if place is None:
            return self._to(team, await self._reader(desk, row), message, one.campaign_id, "lift")
        return Letter("post", team.slack_team_id or "", message, channel=place[0], thread_ts=place[1])

    async def _notice(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        undo_id = row.payload.get("undo_id")
        text = str(row.payload["text"])
        return self._to(team, user, receipt.done(text, str(undo_id)) if undo_id else error.sentence(text))

    async def _progress(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """How far something is that a person asked for: one message, changed as it goes on."""
        object_id, message = str(row.payload["object_id"]), error.sentence(str(row.payload["text"]))
        place = await desk.read(places.of, object_id, "progress")
        if place is None:
            return self._to(team, await self._reader(desk, row), message, object_id, "progress")
        return Letter("update", team.slack_team_id or "", message, channel=place[0], ts=place[1])

    async def _post(self, _desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        return Letter(
            "post",
            team.slack_team_id or "",
            error.sentence(str(row.payload["text"])),
            channel=str(row.payload["channel"]),
        )

    async def _report(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        given = row.payload
        zone = ZoneInfo(str(given.get("zone") or team.time_zone))
        days = [date.fromisoformat(given[name]) if given.get(name) else None for name in ("since", "until")]
        facts = await desk.read(report_facts.facts, str(given.get("which") or reports.DEFAULT), zone, *days)
        channel = str(given.get("channel") or (await self._reader(desk, row)).slack_user_id)
        return report.letter(write(facts), team.slack_team_id or "", channel, await desk.read(reports.refused_blocks))

    async def _score_moves(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        """Jumps of chances, for whoever owns the customer or the deal."""
        user = await self._reader(desk, row)
        changes = [
            Change(str(one["about"]), str(one["kind"]), float(one["before"]), float(one["now"]))
            for one in row.payload["changes"]
        ]
        found = await desk.read(score_story.moved, changes)
        return self._to(team, user, scores.moved(found)) if found else None

    async def _unasked(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        """An alert, a brief or a digest, for a colleague who is still there or for a channel."""
        user_id = str(row.payload.get("user_id") or "")
        user = await desk.read(team_queries.user, user_id) if user_id else None
        if user_id and (user is None or not user.active):
            return None
        message = await unasked.message(desk, row, team, user)
        if message is None:
            return None
        if user is not None:
            return self._to(team, user, message, str(row.payload.get("customer_id") or ""), row.kind)
        return Letter("post", team.slack_team_id or "", message, channel=row.order_key.removeprefix("channel:"))

    async def _files(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """Files of a communication, as far as the person who asked may see it when they leave."""
        user = await self._reader(desk, row)
        own = desk.store.team(desk.team_id, user.user_id)
        communication_id = str(row.payload["communication_id"])
        wanted = set(row.payload.get("files") or ())
        views = {one.sha256: one for one in await own.read(file_queries.of_communication, communication_id)}
        subject = (await own.read(receipts.filed, communication_id)).subject
        pictures = []
        for digest in [one for one in views if one in wanted and not views[one].is_refused]:
            content = await own.read(file_queries.content, digest)
            if content is not None:
                pictures.append(Picture(views[digest].name, views[digest].name, "", content))
        message = files.delivered([views[one] for one in views if one in wanted], subject)
        letter = self._to(team, user, message, communication_id, "files")
        return replace(letter, pictures=tuple(pictures))

    async def _erased(self, _desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """A message of ours that showed somebody who was erased since."""
        message = error.sentence("What was shown here has been erased.")
        channel, ts = str(row.payload["channel"]), str(row.payload["ts"])
        return Letter("update", team.slack_team_id or "", message, channel=channel, ts=ts)

    async def _audience(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """An audience as a file, made of what is true when it leaves."""
        user = await self._reader(desk, row)
        own = desk.store.team(desk.team_id, user.user_id)
        asked = await own.read(audience_queries.export, str(row.payload["export_id"]))
        audience = await own.read(audience_queries.audience, asked.source)
        day = desk.store.clock.now().astimezone(ZoneInfo(user.time_zone)).date()
        made = audience_files.written(audience, asked.tool, desk.team_id, day)
        letter = self._to(team, user, error.sentence(made.sentence), asked.export_id, "audience")
        return replace(letter, pictures=(Picture(made.name, made.name, "", made.content),) if audience.people else ())

    async def _drawing(self, _desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        return await drawing.letter(row, team.slack_team_id or "")

    async def _import_result(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        done = await desk.read(import_queries.outcome, str(row.payload["import_id"]))
        return self._to(team, user, imports.finished(done.file_name, done))

    async def _export(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        """A file of what the person who asked may take along when it leaves."""
        user = await self._reader(desk, row)
        message, content = await asyncio.to_thread(
            export_letter.build, desk.store.team(desk.team_id, user.user_id), str(row.payload["what"])
        )
        letter = self._to(team, user, message)
        return replace(letter, pictures=(content,)) if content else letter
