"""How the look-up reads: constant statements past the session, since building one costs more than its answer."""

from collections.abc import Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam
from sqlalchemy.engine import Row

from crm_store.engine.work import Work
from crm_store.models.columns import TeamRow

Columns = TypeVarTuple("Columns")


def of_team(statement: Select[*Columns], *models: type[TeamRow]) -> Select[*Columns]:
    """The statement bound to the team that `rows` names; the session's guard does not see it."""
    return statement.where(*(model.team_id == bindparam("team_id") for model in models))


def many(name: str) -> BindParameter[Any]:
    """A parameter for `IN`, of any number of values."""
    return bindparam(name, expanding=True)


def rows(
    work: Work, statement: Select[*Columns] | CompoundSelect[*Columns], **values: object
) -> Sequence[Row[*Columns]]:
    """What a statement made by `of_team` finds in this unit's team; what waits for a flush must be written before."""
    return work.connection.execute(statement, {"team_id": work.team_id, **values}).all()
