"""What a line would do: its receipt, without buttons, and the word that nothing was done."""

from typing import Any, Final

from bot import blocks
from bot.blocks import Message
from bot.names import Action

_PRESSED: Final = frozenset({"actions", "input"})


def would(line: str, receipt: Message) -> Message:
    """The receipt that the line would get."""
    shown = [_unpressed(one) for one in receipt.blocks if one.get("type") not in _PRESSED]
    do = blocks.button("Do it", Action.DID_YOU_MEAN, {"line": line[:1_000]}, style="primary")
    head = blocks.message(
        f"Nothing was done. It would say: {receipt.text}",
        blocks.lines([blocks.bold("This would happen"), " · nothing was done"]),
    )
    return Message(head.text, (*head.blocks, *shown, blocks.actions(do) or {}))


def looks_only(line: str) -> Message:
    """A line that changes nothing anyway."""
    said = f"“{blocks.one_line(line, 200)}” only looks something up and changes nothing; say it without what-if."
    return blocks.message(said, blocks.section(said))


def cannot(line: str) -> Message:
    """A line whose effects lie outside of the store, or that asks by itself before anything happens."""
    tried = blocks.one_line(line, 200)
    said = f"“{tried}” cannot be tried: it asks before anything happens, or acts outside of the store."
    return blocks.message(said, blocks.section(said))


def _unpressed(block: dict[str, Any]) -> dict[str, Any]:
    """A block without its button."""
    return {name: value for name, value in block.items() if name != "accessory"}
