"""Faults that a tester orders: refusals, server errors, dropped sockets, doubled and late deliveries."""

from typing import Any

from bot.local_slack.errors import RefusedError, SlackError, rate_limited

Json = dict[str, Any]
_ORDERS = ("rate_limit", "error", "http_500", "drop_sockets", "duplicate_next", "delay_next_ms", "refresh_sockets")


def _count(order: Json, name: str, usual: int) -> int:
    value = order.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RefusedError(f"{name} is a whole number, not below 0.")
    return value


class Faults:
    """What is still to go wrong."""

    def __init__(self) -> None:
        self._methods: dict[str, dict[str, Json]] = {}
        self._duplicates = 0
        self._delay_ms = 0
        self._clear()

    def _clear(self) -> None:
        self._methods = {"rate_limit": {}, "error": {}, "http_500": {}}
        self._duplicates = self._delay_ms = 0

    def order(self, body: Json) -> bool:
        """Take an order, or clear all with an empty one; says whether sockets are to be dropped now."""
        unknown = sorted(set(body) - set(_ORDERS))
        if unknown:
            raise RefusedError(f"There is no fault called {unknown[0]}; known are {', '.join(_ORDERS)}.")
        if not body:
            self._clear()
        for kind in self._methods:
            if kind in body:
                order = body[kind]
                if not isinstance(order, dict) or not isinstance(order.get("method"), str):
                    raise RefusedError(f"The fault {kind} needs an object with a method.")
                self._methods[kind][order["method"]] = {
                    **order,
                    "left": _count(order, "times", 1),
                    "retry_after": _count(order, "retry_after", 1),
                }
        self._duplicates = _count(body, "duplicate_next", self._duplicates)
        self._delay_ms = _count(body, "delay_next_ms", self._delay_ms)
        return bool(body.get("drop_sockets"))

    def _take(self, kind: str, method: str) -> Json | None:
        for name in (method, "*"):
            order = self._methods[kind].get(name)
            if order and order["left"] > 0:
                order["left"] -= 1
                return order
        return None

    def before(self, method: str) -> None:
        """Raise what was ordered for this call, if anything was."""
        if self._take("http_500", method):
            raise SlackError("internal_error", status=500)
        order = self._take("rate_limit", method)
        if order:
            raise rate_limited(order["retry_after"])

    def after_auth(self, method: str, scope: str, provided: str) -> None:
        """Raise the error that was ordered for this call, if one was."""
        order = self._take("error", method)
        if order:
            code = str(order.get("error", "fatal_error"))
            if code == "missing_scope":
                raise SlackError(code, needed=scope or "none", provided=provided)
            raise SlackError(code)

    def copies(self) -> int:
        """How often the next envelope is delivered."""
        if self._duplicates > 0:
            self._duplicates -= 1
            return 2
        return 1

    def delay(self) -> float:
        """Seconds by which the next envelope is late."""
        seconds, self._delay_ms = self._delay_ms / 1000, 0
        return seconds
