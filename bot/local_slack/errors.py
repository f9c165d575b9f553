"""Slack's refusals: an error code, where the fault lies, and the HTTP status it is answered with."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """A refusal that the Web API answers as `{"ok": false, "error": code}`."""

    def __init__(
        self, code: str, messages: Sequence[str] = (), *, status: int = 200, retry_after: int | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.status = status
        self.retry_after = retry_after
        self.more = more

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


class RefusedError(Exception):
    """A gesture that no person could make here; its text is a sentence for whoever asked."""


def missing_argument(name: str) -> SlackError:
    """The refusal of a call that lacks a required argument."""
    return SlackError("invalid_arguments", [f"[ERROR] missing required field: {name}"])


def rate_limited(seconds: int) -> SlackError:
    """The refusal of a call that came too early."""
    return SlackError("ratelimited", status=429, retry_after=seconds)
