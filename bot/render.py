"""Outbox rows -> letters: cards are built at the moment they leave, from what is true then."""

from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from bot.blocks import Message
from bot.cards import error, imports, receipt, report, review
from bot.cards import suggestion as suggestion_cards
from bot.letters import Letter, Picture
from crm_store.engine.store import Desk
from crm_store.errors import DeliveryError, NotFound
from crm_store.outbox import Outgoing
from crm_store.queries import customers as customer_queries
from crm_store.queries import imports as import_queries
from crm_store.queries import places, receipts, reports
from crm_store.queries import suggestions as suggestion_queries
from crm_store.queries import teams as team_queries
from crm_store.values.teams import TeamView, UserView


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
            "notice": self._notice,
            "post": self._post,
            "report": self._report,
            "import_result": self._import_result,
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

    async def _answer(self, _desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        given = row.payload
        return Letter(
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
        )

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
        card = None
        if len(filed.customers) == 1:
            card = await desk.read(customer_queries.card, filed.customers[0].customer_id)
        message = receipt.filed(
            filed,
            undo_id=given.get("undo_id"),
            sure=given.get("sure"),
            created=tuple(given.get("created") or ()),
            warnings=tuple(given.get("warnings") or ()),
            also=bool(given.get("also")),
            card=card,
            now=desk.store.clock.now(),
            zone=ZoneInfo(user.time_zone),
        )
        return self._to(team, user, message, filed.communication_id, "receipt")

    async def _question(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        user = await self._reader(desk, row)
        asked = await desk.read(receipts.question, str(row.payload["question_id"]))
        if asked.state != "open":
            return None
        message = review.which_customer(asked, now=desk.store.clock.now(), zone=ZoneInfo(user.time_zone))
        return self._to(team, user, message, asked.question_id, "question")

    async def _review(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        given = row.payload
        message = review.unknown_sender(
            str(given["inbox_id"]), str(given.get("from") or ""), str(given.get("subject") or ""), str(given["why"])
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

    async def _notice(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        return self._to(team, user, error.sentence(str(row.payload["text"])))

    async def _post(self, _desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        return Letter(
            "post",
            team.slack_team_id or "",
            error.sentence(str(row.payload["text"])),
            channel=str(row.payload["channel"]),
        )

    async def _report(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter | None:
        charts = await desk.read(reports.charts, str(row.payload.get("which") or reports.DEFAULT))
        if not charts:
            return None
        user = await self._reader(desk, row)
        pictures = tuple(
            Picture(f"{one.key}-{one.as_of.isoformat()}.png", one.title, one.alt_text, one.png) for one in charts
        )
        return Letter(
            "post",
            team.slack_team_id or "",
            report.overview(charts),
            channel=str(row.payload.get("channel") or user.slack_user_id),
            user=user.slack_user_id,
            pictures=pictures,
        )

    async def _import_result(self, desk: Desk, row: Outgoing, team: TeamView) -> Letter:
        user = await self._reader(desk, row)
        done = await desk.read(import_queries.outcome, str(row.payload["import_id"]))
        return self._to(team, user, imports.finished(done.file_name, done))
