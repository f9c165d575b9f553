"""Two records before they are merged, and the merges that can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import forms, wording
from bot.names import Action, Dialog, Field, decode
from crm_store.values.merging import Choice, SideBySide, StandingMerge

MERGE: Final = "merge"
_VERDICTS: Final = (
    (MERGE, "Merge them", ""),
    ("different", "Keep separate", "Remembered, and not asked again"),
    ("later", "Not now", "Asked again when there is something new"),
)
_SEVERAL: Final = {"address or number": "addresses or numbers", "person": "people"}
_MOST: Final = 20
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class MergeFields:
    """What was decided: the verdict, and for each field that was chosen by hand the record whose value wins."""

    kept: str
    absorbed: str
    versions: tuple[int, int]
    verdict: str
    chosen: Mapping[str, str]


def dialog(shown: SideBySide, labels: Mapping[str, str]) -> Block:
    """Side by side: each field that differs with both values, the one that wins chosen; below what is the same."""
    differing = [one for one in shown.fields if one.differs][:_MOST]
    verdicts = [blocks.option(label, value, hint) for value, label, hint in _VERDICTS]
    kept, absorbed = (_named(name) for name in (shown.kept_name, shown.absorbed_name))
    head: Line = [blocks.bold(absorbed), " goes into ", blocks.bold(kept), ". It can be taken apart again at any time."]
    return forms.modal(
        Dialog.MERGE,
        "Merge",
        [
            blocks.lines(head),
            blocks.fields([_brings(kept, shown.kept_has), _brings(absorbed, shown.absorbed_has)]),
            *[_choice(one, number, shown, labels) for number, one in enumerate(differing)],
            _rest(shown, labels),
            forms.select_input(Field.VERDICT, "What to do", verdicts, initial=verdicts[0], required=True),
        ],
        submit="Do it",
        metadata={
            "kept": shown.kept, "absorbed": shown.absorbed, "first": shown.versions[0], "second": shown.versions[1],
            "won": "".join("k" if one.winner == shown.kept else "a" for one in differing),
            "fields": ",".join(one.field for one in differing),
        },
    )  # fmt: skip


def read(values: Mapping[str, Any], metadata: str) -> MergeFields:
    """What was sent; a field whose proposed value was left alone is not chosen by hand."""
    known = decode(metadata)
    kept, absorbed = str(known.get("kept", "")), str(known.get("absorbed", ""))
    fields = [one for one in str(known.get("fields", "")).split(",") if one]
    chosen = {}
    for number, (field, won) in enumerate(zip(fields, str(known.get("won", "")), strict=False)):
        picked = _picked(values.get(f"{Field.VALUE.value}:{number}"))
        if picked in {"k", "a"} and picked != won:
            chosen[field] = kept if picked == "k" else absorbed
    first, second = (int(known.get(name) or 0) for name in ("first", "second"))
    verdict = _picked(values.get(Field.VERDICT.value)) or "later"
    return MergeFields(kept, absorbed, (first, second), verdict, chosen)


def standing(name: str, merges: Sequence[StandingMerge], *, now: datetime, zone: ZoneInfo) -> Message:
    """The merges that made a record what it is, each with a button that takes it back."""
    shown = _named(name)
    if not merges:
        said = f"{shown} is one record; nothing was merged into it."
        return blocks.message(said, blocks.section(said))
    rows: list[Block | None] = []
    for one in merges[:_SHOWN]:
        kept, absorbed = (_named(each) for each in (one.kept_name, one.absorbed_name))
        who: Line = [" by ", blocks.person(one.by)] if one.by else []
        when = wording.day(one.at.astimezone(zone).date(), now.astimezone(zone).date())
        sure = blocks.confirm(
            "Take them apart?",
            "Both are as if they had never been merged. What came since goes where it came through.",
            "Take apart",
        )
        take = blocks.button(
            "Take apart", Action.UNMERGE, {"merge": one.merge_id}, confirm=sure, label_aloud=f"Take {absorbed} out"
        )
        rows.append(blocks.lines([blocks.bold(absorbed), " went into ", blocks.bold(kept), f", {when}", *who]))
        rows.append(blocks.actions(take))
    said = f"{shown} is made of {wording.counted(len(merges) + 1, 'record')}."
    more = f"and {len(merges) - _SHOWN} more" if len(merges) > _SHOWN else ""
    return blocks.message(said, blocks.section(said), *rows, blocks.context(more) if more else None)


def _choice(one: Choice, number: int, shown: SideBySide, labels: Mapping[str, str]) -> Block:
    # Where the names differ the name tells whose it is; to say it twice would only read like a slip.
    kept, absorbed = ("", "") if one.field == "name" else (_named(shown.kept_name), _named(shown.absorbed_name))
    options = [
        blocks.option(_named(one.kept), "k", kept),
        blocks.option(_named(one.absorbed), "a", absorbed),
    ]
    initial = options[0 if one.winner == shown.kept else 1]
    label = blocks.one_line(labels.get(one.field, one.field).capitalize(), 60)
    block = forms.select_input(Field.VALUE, label, options, initial=initial)
    return {**block, "block_id": f"{Field.VALUE.value}:{number}", "hint": blocks.plain(f"Proposed: {one.why}.", 300)}


def _rest(shown: SideBySide, labels: Mapping[str, str]) -> Block | None:
    """Fields in which there is nothing to choose."""
    same = [
        f"{labels.get(one.field, one.field)}: {blocks.one_line(one.kept or one.absorbed, 100)} ({one.why})"
        for one in shown.fields
        if not one.differs
    ]
    return blocks.context(" · ".join(same)) if same else None


def _brings(name: str, has: Sequence[tuple[str, int]]) -> str:
    brings = ", ".join(wording.counted(count, what, _SEVERAL.get(what, "")) for what, count in has) or "nothing else"
    return f"{name}\n{brings}"


def _named(text: str) -> str:
    """What an option says; Slack takes none without words."""
    return blocks.one_line(text, 75) or "without words"


def _picked(block: object) -> str:
    if not isinstance(block, Mapping):
        return ""
    element = next((one for one in block.values() if isinstance(one, Mapping)), {})
    option = element.get("selected_option")
    return str(option.get("value", "")) if isinstance(option, Mapping) else ""
