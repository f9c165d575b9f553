"""Deals: one with all that can be done to it, lists, the choice among several, and the question before money moves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks, tables
from bot.blocks import Block, Line, Message, Piece
from bot.cards import wording
from bot.names import Action, encode
from crm_store.money import Money
from crm_store.values.acts import NewDeal, Receipt
from crm_store.values.deals import DealChange, DealDetails, Decision, StageView
from crm_store.values.people import DealView

_CHOICES: Final = 8
_LISTED: Final = 20
_DRAWN_FROM: Final = 4
YOU: Final = "You"
_STAGES: Final = 100


def one(deal: DealDetails, *, now: datetime, zone: ZoneInfo) -> Message:
    """A deal: where it stands, whose it is, with whom, and the buttons that change it."""
    view, today = deal.view, now.astimezone(zone).date()
    rows: list[Line | None] = [
        _standing(deal),
        [blocks.bold("Amount"), f" {view.amount}"] if view.amount else None,
        _closing(deal, today, zone),
        [blocks.bold("Owner"), " ", blocks.person(view.owner)] if view.owner else None,
        [blocks.bold("With"), f" {_with(view)}"] if _with(view) else None,
        [blocks.bold("Open since"), f" {wording.day(deal.opened_at.astimezone(zone).date(), today)}"],
    ]
    return blocks.message(
        f"{view.name}: {wording.deal(view, today)}",
        blocks.header(view.name or "A deal"),
        blocks.lines(*rows),
        _buttons(deal),
    )


def _standing(deal: DealDetails) -> Line:
    view = deal.view
    if view.state == "open":
        return [blocks.bold("Stage"), f" {blocks.one_line(view.stage, 100)}"]
    reason = f", because: {blocks.one_line(deal.lost_reason, 300)}" if deal.lost_reason else ""
    return [blocks.bold(view.state.title()), f" {blocks.one_line(view.stage, 100)}{reason}"]


def _closing(deal: DealDetails, today: date, zone: ZoneInfo) -> Line | None:
    if deal.closed_at is not None:
        return [blocks.bold("Closed"), f" {wording.day(deal.closed_at.astimezone(zone).date(), today)}"]
    on = deal.view.close_on
    if on is None:
        return None
    return [blocks.bold("Closes" if on >= today else "Was to close"), f" {wording.day(on, today)}"]


def _with(view: DealView) -> str:
    return blocks.one_line(", ".join(part for part in (view.customer, view.company) if part), 200)


def _buttons(deal: DealDetails) -> Block | None:
    view, value = deal.view, {"deal": deal.view.deal_id}
    is_open = view.state == "open"
    customer = {"customer": deal.customer_id or ""}
    return blocks.actions(
        stage_menu(deal) if is_open else None,
        blocks.button("Won", Action.DEAL_WIN, value, label_aloud=f"Mark {view.name} as won") if is_open else None,
        blocks.button("Lost", Action.DEAL_LOSE, value, label_aloud=f"Mark {view.name} as lost") if is_open else None,
        blocks.button("Edit", Action.DEAL_EDIT, value, label_aloud=f"Edit {view.name}"),
        blocks.button("Task", Action.TASK_DIALOG, customer) if deal.customer_id else None,
        blocks.button("Show card", Action.CARD, customer) if deal.customer_id else None,
        blocks.button("Timeline", Action.TIMELINE, {"of": "deal", "id": view.deal_id}),
    )


def stage_menu(deal: DealDetails) -> Block | None:
    """The stages of the deal's pipeline, with the one where it stands."""
    options = [
        blocks.option(stage.name, encode({"deal": deal.view.deal_id, "stage": stage.stage_id}))
        for stage in deal.stages[:_STAGES]
    ]
    here = next((n for n, stage in enumerate(deal.stages[:_STAGES]) if stage.stage_id == deal.view.stage_id), None)
    if not options:
        return None
    menu: Block = {
        "type": "static_select",
        "action_id": Action.DEAL_STAGE.value,
        "placeholder": blocks.plain("Stage", 150),
        "options": options,
    }
    return menu if here is None else {**menu, "initial_option": options[here]}


def listed(
    deals: Sequence[DealView], whose: str, *, now: datetime, zone: ZoneInfo, stages: Sequence[StageView] = (),
    page: int = 0, of: Mapping[str, str | int] | None = None,
) -> Message:  # fmt: skip
    """Open deals stage by stage with their sums, twenty a page; `of` is what the button to the next page carries."""
    today = now.astimezone(zone).date()
    new = blocks.button("New deal", Action.NEW_DEAL, {})
    have = "have" if whose == YOU else "has"
    if not deals:
        said = f"{whose} {have} no open deal."
        return blocks.message(said, blocks.section(said), blocks.actions(new))
    order = {stage.stage_id: place for place, stage in enumerate(stages)}
    by_stage = sorted(deals, key=lambda deal: order.get(deal.stage_id, len(order)))
    pages = -(-len(deals) // _LISTED)
    first = min(max(page, 0), pages - 1) * _LISTED
    said = f"{whose} {have} {wording.counted(len(deals), 'open deal')}{_sums(deals)}"
    rows: list[Block | None] = []
    last = None
    for deal in by_stage[first : first + _LISTED]:
        if deal.stage_id != last:
            same = [one for one in deals if one.stage_id == deal.stage_id]
            head = f"{deal.stage or 'No stage'}: {wording.counted(len(same), 'deal')}{_sums(same)}"
            rows.append(blocks.lines([blocks.bold(head)]))
        last = deal.stage_id
        rows.append(_row(replace(deal, stage=""), today))
    shown = f"{first + 1} to {min(first + _LISTED, len(deals))} of {len(deals):,}" if pages > 1 else ""
    following = (first // _LISTED + 1) % pages
    turn = "Next" if following else "From the start"
    return blocks.message(
        said,
        blocks.header(said),
        _by_stage(by_stage),
        *rows,
        blocks.context(shown),
        blocks.actions(
            blocks.button(turn, Action.DEAL_PAGE, {**of, "page": following}) if of is not None and pages > 1 else None,
            new,
            blocks.button("Everybody's", Action.DID_YOU_MEAN, {"line": "deals all"}),
            blocks.button("Charts", Action.DID_YOU_MEAN, {"line": "pipeline"}, label_aloud="The pipeline in charts"),
        ),
    )


def _by_stage(deals: Sequence[DealView]) -> Block | None:
    """The amounts of the stages as bars, where all are in one currency; the heads of the stages say the same."""
    currencies = {deal.amount.currency for deal in deals if deal.amount}
    if len(currencies) != 1 or len(deals) < _DRAWN_FROM:
        return None
    sums: dict[str, float] = {}
    for deal in deals:
        sums[deal.stage or "No stage"] = sums.get(deal.stage or "No stage", 0.0) + float(
            deal.amount.major if deal.amount else 0
        )
    currency = currencies.pop()
    return tables.chart(f"Open deals by stage, in {currency}", currency, list(sums.items()))


def _row(deal: DealView, today: date) -> Block:
    words = "\n".join(blocks.one_line(part, 300) for part in (wording.deal(deal, today), _with(deal)) if part)
    show = blocks.button("Show", Action.DEAL, {"deal": deal.deal_id}, label_aloud=f"Show {deal.name}")
    return blocks.section(words or "A deal", accessory=show)


def _sums(deals: Sequence[DealView]) -> str:
    sums: dict[str, int] = {}
    for deal in deals:
        if deal.amount:
            sums[deal.amount.currency] = sums.get(deal.amount.currency, 0) + deal.amount.minor
    shown = [str(Money(minor, currency)) for currency, minor in sorted(sums.items())[:3]]
    return f", {' + '.join(shown)}" if shown else ""


def which(deals: Sequence[DealView], wanted: DealChange, *, now: datetime, zone: ZoneInfo) -> Message:
    """Several open deals may be meant: each with a button that goes on with it."""
    today = now.astimezone(zone).date()
    asked = "Which deal is it?"
    rows = []
    for deal in deals[:_CHOICES]:
        value = {"deal": deal.deal_id, **carried(wanted)}
        pick = blocks.button("This one", Action.DEAL_PICK, value, label_aloud=f"Choose {deal.name}")
        words = "\n".join(blocks.one_line(part, 300) for part in (wording.deal(deal, today), _with(deal)) if part)
        rows.append(blocks.section(words or "A deal", accessory=pick))
    more = len(deals) - _CHOICES
    names = ", ".join(blocks.one_line(deal.name, 80) for deal in deals[:_CHOICES])
    return blocks.message(
        f"{asked} {names}",
        blocks.lines([blocks.bold(asked), f" {wording.counted(len(deals), 'open deal')}; nothing is changed yet."]),
        *rows,
        blocks.context(f"and {more} more; write the deal's name in quotes") if more > 0 else None,
    )


def nothing_open(name: str, customer_id: str) -> Message:
    """Nobody's open deal was meant; a button opens the form for a new one."""
    said = f"{blocks.one_line(name, 200)} has no open deal."
    new = blocks.button("New deal", Action.NEW_DEAL, {"customer": customer_id}, style="primary")
    return blocks.message(said, blocks.section(said), blocks.actions(new))


def ask_first(
    deal: DealDetails, wanted: DealChange, question: str, *, limit: Money | None, now: datetime, zone: ZoneInfo
) -> Message:
    """The question before a deal ends, or before an amount above the team's limit; the safe button comes first."""
    view = deal.view
    about = f"{view.name}{f' ({_with(view)})' if _with(view) else ''}"
    if wanted.outcome:
        asked = f"Mark {about} as {wanted.outcome}?"
        detail = f"{view.stage} → {wanted.outcome}{f' at {wanted.amount or view.amount}' if view.amount else ''}."
        yes = f"Mark as {wanted.outcome}"
    else:
        asked = f"Change {about} to {wanted.amount}?"
        detail = f"It was {view.amount or 'without an amount'}. {_above(wanted.amount, limit)}"
        yes = "Change it"
    why = f"Reason: {blocks.one_line(wanted.reason, 500)}" if wanted.reason else ""
    value = {"deal": view.deal_id, "q": question, "v": view.version, **carried(wanted)}
    ending = wanted.outcome == "lost" and not wanted.reason
    return blocks.message(
        asked,
        blocks.lines([blocks.bold(asked, 400)], blocks.one_line(detail, 400), why),
        blocks.actions(
            blocks.button(
                "Leave it as it is", Action.DEAL_CANCEL, {"deal": view.deal_id, "q": question}, style="primary"
            ),
            blocks.button("Say why", Action.DEAL_LOSE, {"deal": view.deal_id}) if ending else None,
            blocks.button(yes, Action.DEAL_CONFIRM, value, label_aloud=f"{yes}: {view.name}"),
        ),
    )


def ask_new(new: NewDeal, question: str, limit: Money | None) -> Message:
    """The question before a new deal above the team's limit."""
    asked = f"Open the deal {blocks.one_line(new.name, 200)} at {new.amount}?"
    value: dict[str, str | int] = {"q": question, "new": blocks.one_line(new.name, 200)}
    value |= {"customer": new.customer_id or "", "company": new.company_id or "", "by": new.owner or ""}
    value |= {"firm": blocks.one_line(new.company, 120)} if new.company else {}
    value |= carried(DealChange(new.amount, new.stage, new.close_on))
    return blocks.message(
        asked,
        blocks.lines([blocks.bold(asked, 400)], _above(new.amount, limit)),
        blocks.actions(
            blocks.button("Leave it", Action.DEAL_CANCEL, {"q": question}, style="primary"),
            blocks.button("Open the deal", Action.DEAL_CONFIRM, value),
        ),
    )


def _above(amount: Money | None, limit: Money | None) -> str:
    if amount and limit and amount.currency != limit.currency:
        return f"It is not in {limit.currency}, the currency of your team's limit."
    return f"That is above your team's limit of {limit}."


def decided(before: Decision, *, now: datetime, zone: ZoneInfo) -> Message:
    """Whoever presses second reads who answered, and when."""
    verb = {"confirmed": "confirmed that", "cancelled": "left it as it was"}.get(before.verdict, "answered that")
    who: Piece = blocks.person(before.who) if before.who else "Somebody"
    at = wording.moment(before.at, now, zone)
    said = f"That was answered before ({before.verdict}, {at}). Nothing more was changed."
    return blocks.message(said, blocks.lines([who, f" {verb} on {at}. Nothing more was changed."]))


def left(sentence: str = "") -> Message:
    """Nothing was done."""
    said = sentence or "Left as it is. Nothing was changed."
    return blocks.message(said, blocks.section(said))


def done(made: Receipt) -> Message:
    """What became of a deal, with Undo and the deal itself."""
    undo = blocks.button("Undo", Action.UNDO, {"undo": made.undo_id}) if made.undo_id else None
    show = blocks.button("Show deal", Action.DEAL, {"deal": made.row_id})
    return blocks.message(made.sentence, blocks.section(made.sentence or "Done."), blocks.actions(undo, show))


def pipelines(stages: Sequence[StageView]) -> Message:
    """The pipelines there are, each with its stages in their order."""
    rows: list[Line] = []
    for name in dict.fromkeys(stage.pipeline for stage in stages):
        there = [stage for stage in stages if stage.pipeline == name]
        shown = [f"{one.name} ({one.outcome})" if one.outcome != "open" else one.name for one in there]
        rows.append([blocks.bold(name), f"  {blocks.one_line(' → '.join(shown), 800)}"])
    said = "Pipelines and their stages" if rows else "There is no pipeline yet; the first deal makes one."
    return blocks.message(
        said,
        blocks.lines([blocks.bold(said)], *rows[:20]),
        blocks.context(
            "/crm settings stages Lead, Offer, Signed=won, Lost sets them; with NAME: in front, those of another "
            "pipeline. /crm settings stage Offer to Quote gives one another name."
        ),
    )


def carried(wanted: DealChange) -> dict[str, str | int]:
    """A change as a button carries it; what is empty is left out."""
    value: dict[str, str | int] = {
        "stage": wanted.stage,
        "close": wanted.close_on.isoformat() if wanted.close_on else "",
        "owner": wanted.owner,
        "outcome": wanted.outcome,
        "reason": blocks.one_line(wanted.reason, 500),
        "name": blocks.one_line(wanted.name, 200),
    }
    if wanted.amount:
        value |= {"minor": wanted.amount.minor, "currency": wanted.amount.currency}
    return {name: one for name, one in value.items() if one != ""}


def read_change(pressed: Mapping[str, Any]) -> DealChange:
    """The change that a button carried."""
    minor, close = pressed.get("minor"), str(pressed.get("close", ""))
    amount = Money(minor, str(pressed.get("currency", ""))) if isinstance(minor, int) else None
    given = {name: str(pressed.get(name, "")) for name in ("stage", "owner", "outcome", "reason", "name")}
    return DealChange(amount=amount, close_on=date.fromisoformat(close) if close else None, **given)
