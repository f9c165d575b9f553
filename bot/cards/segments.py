"""Segments: the groups there are, each with its rule in words and its live count, one of them, and its people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks, tables
from bot.blocks import Block, Line, Message
from bot.cards import forms, wording
from bot.grammar import segment_rule
from bot.names import Action, Dialog, Field
from crm_store.values.acts import Receipt
from crm_store.values.marketing import SegmentView
from crm_store.values.own_segments import Group, OwnSegment, People
from crm_store.values.segment_rules import Rule

SHOWN: Final = 20
_RULE: Final = 1_000
_HOW: Final = 'Make one: /crm segment "spend over 500 in the last quarter, silent for 60 days" save:regulars'


def listed(own: Sequence[tuple[OwnSegment, int]], learned: Sequence[SegmentView], more: int = 0) -> Message:
    """All segments: the team's own with live counts, then the learned ones, largest first."""
    if not own and not learned:
        said = "There are no segments yet. Learned ones are made each night, once there are enough customers."
        return blocks.message(said, blocks.section(said), blocks.context(_HOW))
    parts: list[Block | None] = [blocks.header("Segments"), _sizes(own, learned)]
    if own:
        parts.append(blocks.lines([blocks.bold("Your own"), " · counted now"]))
    for one, number in own[:SHOWN]:
        rule = segment_rule.say(one.rule)
        words = f"{one.name}: {wording.counted(number, 'customer')} · {rule}{_moved(one.came, one.went)}"
        parts.append(_row(words, one.segment_id, one.name))
    if more:
        parts.append(blocks.context(f"and {more} more of your own; name one to see it."))
    if learned:
        day = f"{learned[0].as_of:%d %b %Y}"
        parts.append(blocks.lines([blocks.bold("Learned"), f" · as of {day}"]))
    for view in learned[:SHOWN]:
        size = f"{wording.counted(view.size, 'customer')} ({view.share * 100:.0f} %)"
        words = f"{view.name}: {size} · {view.rule}{_moved(view.moved_in, view.moved_out)}"
        parts.append(_row(words, view.segment_id, view.name))
    names = [*(one.name for one, _ in own), *(view.name for view in learned)]
    said = f"{wording.counted(len(names) + more, 'segment')}: " + "; ".join(names)
    return blocks.message(said, *parts, blocks.context(_HOW))


def _sizes(own: Sequence[tuple[OwnSegment, int]], learned: Sequence[SegmentView]) -> Block | None:
    """How many customers each holds, as bars; the same stands in words in the rows below."""
    sizes = [(one.name, float(number)) for one, number in own] + [(view.name, float(view.size)) for view in learned]
    return tables.chart("Customers by segment", "customers", sizes)


def _row(words: str, segment_id: str, name: str) -> Block:
    show = blocks.button("Show", Action.SEGMENT_SHOW, {"segment": segment_id}, label_aloud=f"Show the segment {name}")
    return blocks.section(blocks.one_line(words, 500), accessory=show)


def _moved(came: int, went: int) -> str:
    return f" · {came:,} came and {went:,} went by the last night" if came or went else ""


def own(
    one: OwnSegment, group: Group, notes: Sequence[str] = (), *, now: datetime, zone: ZoneInfo, currency: str,
    days: int, done: Receipt | None = None,
) -> Message:  # fmt: skip
    """One of the team's own: its rule, how many it holds for now, who moved, examples, and what they are worth."""
    value = {"segment": one.segment_id}
    undo = blocks.button("Undo", Action.UNDO, {"undo": done.undo_id}) if done and done.undo_id else None
    said = f"{done.sentence}. " if done else ""
    return blocks.message(
        f"{said}{one.name}: {wording.counted(group.count, 'customer')}. {segment_rule.say(one.rule)}",
        blocks.header(one.name),
        blocks.context(said.strip()),
        _rule_and_count(segment_rule.say(one.rule), group),
        _movement(one, group),
        *_inside(group, now, zone, currency, days),
        blocks.context(*notes),
        blocks.actions(
            undo,
            blocks.button("Edit", Action.SEGMENT_EDIT, value),
            _people_button(group, value),
            blocks.button("Delete", Action.SEGMENT_DELETE, value),
        ),
        blocks.context(f"Counted now. The members of each night are kept{_by(one)}."),
    )


def learned(
    view: SegmentView, group: Group, *, now: datetime, zone: ZoneInfo, currency: str, days: int,
    note: str = "",
) -> Message:  # fmt: skip
    """A learned segment, with a way to name it and to take its rule over."""
    value = {"segment": view.segment_id}
    moved = f"{view.moved_in:,} came and {view.moved_out:,} went since the run before."
    return blocks.message(
        f"{view.name}: {wording.counted(group.count, 'customer')}. {view.rule}",
        blocks.header(view.name),
        _rule_and_count(view.rule, group),
        blocks.lines(moved) if view.moved_in or view.moved_out else None,
        *_inside(group, now, zone, currency, days),
        blocks.actions(
            blocks.button("Rename", Action.SEGMENT_RENAME, value),
            blocks.button("Copy as our own", Action.SEGMENT_COPY, value),
            _people_button(group, value),
        ),
        blocks.context(note, f"Learned by the night of {view.as_of:%d %b %Y}; each night looks again."),
    )


def preview(
    rule: Rule, group: Group, notes: Sequence[str] = (), *, now: datetime, zone: ZoneInfo, currency: str, days: int
) -> Message:
    """A rule that was typed: read back in words, counted, with examples and a button to keep it."""
    words = segment_rule.say(rule)
    value = {"rule": words[:_RULE]}
    keep = blocks.button("Save", Action.SEGMENT_SAVE, value, style="primary") if len(words) <= _RULE else None
    return blocks.message(
        f"{wording.counted(group.count, 'customer')}: {words}",
        blocks.header(wording.counted(group.count, "customer")),
        _rule_and_count(words, group),
        *_inside(group, now, zone, currency, days),
        blocks.context(*notes),
        blocks.actions(keep, _people_button(group, value) if len(words) <= _RULE else None),
    )


def _rule_and_count(rule: str, group: Group) -> Block | None:
    return blocks.lines([blocks.bold("Rule"), f" {blocks.one_line(rule, 1_200)}"], _count(group))


def _count(group: Group) -> Line:
    percent = round(group.count / group.everybody * 100) if group.everybody else 0
    part = f"{percent} %" if percent or not group.count else "under 1 %"
    share = f" ({part} of {group.everybody:,})" if group.everybody else ""
    return [blocks.bold("Now"), f" {wording.counted(group.count, 'customer')}{share}"]


def _movement(one: OwnSegment, group: Group) -> Block | None:
    if one.counted_on is None:
        return blocks.lines([blocks.bold("Moved"), " the first night still has to count it"])
    rows: list[Line] = []
    for way, number, names in (("Came", one.came, group.came), ("Left", one.went, group.went)):
        if number:
            further = f" and {number - len(names)} more" if number > len(names) else ""
            rows.append([blocks.bold(way), f" {number:,}: {'; '.join(names)}{further}"])
    day = f"by the night of {one.counted_on:%d %b %Y}"
    return blocks.lines(*rows, day) if rows else blocks.lines([blocks.bold("Moved"), f" nobody {day}"])


def _inside(group: Group, now: datetime, zone: ZoneInfo, currency: str, days: int) -> list[Block | None]:
    """What the people are worth, and some of them."""
    worth = group.worth
    rows: list[Line] = []
    if worth.valued:
        within = f" in the next {days} days" if days else ""
        amount = wording.amount(worth.value, currency)
        rows.append([blocks.bold("Value"), f" {amount} expected{within} from {worth.valued:,} of them with a value"])
    if worth.judged:
        rows.append(
            [blocks.bold("Potential"), f" {worth.chance * 100:.0f} % on average, of {worth.judged:,} with a chance"]
        )
    elif worth.banded:
        rows.append([blocks.bold("Potential"), f" {worth.banded:,} have one, on too few outcomes for a percentage"])
    return [blocks.lines(*rows), _examples(group, now, zone)]


def _examples(group: Group, now: datetime, zone: ZoneInfo) -> Block | None:
    shown: list[Line] = [
        [blocks.bold(wording.customer(one), 150), f" · {wording.last_contact(one, now, zone)}"]
        for one in group.examples
    ]
    head = "Examples" if group.count > len(group.examples) else "Who"
    return blocks.together(blocks.lines([blocks.bold(head)]), blocks.bullets(shown)) if shown else None


def _people_button(group: Group, value: Mapping[str, str | int]) -> Block | None:
    return blocks.button("Show people", Action.SEGMENT_PEOPLE, value) if group.count else None


def _by(one: OwnSegment) -> str:
    return f". Last count {one.counted_on:%d %b %Y}" if one.counted_on else ""


def people(title: str, page: People, value: Mapping[str, str | int], *, now: datetime, zone: ZoneInfo) -> Message:
    """A page of the people in a group, with a button for the next."""
    if not page.briefs:
        said = "Nobody fits at present."
        return blocks.message(said, blocks.section(said))
    rows: list[Line] = [
        [blocks.bold(wording.customer(one), 150), f" · {wording.last_contact(one, now, zone)}"] for one in page.briefs
    ]
    more = blocks.button("More", Action.SEGMENT_PEOPLE, {**value, "after": page.after}) if page.after else None
    names = ", ".join(blocks.one_line(one.name, 60) for one in page.briefs[:5])
    return blocks.message(f"{title}: {names}.", blocks.header(title), blocks.bullets(rows), blocks.actions(more))


def dialog(name: str, rule: str, known: Mapping[str, str | int], said: Sequence[Block | None] = ()) -> Block:
    """Name and rule, to be saved as a new segment or, where an id is known, over the one that is there.

    Below the rule stands what it holds for as it was typed last, or what of it was not understood.
    """
    return forms.modal(
        Dialog.SEGMENT,
        "Edit segment" if known.get("segment") else "Save segment",
        [
            forms.text_input(Field.NAME, "Name", value=name, required=True, limit=80, placeholder="Regulars"),
            forms.text_input(
                Field.RULE, "Rule", value=rule, multiline=True, limit=_RULE,
                hint="Parts with a comma between them must all hold: spend over 500 in the last quarter, silent for "
                "60 days. Also or, not, and brackets.",
            ),
            blocks.actions(blocks.button("Count", Action.SEGMENT_COUNT, label_aloud="Count whom the rule holds for")),
            *said,
        ],
        metadata=known,
    )  # fmt: skip


def holds_for(group: Group, notes: Sequence[str], *, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """For how many customers a rule that is being written holds, and some of them."""
    return [blocks.lines(_count(group)), _examples(group, now, zone), blocks.context(*notes)]


def holds_for_nobody_yet(sentence: str) -> list[Block | None]:
    """What of a rule that is being written was not understood."""
    return [blocks.section(sentence)]


def name_dialog(view: SegmentView) -> Block:
    """Another name for a learned segment."""
    return forms.modal(
        Dialog.SEGMENT_NAME,
        "Rename segment",
        [
            forms.text_input(
                Field.NAME, "Name", value=view.name, limit=80, hint="Leave it empty to have the learned name again.",
            )
        ],
        metadata={"segment": view.segment_id},
    )  # fmt: skip


def not_understood(sentence: str, near: Sequence[str]) -> Message:
    """What of a rule was not understood, and the segments whose names are near."""
    buttons = [blocks.button(f"Show {one}", Action.DID_YOU_MEAN, {"line": f'segment "{one}"'}) for one in near]
    return blocks.message(
        sentence,
        blocks.section(sentence),
        blocks.actions(*buttons),
        blocks.context("/crm segment lists the segments there are."),
    )
