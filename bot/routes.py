"""Which handler takes what: handlers register themselves by command, button, dialog, shortcut or kind of gesture."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.ask import Ask
from bot.gestures import Did, Gesture
from bot.grammar.commands import Command

C = TypeVar("C")
Handler = Callable[[Ask], Awaitable[None]]
CommandHandler = Callable[[Ask, Any], Awaitable[None]]
Check = Callable[[Gesture], Mapping[str, str]]


@dataclass(slots=True)
class Routes:
    """The tables of handlers; each name has exactly one."""

    commands: dict[type, CommandHandler] = field(default_factory=dict)
    buttons: dict[str, Handler] = field(default_factory=dict)
    dialogs: dict[str, Handler] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    shortcuts: dict[str, Handler] = field(default_factory=dict)
    gestures: dict[Did, Handler] = field(default_factory=dict)

    def command(self, kind: type[C], handler: Callable[[Ask, C], Awaitable[None]]) -> None:
        """Take a command of the grammar."""
        _once(self.commands, kind, handler)

    def button(self, name: str, handler: Handler) -> None:
        """Take a press of a button."""
        _once(self.buttons, name, handler)

    def dialog(self, name: str, handler: Handler, check: Check | None = None) -> None:
        """Take a submitted dialog; the check is pure and names what is wrong by block."""
        _once(self.dialogs, name, handler)
        if check:
            self.checks[name] = check

    def shortcut(self, name: str, handler: Handler) -> None:
        """Take a shortcut."""
        _once(self.shortcuts, name, handler)

    def gesture(self, did: Did, handler: Handler) -> None:
        """Take a kind of gesture that needs no name."""
        _once(self.gestures, did, handler)

    def for_command(self, command: Command) -> CommandHandler | None:
        """The handler of a command."""
        return self.commands.get(type(command))

    def for_gesture(self, gesture: Gesture) -> Handler | None:
        """The handler of a gesture that is not a typed line."""
        match gesture.did:
            case Did.PRESSED:
                return self.buttons.get(gesture.action_id.split(":")[0])
            case Did.SUBMITTED:
                return self.dialogs.get(gesture.callback_id)
            case Did.MESSAGE_SHORTCUT | Did.GLOBAL_SHORTCUT:
                return self.shortcuts.get(gesture.callback_id)
            case _:
                return self.gestures.get(gesture.did)


def _once(table: dict[Any, Any], name: Any, handler: Any) -> None:
    if name in table:
        raise ValueError(f"{name} has two handlers")
    table[name] = handler
