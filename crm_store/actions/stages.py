"""Pipelines and their stages as the team names them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from crm_store import audit
from crm_store.actions import deals
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.trade import Deal, Pipeline, Stage
from crm_store.queries import deals as queries
from crm_store.values.acts import Receipt

_MOST: Final = 40
_SECOND_HALF: Final = 50
_LONGEST: Final = 60


def arrange(work: Work, pipeline: str, named: Sequence[tuple[str, str]]) -> Receipt:
    """The (name, outcome) stages of a pipeline in a new order; without a name the team's first one.

    Stages that stay keep their deals; one that is left out must have none. Endings that nobody names stay as they are.
    A pipeline that is not there yet is made.
    """
    wanted = _checked(named)
    row = _pipeline(work, pipeline)
    if row is None:
        name = " ".join(pipeline.split()) or "Sales"
        deals.add_pipeline(work, name, [*wanted, *_endings(wanted, ())])
        return Receipt("", None, f"New pipeline {name}: {', '.join(one for one, _ in wanted)}")
    known = work.session.scalars(
        select(Stage).where(Stage.pipeline_id == row.pipeline_id).order_by(Stage.position)
    ).all()
    full = [*wanted, *_endings(wanted, known)]
    by_name = {one.name.casefold(): one for one in known}
    kept = {name.casefold() for name, _ in full}
    _refuse_full(work, [one for one in known if one.name.casefold() not in kept])
    # The places of now and of before never overlap, so that neither this nor its undo meets a taken place.
    first = _SECOND_HALF if all(one.position < _SECOND_HALF for one in known) else 0
    said = f"{row.name}: {_listed([one.name for one in known])} → {_listed([name for name, _ in full])}"
    with audit.record(work, "stages", row.pipeline_id, said) as ledger:
        for one in known:
            if one.name.casefold() not in kept:
                ledger.remove(one)
        for place, (name, outcome) in enumerate(full, first):
            stage = by_name.get(name.casefold())
            if stage is None:
                stage_id = work.new_id(Prefix.STAGE)
                ledger.add(
                    Stage(stage_id=stage_id, pipeline_id=row.pipeline_id, name=name, position=place, outcome=outcome)
                )
                continue
            _refuse_other_ending(work, stage, outcome)
            ledger.change(stage)
            stage.name, stage.position, stage.outcome = name, place, outcome
    return Receipt(row.pipeline_id, ledger.undo_id, ledger.sentence)


def rename(work: Work, before: str, name: str) -> Receipt:
    """Call a stage something else; its deals stay in it."""
    name = " ".join(name.split())[:_LONGEST]
    found = queries.stage_named(work, before)
    if not name:
        raise BadInput("Say how the stage is to be called.", field="stages")
    stage = work.session.get_one(Stage, (work.team_id, found.stage_id))
    others = [one for one in queries.stages(work, stage.pipeline_id) if one.stage_id != stage.stage_id]
    if any(one.name.casefold() == name.casefold() for one in others):
        raise BadInput(f"There is a stage “{name}” already.", field="stages")
    with audit.record(work, "stages", stage.stage_id, f"The stage {stage.name} is called {name} now") as ledger:
        ledger.change(stage)
        stage.name = name
    return Receipt(stage.stage_id, ledger.undo_id, ledger.sentence)


def _checked(named: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    wanted = [(" ".join(name.split())[:_LONGEST], outcome) for name, outcome in named if name.strip()]
    names = [name.casefold() for name, _ in wanted]
    if not any(outcome == "open" for _, outcome in wanted):
        raise BadInput("A pipeline needs a stage that is open.", field="stages")
    if len(set(names)) < len(names):
        raise BadInput("Two stages have the same name.", field="stages")
    if len(wanted) > _MOST:
        raise BadInput(f"A pipeline has at most {_MOST} stages.", field="stages")
    return wanted


def _endings(wanted: Sequence[tuple[str, str]], known: Sequence[Stage]) -> list[tuple[str, str]]:
    """The won and lost stages that were not named: those there are, else the usual ones."""
    there = {outcome for _, outcome in wanted}
    ends: list[tuple[str, str]] = []
    for outcome in ("won", "lost"):
        if outcome not in there:
            ends += [(one.name, outcome) for one in known if one.outcome == outcome] or [(outcome.title(), outcome)]
    taken = {name.casefold() for name, _ in wanted}
    return [one for one in ends if one[0].casefold() not in taken]


def _pipeline(work: Work, name: str) -> Pipeline | None:
    rows = work.session.scalars(select(Pipeline).order_by(Pipeline.position, Pipeline.pipeline_id)).all()
    if not name.strip():
        return rows[0] if rows else None
    return next((one for one in rows if one.name.casefold() == " ".join(name.split()).casefold()), None)


def _refuse_full(work: Work, left_out: Sequence[Stage]) -> None:
    for one in left_out:
        count = _deals_in(work, one)
        if count:
            there = "1 deal is" if count == 1 else f"{count:,} deals are"
            raise BadInput(
                f"{there} in “{one.name}”, so it cannot be left out. Move them first, or give it another name with "
                f"`/crm settings stage {one.name} to NAME`.",
                field="stages",
            )


def _refuse_other_ending(work: Work, stage: Stage, outcome: str) -> None:
    """What is open, won or lost hangs on the stage: it is not turned round under its deals."""
    if stage.outcome != outcome and _deals_in(work, stage):
        raise BadInput(f"“{stage.name}” has deals and stays {stage.outcome}; make a new stage instead.", field="stages")


def _deals_in(work: Work, stage: Stage) -> int:
    there = select(func.count(Deal.deal_id)).where(Deal.stage_id == stage.stage_id, Deal.removed_at.is_(None))
    return work.session.scalar(there) or 0


def _listed(names: Sequence[str]) -> str:
    if not names:
        raise NotFound("That pipeline has no stages.")
    return ", ".join(names)
