"""What we emit keeps Slack's limits as another library names them; without that library there is nothing to compare."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.units.bot.snapshots import FOLDER

LIMITS: Final = pytest.importorskip("slackblocks._limits", reason="slackblocks is not installed")
SELECTS: Final = ("static_select", "external_select", "users_select", "multi_static_select", "multi_external_select")
TEXTS: Final = {
    **{("button", name): f"BUTTON_{name.upper()}" for name in ("text", "url", "value", "accessibility_label")},
    **{("confirm", name): f"CONFIRMATION_{name.upper()}" for name in ("title", "text", "confirm", "deny")},
    **{("option", name): f"OPTION_{name.upper()}" for name in ("text", "value", "description", "url")},
    **{(kind, "placeholder"): "SELECT_PLACEHOLDER" for kind in SELECTS},
    **{("image", name): f"IMAGE_{name.upper()}" for name in ("image_url", "alt_text", "title")},
    **{("input", name): f"INPUT_{name.upper()}" for name in ("label", "hint")},
    **{("card", name): f"CARD_{name.upper()}" for name in ("title", "subtitle", "body", "subtext")},
    **{("modal", name): f"VIEW_{name.upper()}" for name in ("title", "submit", "close", "private_metadata")},
    ("plain_text_input", "placeholder"): "PLAIN_TEXT_INPUT_PLACEHOLDER",
    ("header", "text"): "HEADER_TEXT",
    ("section", "text"): "SECTION_TEXT",
    ("markdown", "text"): "MARKDOWN_TEXT",
    ("data_visualization", "title"): "DATA_VISUALIZATION_TITLE",
}
COUNTS: Final = {
    **{(kind, "options"): "SELECT_OPTIONS" for kind in SELECTS},
    **{(kind, "options"): f"{kind.upper()}_OPTIONS" for kind in ("overflow", "checkboxes", "radio_buttons")},
    ("actions", "elements"): "ACTIONS_ELEMENTS",
    ("context", "elements"): "CONTEXT_ELEMENTS",
    ("context_actions", "elements"): "CONTEXT_ACTIONS_ELEMENTS",
    ("section", "fields"): "SECTION_FIELDS",
    ("card", "actions"): "CARD_ACTIONS",
    ("carousel", "elements"): "CAROUSEL_ELEMENTS",
    ("table", "rows"): "TABLE_ROWS",
    ("data_table", "rows"): "DATA_TABLE_ROWS",
    ("plan", "tasks"): "PLAN_TASKS",
    ("message", "blocks"): "MESSAGE_BLOCKS",
    ("modal", "blocks"): "VIEW_BLOCKS",
    ("home", "blocks"): "VIEW_BLOCKS",
}


_ROLES: Final = {"options": "option", "initial_options": "option", "initial_option": "option"}


def _parts(value: Any, role: str = "message") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a payload with its type; what has none is named by the key that it stands under."""
    if isinstance(value, list):
        for one in value:
            yield from _parts(one, role)
    elif isinstance(value, dict):
        yield str(value.get("type", role)), value
        for name, one in value.items():
            yield from _parts(one, _ROLES.get(str(name), str(name)))


def _words(value: Any) -> str:
    return str(value["text"]) if isinstance(value, dict) else str(value)


def test_every_snapshot_keeps_the_limits_that_another_library_names() -> None:
    seen: Counter[str] = Counter()
    for path in sorted(FOLDER.glob("*.json")):
        for kind, part in _parts(json.loads(path.read_text(encoding="utf-8"))):
            seen[kind] += 1
            for name, value in part.items():
                _keeps(kind, name, value, path.stem)
    assert {"button", "section", "header", "input", "option", "data_table", "actions", "modal"} <= set(seen)


def _keeps(kind: str, name: str, value: Any, where: str) -> None:
    if (limit := TEXTS.get((kind, name))) is not None:
        assert len(_words(value)) <= getattr(LIMITS, f"{limit}_MAX_LENGTH"), (where, kind, name)
    if (limit := COUNTS.get((kind, name))) is not None:
        assert len(value) <= getattr(LIMITS, f"{limit}_MAX_ITEMS"), (where, kind, name)
    if name in {"action_id", "block_id"}:
        assert len(value) <= LIMITS.ACTION_ID_MAX_LENGTH, (where, kind, name)
