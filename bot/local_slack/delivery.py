"""Envelopes on their way to the app: sent, acknowledged, repeated, given up, as Slack does it."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.local_slack.faults import Faults
from bot.local_slack.journal import Journal
from bot.local_slack.limits import ACK_SECONDS, RETRY_AFTER_SECONDS
from bot.local_slack.timers import Timer, Timers

Json = dict[str, Any]
_WAITING = 10_000


@dataclass(eq=False, slots=True)
class Outgoing:
    """One thing the app has to acknowledge."""

    kind: str
    payload: Json
    event_id: str
    done: "asyncio.Future[bool]"
    on_finish: Callable[["Outgoing"], None] | None = None
    repeats: bool = False
    attempt: int = 0
    reason: str = ""
    delivered: int = 0
    ack: Any = None
    ack_ms: float | None = None
    acked: bool = False
    started: float = 0.0
    timer: Timer | None = None
    envelopes: list[str] = field(default_factory=list)
    entry: Json = field(default_factory=dict)


def failure(out: Outgoing) -> str | None:
    """How Slack tells a person what went wrong with something sent, None when it was acknowledged."""
    if out.acked:
        return None
    return "operation_timeout" if "timeout" in out.reason else "dispatch_failed"


class Transport(Protocol):
    """How envelopes reach the app: a socket of its own making, or requests to its address."""

    timeout_reason: str

    def deliver(self, envelope: Json) -> bool:
        """Send one envelope; False when there is nobody to send it to."""
        ...


class Delivery:
    """Sends, waits for acknowledgements, repeats events."""

    def __init__(self, timers: Timers, faults: Faults, journal: Journal) -> None:
        self._timers = timers
        self._faults = faults
        self._journal = journal
        self.transport: Transport | None = None
        self._flying: dict[str, Outgoing] = {}
        self._waiting: list[Outgoing] = []
        self.unfinished: set[Outgoing] = set()
        self.quiet = asyncio.Event()
        self.quiet.set()

    def send(
        self, kind: str, payload: Json, event_id: str, on_finish: Callable[[Outgoing], None] | None = None
    ) -> Outgoing:
        """Send something to the app; `done` of the answer tells whether it was acknowledged."""
        loop = asyncio.get_running_loop()
        out = Outgoing(kind, payload, event_id, loop.create_future(), on_finish, repeats=kind == "events_api")
        out.started = loop.time()
        self.unfinished.add(out)
        self.quiet.clear()
        copies = self._faults.copies()
        late = self._faults.delay()
        if late:
            self._timers.after(late, lambda: self._first(out, copies))
        else:
            self._first(out, copies)
        return out

    def _first(self, out: Outgoing, copies: int) -> None:
        self._attempt(out)
        for _ in range(copies - 1):
            twin = Outgoing(out.kind, out.payload, out.event_id, asyncio.get_running_loop().create_future())
            twin.started = out.started
            self.unfinished.add(twin)
            self._attempt(twin)
            out.delivered += twin.delivered

    def _attempt(self, out: Outgoing) -> None:
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": out.kind,
            "payload": out.payload,
            "accepts_response_payload": out.kind != "events_api",
        }
        if out.kind == "events_api":
            envelope |= {"retry_attempt": out.attempt, "retry_reason": out.reason}
        out.envelopes.append(envelope["envelope_id"])
        self._flying[envelope["envelope_id"]] = out
        if self.transport is None or not self.transport.deliver(envelope):
            self._wait(out)
            if not out.repeats:
                out.timer = self._timers.after(ACK_SECONDS, lambda: self.finish(out))
            return
        out.delivered += 1
        out.entry = self._journal.add(
            "envelope", type=out.kind, envelope_id=envelope["envelope_id"], retry_attempt=out.attempt,
            payload=out.payload, ack=None, ms=None,
        )  # fmt: skip
        reason = self.transport.timeout_reason
        out.timer = self._timers.after(ACK_SECONDS, lambda: self._unanswered(out, reason))

    def _wait(self, out: Outgoing) -> None:
        self._waiting.append(out)
        if len(self._waiting) > _WAITING:
            self.finish(self._waiting.pop(0))

    def reachable(self) -> None:
        """Somebody can be reached again: send what waited; for an event the repeat is then the only delivery."""
        waiting, self._waiting = self._waiting, []
        for out in waiting:
            if out not in self.unfinished:
                continue
            if out.timer:
                out.timer.cancel()
            if out.repeats and out.attempt == 0:
                out.attempt, out.reason = 1, "timeout"
            self._attempt(out)

    def acknowledge(self, envelope_id: str, payload: Any = None) -> None:
        """The app acknowledged an envelope, perhaps with an answer; a late acknowledgement of an event counts too."""
        out = self._flying.get(envelope_id)
        if out:
            out.acked, out.ack = True, payload
            out.ack_ms = round((asyncio.get_running_loop().time() - out.started) * 1000, 2)
            self.finish(out)

    def failed(self, envelope_id: str, reason: str, *, repeat: bool = True) -> None:
        """The app answered an envelope with a failure."""
        out = self._flying.get(envelope_id)
        if out:
            if out.timer:
                out.timer.cancel()
            out.repeats = out.repeats and repeat
            self._unanswered(out, reason)

    def _unanswered(self, out: Outgoing, reason: str) -> None:
        out.reason = reason
        if not out.repeats or out.attempt >= len(RETRY_AFTER_SECONDS):
            self.finish(out)
            return
        pause = RETRY_AFTER_SECONDS[out.attempt]
        out.attempt += 1
        if pause:
            out.timer = self._timers.after(pause, lambda: self._attempt(out))
        else:
            self._attempt(out)

    def finish(self, out: Outgoing) -> None:
        """No more is done about this one."""
        if out not in self.unfinished:
            return
        if out.timer:
            out.timer.cancel()
        for envelope_id in out.envelopes:
            self._flying.pop(envelope_id, None)
        if out.entry:
            out.entry |= {"ack": out.ack, "acked": out.acked, "ms": out.ack_ms}
        self.unfinished.discard(out)
        if out.on_finish:
            out.on_finish(out)
        if not out.done.done():
            out.done.set_result(out.acked)
        if not self.unfinished:
            self.quiet.set()
