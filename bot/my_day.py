"""A person's Home as it is now: read when it leaves, so that the newest always stands there."""

from typing import Final
from zoneinfo import ZoneInfo

from bot.blocks import Message
from bot.cards import home as cards
from bot.paging import HOME_BLOCKS
from crm_store.engine.store import Desk
from crm_store.queries import campaign_calendar
from crm_store.queries import day as day_queries
from crm_store.queries import suggestions as suggestion_queries
from crm_store.values.teams import UserView

_DAYS: Final = 14
"""So far ahead the Home tab tells of campaigns."""


async def home(desk: Desk, user: UserView, page: int = 0, most: int = HOME_BLOCKS) -> Message:
    """One page of the Home of a colleague, of at most about `most` blocks."""
    own = desk.store.team(desk.team_id, user.user_id)
    mine = await own.read(day_queries.my_day, user.user_id, user.role)
    waiting = await own.read(suggestion_queries.open_now)
    open_now = [await own.read(suggestion_queries.view, one) for one in waiting[: cards.SUGGESTIONS]]
    coming = await own.read(campaign_calendar.coming, _DAYS)
    now, zone = desk.store.clock.now(), ZoneInfo(user.time_zone)
    return cards.day(user.name, mine, open_now, coming, now=now, zone=zone, page=page, most=most)
