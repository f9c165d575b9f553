"""The log of calls and envelopes: bounded, and without tokens."""

import json
import re
from collections import deque
from typing import Any

from bot.local_slack.state import Workspace

_KEPT = 5_000
_LONG_ANSWER = 20_000
_TOKEN = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]+")


class Journal:
    """What went over the wire, newest last."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._seq = 0

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Note one call or envelope; the entry can be completed later."""
        self._seq += 1
        entry = {"seq": self._seq, "at": self._space.clock.now().isoformat(), "kind": kind, **fields}
        self._entries.append(entry)
        return entry

    def call(
        self, method: str, arguments: dict[str, Any], status: int, answer: dict[str, Any], size: int, ms: float
    ) -> None:
        """Note one Web API call; of very long answers only that they were long."""
        kept = answer if size <= _LONG_ANSWER else {"ok": answer.get("ok"), "characters": size}
        self.add("api", method=method, args=arguments, status=status, answer=kept, ms=round(ms, 2))
        if not answer.get("ok"):
            # A refused call changes nothing that anybody sees but this log, which whoever watches is told of.
            self._space.changed()

    def text(self, since: int = 0) -> str:
        """The entries after `since` as JSON, tokens hidden."""
        entries = [entry for entry in self._entries if entry["seq"] > since]
        return _TOKEN.sub("[token]", json.dumps({"entries": entries, "last": self._seq}, default=str))
