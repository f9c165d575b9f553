"""Takes back what an import of everything brought beside customers, companies, deals and orders."""

from typing import Any, Final

from sqlalchemy import delete, select, update

from crm_store.actions.touches import recompute
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.tokens import in_groups
from crm_store.models.marketing import Consent
from crm_store.models.people import Customer, CustomField, CustomValue, FieldHistory, Need
from crm_store.models.plumbing import ImportChange, ImportRow, Merge
from crm_store.models.trade import Deal, Pipeline, Stage, Task

_AT_ONCE: Final = 500
_DETAILS: Final[tuple[tuple[str, Any, Any], ...]] = (
    (Prefix.TASK, Task, Task.task_id), (Prefix.NEED, Need, Need.need_id),
    (Prefix.HISTORY, FieldHistory, FieldHistory.history_id),
)  # fmt: skip


def remove_details(work: Work, import_id: str) -> None:
    """Tasks and needs that nobody has changed, histories, consents and values of own fields.

    Not audited: part of the undo of an import, which is.
    """
    for prefix, model, column in _DETAILS:
        for some in in_groups(_made(work, import_id, prefix), _AT_ONCE):
            wanted = [column.in_(some)]
            if model is Task:
                wanted.append(Task.version == 1)
            work.session.execute(delete(model).where(*wanted).execution_options(synchronize_session=False))
    changes = work.session.execute(
        select(ImportChange.row_id, ImportChange.field).where(ImportChange.import_id == import_id)
    ).all()
    for row_id, name in changes:
        kind, _, mark = name.partition(":")
        if kind == "consents":
            gone = delete(Consent).where(Consent.customer_id == row_id, Consent.purpose == mark)
        elif kind == "custom_values":
            gone = delete(CustomValue).where(CustomValue.row_id == row_id, CustomValue.field_id == mark)
        else:
            continue
        work.session.execute(gone.execution_options(synchronize_session=False))
    work.session.execute(
        delete(ImportChange).where(ImportChange.import_id == import_id).execution_options(synchronize_session=False)
    )


def part_the_merged(work: Work, import_id: str) -> None:
    """Whoever came as part of somebody else, and was merged by nobody here, is one by himself again, to be removed.

    Not audited: part of the undo of an import, which is.
    """
    for some in in_groups(_made(work, import_id, Prefix.CUSTOMER), _AT_ONCE):
        here = select(Merge.absorbed).where(Merge.team_id == Customer.team_id, Merge.undone_at.is_(None))
        work.session.execute(
            update(Customer)
            .where(Customer.customer_id.in_(some), Customer.merged_into.is_not(None), Customer.customer_id.not_in(here))
            .values(merged_into=None)
            .execution_options(synchronize_session=False)
        )
    work.session.expire_all()


def forget_touches(work: Work, import_id: str) -> None:
    """The last contact that came with a customer counts no longer; what is still logged does.

    Not audited: part of the undo of an import, which is.
    """
    recompute(work, _made(work, import_id, Prefix.CUSTOMER))
    work.flush()


def remove_frames(work: Work, import_id: str) -> None:
    """Stages, pipelines and own fields in which nothing is any more.

    Not audited: part of the undo of an import, which is.
    """
    work.flush()
    for prefix, model, column, used in (
        (Prefix.STAGE, Stage, Stage.stage_id, Deal.stage_id),
        (Prefix.PIPELINE, Pipeline, Pipeline.pipeline_id, Stage.pipeline_id),
        (Prefix.FIELD, CustomField, CustomField.field_id, CustomValue.field_id),
    ):
        made = _made(work, import_id, prefix)
        still = set(work.session.scalars(select(used).where(used.in_(made)))) if made else set()
        gone = [one for one in made if one not in still]
        if gone:
            work.session.execute(delete(model).where(column.in_(gone)).execution_options(synchronize_session=False))


def _made(work: Work, import_id: str, prefix: str) -> list[str]:
    found = work.session.scalars(
        select(ImportRow.row_id).where(ImportRow.import_id == import_id, ImportRow.row_id.startswith(f"{prefix}_"))
    )
    return [one for one in found if one]
