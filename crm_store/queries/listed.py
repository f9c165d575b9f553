"""Ids told to the database as one value: writing thousands into a statement costs more than answering it."""

import json
from collections.abc import Sequence

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.dialects import postgresql

from crm_store.engine.work import Work

Ids = Sequence[str] | Select[tuple[str]]
"""Some ids one by one, or as `listed`; either stands behind `in_`."""


def listed(work: Work, ids: Sequence[str]) -> Select[tuple[str]]:
    """These ids as rows."""
    told = literal(json.dumps(list(ids)), String)
    if work.dialect == "sqlite":
        return select(func.json_each(told).table_valued("value").c.value)
    return select(func.json_array_elements_text(cast(told, postgresql.JSON)).table_valued("value").c.value)
