"""Segments: list, count a rule, show, save, edit, rename, delete; by line, button or dialog."""

import difflib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import opening
from bot.ask import Ask
from bot.blocks import Block
from bot.cards import receipt
from bot.cards import segments as cards
from bot.gestures import Gesture
from bot.grammar import learned_rule, segment_rule
from bot.grammar.commands import Segment
from bot.handlers import audiences
from bot.names import Action, Dialog, Field, decode
from bot.routes import Routes
from crm_store.actions import segments as acts
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.queries import own_segments, reports
from crm_store.queries import segments as learned_segments
from crm_store.values.acts import Receipt
from crm_store.values.marketing import SegmentView
from crm_store.values.own_segments import Group, OwnSegment, People
from crm_store.values.segment_rules import Named, Rule, Trait

_ANY_DAY: Final = datetime(2028, 2, 1, tzinfo=UTC)
_ANY_ZONE: Final = ZoneInfo("UTC")
_NEAR: Final = 3


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Segment, segment)
    routes.button(Action.SEGMENT_SHOW, show)
    routes.button(Action.SEGMENT_PEOPLE, people)
    routes.button(Action.SEGMENT_SAVE, open_save)
    routes.button(Action.SEGMENT_EDIT, open_edit)
    routes.button(Action.SEGMENT_DELETE, delete)
    routes.button(Action.SEGMENT_RENAME, open_rename)
    routes.button(Action.SEGMENT_COPY, open_copy)
    routes.button(Action.SEGMENT_COUNT, count_typed)
    routes.dialog(Dialog.SEGMENT, submitted, check)
    routes.dialog(Dialog.SEGMENT_NAME, renamed)


async def segment(ask: Ask, command: Segment) -> None:
    """`segment` lists, `segment NAME` shows one, `segment "RULE" [save:NAME]` counts a rule and keeps it."""
    text = command.rule.strip()
    if command.export:
        await audiences.hand_over(ask, text.strip('"'), command.export)
        return
    if not text:
        if command.save:
            raise BadInput('Say the rule too: `/crm segment "2+ orders since May" save:regulars`.')
        await _list(ask)
        return
    if not command.save and await _shown_by_name(ask, text.strip('"')):
        return
    try:
        rule = segment_rule.parse(text, ask.now, ask.zone)
    except BadInput as problem:
        near = await _near(ask, text.strip('"'))
        await ask.answer(cards.not_understood(problem.sentence, near))
        return
    if command.save:
        await _save(ask, command.save, rule)
    else:
        group, notes = await _counted(ask, rule)
        days = await ask.read(reports.horizon_days)
        await ask.answer(
            cards.preview(rule, group, notes, now=ask.now, zone=ask.zone, currency=ask.team.currency, days=days)
        )


async def _list(ask: Ask) -> None:
    own = await ask.read(own_segments.every)
    counted = [(one, await ask.read(own_segments.count, one.rule)) for one in own[: cards.SHOWN]]
    found = await ask.read(learned_segments.list)
    await ask.answer(cards.listed(counted, found, max(0, len(own) - cards.SHOWN)))


async def _shown_by_name(ask: Ask, name: str) -> bool:
    own = await ask.read(own_segments.named, name)
    if own is not None:
        await _show_own(ask, own)
        return True
    found = await ask.read(learned_segments.list)
    view = next((one for one in found if own_segments.name_key(name) in (one.name.casefold(), one.key)), None)
    if view is not None:
        await _show_learned(ask, view)
    return view is not None


async def _near(ask: Ask, text: str) -> list[str]:
    names = [one.name for one in await ask.read(own_segments.every)]
    names += [one.name for one in await ask.read(learned_segments.list)]
    by_key = {name.casefold(): name for name in names}
    return [by_key[key] for key in difflib.get_close_matches(text.casefold(), by_key, _NEAR, 0.6)]


async def _counted(ask: Ask, rule: Rule) -> tuple[Group, tuple[str, ...]]:
    return await ask.read(own_segments.group, rule), await ask.read(own_segments.unknown_names, rule)


async def _show_own(ask: Ask, one: OwnSegment) -> None:
    group = await ask.read(own_segments.group, one.rule, one)
    notes = await ask.read(own_segments.unknown_names, one.rule)
    days = await ask.read(reports.horizon_days)
    await ask.answer(cards.own(one, group, notes, now=ask.now, zone=ask.zone, currency=ask.team.currency, days=days))


async def _show_learned(ask: Ask, view: SegmentView) -> None:
    group = await ask.read(own_segments.group_of_learned, view.segment_id)
    days = await ask.read(reports.horizon_days)
    await ask.answer(cards.learned(view, group, now=ask.now, zone=ask.zone, currency=ask.team.currency, days=days))


async def _learned(ask: Ask, segment_id: str) -> SegmentView | None:
    return next((one for one in await ask.read(learned_segments.list) if one.segment_id == segment_id), None)


async def show(ask: Ask) -> None:
    """The button beside a segment in the list."""
    segment_id = str(ask.pressed.get("segment", ""))
    view = await _learned(ask, segment_id)
    if view is not None:
        await _show_learned(ask, view)
    else:
        await _show_own(ask, await ask.read(own_segments.one, segment_id))


async def people(ask: Ask) -> None:
    """Who is in it, page by page."""
    after, segment_id = str(ask.pressed.get("after", "")), str(ask.pressed.get("segment", ""))
    view = await _learned(ask, segment_id) if segment_id else None
    page: People
    if view is not None:
        title, page = view.name, await ask.read(own_segments.people_of_learned, segment_id, after)
    elif segment_id:
        one = await ask.read(own_segments.one, segment_id)
        title, page = one.name, await ask.read(own_segments.people, one.rule, after)
    else:
        rule = segment_rule.parse(str(ask.pressed.get("rule", "")), ask.now, ask.zone)
        title, page = "Who fits the rule", await ask.read(own_segments.people, rule, after)
    value = {name: str(ask.pressed[name]) for name in ("segment", "rule") if ask.pressed.get(name)}
    await ask.answer(cards.people(title, page, value, now=ask.now, zone=ask.zone))


async def open_save(ask: Ask) -> None:
    """Keep the rule that was counted: its name is asked for."""
    await ask.open_made(_dialog(ask, "", str(ask.pressed.get("rule", "")), {}))


async def open_edit(ask: Ask) -> None:
    """Name and rule as they are."""

    async def made() -> Block:
        one = await ask.read(own_segments.one, str(ask.pressed.get("segment", "")))
        known: dict[str, str | int] = {"segment": one.segment_id, "version": one.version}
        return await _dialog(ask, one.name, segment_rule.say(one.rule), known)

    await ask.open_made(made())


async def count_typed(ask: Ask) -> None:
    """The rule as it stands in the dialog is counted there; nothing is saved."""
    gesture = ask.gesture
    shown = _dialog(ask, _typed(gesture, Field.NAME), _typed(gesture, Field.RULE), decode(gesture.metadata))
    making = opening.started(shown)
    try:
        await opening.filled(ask.slack, (gesture.view_id, gesture.view_hash), making)
        await ask.done("counted a rule")
    finally:
        making.cancel()


async def _dialog(ask: Ask, name: str, rule: str, known: Mapping[str, str | int]) -> Block:
    """The dialog with what was typed into it, and whom the rule holds for at this moment."""
    try:
        read = segment_rule.parse(rule, ask.now, ask.zone)
    except BadInput as problem:
        return cards.dialog(name, rule, known, cards.holds_for_nobody_yet(problem.sentence))
    group, notes = await _counted(ask, read)
    return cards.dialog(name, rule, known, cards.holds_for(group, notes, now=ask.now, zone=ask.zone))


async def open_rename(ask: Ask) -> None:
    """Another name for a learned segment."""
    await ask.open_about(_current(ask), cards.name_dialog)


async def open_copy(ask: Ask) -> None:
    """The rule of a learned segment as one to edit; where it cannot be said so, a rule that names the segment."""

    async def made() -> Block:
        view = await _current(ask)
        rule = learned_rule.as_own(view.rule, ask.now, ask.zone) or Named(Trait.SEGMENT, view.name)
        return await _dialog(ask, f"{view.name[:70]} (ours)", segment_rule.say(rule), {})

    await ask.open_made(made())


async def _current(ask: Ask) -> SegmentView:
    view = await _learned(ask, str(ask.pressed.get("segment", "")))
    if view is None:
        raise NotFound("That segment is no longer there; a newer night made others. `/crm segment` lists them.")
    return view


def check(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks: a name, or a rule that can be read."""
    errors = {} if _typed(gesture, Field.NAME) else {Field.NAME.value: "Give the segment a name."}
    try:
        # Whether words are a rule does not depend on the day; which days it means is read at submission.
        segment_rule.parse(_typed(gesture, Field.RULE), _ANY_DAY, _ANY_ZONE)
    except BadInput as problem:
        errors[Field.RULE.value] = problem.sentence
    return errors


async def submitted(ask: Ask) -> None:
    """The dialog was sent: a new segment, or another name and rule for one that is there."""
    name = _typed(ask.gesture, Field.NAME)
    rule = segment_rule.parse(_typed(ask.gesture, Field.RULE), ask.now, ask.zone)
    known = decode(ask.gesture.metadata)
    segment_id, version = str(known.get("segment", "")), int(known.get("version", 0))
    if not segment_id:
        await _save(ask, name, rule)
        return
    await _write(ask, rule, lambda work: acts.change(work, segment_id, version, name, rule))


async def renamed(ask: Ask) -> None:
    """A learned segment got a name."""
    _may_change(ask)
    segment_id, name = str(decode(ask.gesture.metadata).get("segment", "")), _typed(ask.gesture, Field.NAME)

    def action(work: Work) -> Receipt:
        return acts.call_learned(work, segment_id, name)

    await ask.act(action, receipt.of)


async def delete(ask: Ask) -> None:
    """Delete one of the team's own; Undo brings it back."""
    _may_change(ask)
    segment_id = str(ask.pressed.get("segment", ""))

    def action(work: Work) -> Receipt:
        return acts.remove(work, segment_id)

    await ask.act(action, receipt.of)


async def _save(ask: Ask, name: str, rule: Rule) -> None:
    await _write(ask, rule, lambda work: acts.save(work, name, rule))


async def _write(ask: Ask, rule: Rule, action: Callable[[Work], Receipt]) -> None:
    """Save or change, and answer with the segment as it is then; it is counted before, outside of the transaction."""
    _may_change(ask)
    group, notes = await _counted(ask, rule)
    days = await ask.read(reports.horizon_days)

    def saved(work: Work) -> tuple[Receipt, OwnSegment]:
        done = action(work)
        return done, own_segments.one(work, done.row_id)

    await ask.act(
        saved,
        lambda made: cards.own(
            made[1], group, notes, now=ask.now, zone=ask.zone, currency=ask.team.currency, days=days, done=made[0]
        ),
    )


def _typed(gesture: Gesture, field: Field) -> str:
    block = gesture.values.get(field.value)
    given = block.get(field.value) if isinstance(block, Mapping) else None
    return str(given.get("value") or "").strip() if isinstance(given, Mapping) else ""


def _may_change(ask: Ask) -> None:
    if ask.user.role == "viewer":
        raise NotAllowed("Viewers read; ask a colleague to change a segment.")
