"""Deals: opened, moved through their stages, changed, won and lost, each change with its day."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import companies
from crm_store.actions.touches import mark_dirty
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, Stale
from crm_store.ids import Prefix
from crm_store.models.history import Question
from crm_store.models.people import Team, User
from crm_store.models.trade import Deal, DealEvent, DealPerson, Pipeline, Stage
from crm_store.money import Money
from crm_store.queries import deals as queries
from crm_store.values.acts import NewDeal, Receipt
from crm_store.values.deals import DealChange, StageView

USUAL_STAGES: Final = (
    ("Lead", "open"), ("Qualified", "open"), ("Proposal", "open"), ("Negotiation", "open"), ("Won", "won"),
    ("Lost", "lost"),
)  # fmt: skip
_NO_AMOUNT: Final = "no amount"
_NO_DAY: Final = "no day"


def add_pipeline(work: Work, name: str, stages: Sequence[tuple[str, str]] = USUAL_STAGES) -> str:
    """A pipeline with its (name, outcome) stages in order; it needs at least one open stage."""
    if not any(outcome == "open" for _, outcome in stages):
        raise BadInput("A pipeline needs a stage that is open.", field="stages")
    position = len(work.session.scalars(select(Pipeline.pipeline_id)).all())
    with audit.record(work, "pipeline", sentence=f"Pipeline {name}") as ledger:
        row = Pipeline(pipeline_id=work.new_id(Prefix.PIPELINE), name=name, position=position)
        ledger.add(row)
        ledger.row_id = row.pipeline_id
        for number, (stage, outcome) in enumerate(stages):
            ledger.add(
                Stage(
                    stage_id=work.new_id(Prefix.STAGE),
                    pipeline_id=row.pipeline_id,
                    name=stage,
                    position=number,
                    outcome=outcome,
                )
            )
    return row.pipeline_id


def add(work: Work, new: NewDeal) -> Receipt:
    """Open a deal."""
    with audit.record(work, "deal") as ledger:
        deal = write(work, ledger, new)
        amount = f", {new.amount}" if new.amount else ""
        ledger.row_id = deal.deal_id
        ledger.sentence = f"New deal {deal.name}: {_stage_name(work, deal)}{amount}"
    return Receipt(deal.deal_id, ledger.undo_id, ledger.sentence)


def write(work: Work, ledger: Ledger, new: NewDeal) -> Deal:
    """The rows of a new deal, written into the ledger of the action that opens it."""
    name = " ".join(new.name.split())
    if not name:
        raise BadInput("Give the deal a name.", field="name")
    if new.amount and new.amount.minor < 0:
        raise BadInput("A deal cannot be worth less than nothing.", field="amount")
    stage = _first_stage(work, new.stage)
    deal = Deal(
        deal_id=work.new_id(Prefix.DEAL),
        name=name,
        customer_id=new.customer_id,
        company_id=new.company_id or (companies.ensure(ledger, new.company) if new.company.strip() else None),
        owner=new.owner,
        stage_id=stage.stage_id,
        amount_minor=new.amount.minor if new.amount else None,
        currency=new.amount.currency if new.amount else _currency(work),
        close_on=new.close_on,
        state=stage.outcome,
        opened_at=work.now,
        closed_at=None if stage.outcome == "open" else work.now,
    )
    ledger.add(deal)
    if new.customer_id:
        ledger.add(DealPerson(deal_id=deal.deal_id, customer_id=new.customer_id))
    _happened(work, ledger, deal, "stage", None, stage.name)
    if new.amount:
        _happened(work, ledger, deal, "amount", None, str(new.amount))
    _due(work, deal)
    return deal


def carry_out(work: Work, deal_id: str, wanted: DealChange) -> Receipt:
    """Do to a deal what was asked for: end it with its last amount and name, or change it."""
    if not wanted.outcome:
        return change(
            work, deal_id, wanted.amount, wanted.close_on, wanted.stage or None, wanted.owner or None, wanted.name
        )
    return _close(work, deal_id, wanted)


def decide(work: Work, question_id: str, deal_id: str, verdict: str) -> None:
    """Keep how the question before an act was answered; raises Stale where somebody has answered it before."""
    work.lock_team()  # Of two presses at once the second must see the first one's answer.
    before = queries.decision(work, question_id)
    if before is not None:
        raise Stale(f"That was {before.verdict} at {before.at:%H:%M} UTC. Nothing more was changed.")
    with audit.record(work, "decide", question_id, f"A deal's question was {verdict}", undoable=False) as ledger:
        ledger.add(
            Question(
                question_id=question_id,
                kind="deal",
                asked=work.actor,
                about={"deals": [deal_id]} if deal_id else {},
                state=verdict,
                answer=None,
                answered_by=work.actor,
                created_at=work.now,
                answered_at=work.now,
            )
        )


def move(work: Work, deal_id: str, stage_name: str) -> Receipt:
    """Move a deal to the stage that the text means."""
    return change(work, deal_id, stage=stage_name)


def change(
    work: Work,
    deal_id: str,
    amount: Money | None = None,
    close_on: date | None = None,
    stage: str | None = None,
    owner: str | None = None,
    name: str = "",
) -> Receipt:
    """Change what is given; the sentence tells old and new values."""
    deal = _deal(work, deal_id)
    target = queries.stage_named(work, stage, _pipeline_of(work, deal)) if stage else None
    if amount and amount.minor < 0:
        raise BadInput("A deal cannot be worth less than nothing.", field="amount")
    with audit.record(work, "deal", deal_id) as ledger:
        ledger.change(deal)
        called = deal.name
        told = [
            _rename(deal, name) if name else "",
            _restage(work, ledger, deal, target) if target else "",
            _revalue(work, ledger, deal, amount) if amount else "",
            _reschedule(work, ledger, deal, close_on) if close_on else "",
            _hand_over(work, ledger, deal, owner) if owner else "",
        ]
        changes = ", ".join(one for one in told if one)
        if changes:
            deal.version += 1
        ledger.sentence = f"{called}: {changes or 'nothing to change'}"
    _due(work, deal)
    return Receipt(deal_id, ledger.undo_id if changes else None, ledger.sentence)


def win(work: Work, deal_id: str) -> Receipt:
    """Close a deal as won."""
    return _close(work, deal_id, DealChange(outcome="won"))


def lose(work: Work, deal_id: str, reason: str | None = None) -> Receipt:
    """Close a deal as lost, and keep why."""
    return _close(work, deal_id, DealChange(outcome="lost", reason=reason or ""))


def _close(work: Work, deal_id: str, wanted: DealChange) -> Receipt:
    deal, outcome, amount = _deal(work, deal_id), wanted.outcome, wanted.amount
    if deal.state == outcome:
        return Receipt(deal_id, None, f"{deal.name} is {outcome} already")
    if amount and amount.minor < 0:
        raise BadInput("A deal cannot be worth less than nothing.", field="amount")
    ending = [one for one in queries.stages(work, _pipeline_of(work, deal)) if one.outcome == outcome]
    ending.sort(key=lambda one: one.stage_id != wanted.stage)
    with audit.record(work, "deal", deal_id) as ledger:
        ledger.change(deal)
        before = _stage_name(work, deal)
        revalued = _revalue(work, ledger, deal, amount) if amount else ""
        if ending:
            _restage(work, ledger, deal, ending[0])
        else:
            _set_state(work, ledger, deal, outcome)
        deal.lost_reason = (" ".join(wanted.reason.split()) or None) if outcome == "lost" else None
        deal.version += 1
        why = f", because: {deal.lost_reason}" if deal.lost_reason else ""
        ledger.sentence = f"{deal.name}: {before} → {outcome}{f', {revalued}' if revalued else ''}{why}"
    _due(work, deal)
    return Receipt(deal_id, ledger.undo_id, ledger.sentence)


def _restage(work: Work, ledger: Ledger, deal: Deal, stage: StageView) -> str:
    if stage.stage_id == deal.stage_id:
        return ""
    before = _stage_name(work, deal)
    deal.stage_id = stage.stage_id
    _happened(work, ledger, deal, "stage", before, stage.name)
    _set_state(work, ledger, deal, stage.outcome)
    return f"{before} → {stage.name}"


def _set_state(work: Work, ledger: Ledger, deal: Deal, state: str) -> None:
    if deal.state == state:
        return
    _happened(work, ledger, deal, "state", deal.state, state)
    deal.state = state
    deal.closed_at = None if state == "open" else work.now
    if state != "lost":
        deal.lost_reason = None


def _rename(deal: Deal, name: str) -> str:
    called = " ".join(name.split())
    if not called or called == deal.name:
        return ""
    deal.name = called
    return f"now called {called}"


def _revalue(work: Work, ledger: Ledger, deal: Deal, amount: Money) -> str:
    before = Money(deal.amount_minor, deal.currency) if deal.amount_minor is not None else None
    if before == amount:
        return ""
    deal.amount_minor, deal.currency = amount.minor, amount.currency
    _happened(work, ledger, deal, "amount", str(before) if before else None, str(amount))
    return f"{before or _NO_AMOUNT} → {amount}"


def _reschedule(work: Work, ledger: Ledger, deal: Deal, close_on: date) -> str:
    if deal.close_on == close_on:
        return ""
    before, told = (deal.close_on.isoformat(), _day(deal.close_on)) if deal.close_on else (None, _NO_DAY)
    deal.close_on = close_on
    _happened(work, ledger, deal, "close_on", before, close_on.isoformat())
    return f"closing {told} → {_day(close_on)}"


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def _hand_over(work: Work, ledger: Ledger, deal: Deal, owner: str) -> str:
    colleague = work.session.get(User, (work.team_id, owner))
    if colleague is None:
        raise NotFound("There is no such colleague.")
    if deal.owner == owner:
        return ""
    _happened(work, ledger, deal, "owner", deal.owner, owner)
    deal.owner = owner
    return f"now with {colleague.name}"


def _happened(work: Work, ledger: Ledger, deal: Deal, field: str, old: str | None, new: str | None) -> None:
    ledger.add(
        DealEvent(
            event_id=work.new_id(Prefix.DEAL_EVENT),
            deal_id=deal.deal_id,
            at=work.now,
            actor=work.actor,
            field=field,
            old=old,
            new=new,
        )
    )


def _first_stage(work: Work, wanted: str) -> StageView:
    known = queries.stages(work)
    if not known:
        add_pipeline(work, "Sales")
        known = queries.stages(work)
    if wanted:
        return queries.stage_named(work, wanted)
    return next(stage for stage in known if stage.outcome == "open")


def _deal(work: Work, deal_id: str) -> Deal:
    deal = work.session.get(Deal, (work.team_id, deal_id))
    if deal is None or deal.removed_at is not None:
        raise NotFound("That deal is no longer there.")
    return deal


def _pipeline_of(work: Work, deal: Deal) -> str | None:
    stage = work.session.get(Stage, (work.team_id, deal.stage_id))
    return stage.pipeline_id if stage else None


def _stage_name(work: Work, deal: Deal) -> str:
    stage = work.session.get(Stage, (work.team_id, deal.stage_id))
    return stage.name if stage else "no stage"


def _currency(work: Work) -> str:
    team = work.session.get(Team, work.team_id)
    return str(team.settings.get("currency", "EUR")) if team else "EUR"


def _due(work: Work, deal: Deal) -> None:
    if deal.customer_id:
        mark_dirty(work, [deal.customer_id])
