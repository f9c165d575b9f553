"""What every card shows, as files to compare with: `python -m tests.units.bot.snapshots` writes them anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bot.blocks import Message
from tests.units.bot.cards.samples import Card, every

FOLDER: Final = Path(__file__).resolve().parents[2] / "snapshots"
_NAMES: Final = ("Ann Lee", "Globex", "Renewal", "send the quote", "wants 40 seats by Friday")


def words() -> Callable[[], str]:
    """Names and sentences in turn, the same ones each time."""
    at = -1

    def following() -> str:
        nonlocal at
        at += 1
        return _NAMES[at % len(_NAMES)]

    return following


def name(card: Card, variant: str) -> str:
    """The name of its file."""
    return f"{card.name}.{variant}.json"


def written(card: Card, variant: str) -> str:
    """The card as text, a block a line, so that a change is read at a glance."""
    made = card.made(words(), variant)
    whole: dict[str, Any] = made.to_json() if isinstance(made, Message) else dict(made)
    parts = [f" {_json(key)}: {_json(value)}" for key, value in whole.items() if key != "blocks"]
    rows = ",\n".join(f"  {_json(block)}" for block in whole["blocks"])
    blocks = f' "blocks": [\n{rows}\n ]' if rows else ' "blocks": []'
    return "{\n" + ",\n".join([*parts, blocks]) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def write() -> int:
    """Every file anew, without those of cards that are gone; how many there are."""
    FOLDER.mkdir(exist_ok=True)
    made = {name(card, variant): written(card, variant) for card in every() for variant in card.variants}
    for file in FOLDER.glob("*.json"):
        if file.name not in made:
            file.unlink()
    for file_name, text in made.items():
        (FOLDER / file_name).write_text(text, encoding="utf-8")
    return len(made)


if __name__ == "__main__":
    write()
