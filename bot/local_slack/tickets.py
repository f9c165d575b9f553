"""Things Slack hands out for a short time: triggers that open a modal once, and response addresses."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, TRIGGER_SECONDS
from crm_store.clock import Clock

_KEPT = 20_000


@dataclass(slots=True)
class Trigger:
    """The right to open one modal for one person."""

    team: str
    user: str
    made_at: float
    used: bool = False
    about: str = ""


@dataclass(slots=True)
class ResponseAddress:
    """Where an app may answer an interaction a few times."""

    team: str
    user: str
    channel: str
    made_at: float
    original_ts: str | None = None
    uses: int = 0


class Tickets:
    """All triggers and response addresses given out lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()
        self._addresses: OrderedDict[str, ResponseAddress] = OrderedDict()

    def trigger(self, team: str, user: str, about: str = "") -> str:
        """A fresh trigger_id."""
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(team, user, self._clock.monotonic(), about=about)
        if len(self._triggers) > _KEPT:
            self._triggers.popitem(last=False)
        return name

    def use_trigger(self, name: str, team: str) -> Trigger:
        """Take a trigger; raises SlackError when it is made up, used or too old."""
        trigger = self._triggers.get(name)
        if trigger is None or trigger.team != team:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.monotonic() - trigger.made_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def address(self, team: str, user: str, channel: str, original_ts: str | None = None) -> str:
        """The secret part of a fresh response_url."""
        name = secrets.token_urlsafe(24)
        self._addresses[name] = ResponseAddress(team, user, channel, self._clock.monotonic(), original_ts)
        if len(self._addresses) > _KEPT:
            self._addresses.popitem(last=False)
        return name

    def open_address(self, name: str) -> ResponseAddress:
        """A response address that still takes answers; raises SlackError `used_url` or `expired_url`."""
        address = self._addresses.get(name)
        if address is None or address.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url", status=404)
        if self._clock.monotonic() - address.made_at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url", status=404)
        return address
