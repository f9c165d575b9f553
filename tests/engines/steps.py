"""Counts what each statement costs SQLite in steps of its machine, which depend on the plan and the rows alone."""

import re
from collections import Counter
from typing import Any, Final

from sqlalchemy import event

from crm_store.engine.store import Store

EVERY: Final = 100
_LIST: Final = re.compile(r"\((\?, )*\?\)")


class Steps:
    """Counts from now on; statements that differ by the length of a list alone count as one."""

    def __init__(self, store: Store) -> None:
        self.of: Counter[str] = Counter()
        self._running: dict[int, str] = {}
        for engine in store.engines:
            event.listen(engine, "before_cursor_execute", self._about)

    def _about(self, connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        raw = connection.connection.dbapi_connection
        key = id(raw)
        if key not in self._running:
            raw.set_progress_handler(lambda: self._counted(key), EVERY)
        self._running[key] = " ".join(_LIST.sub("(?, ...)", statement).split())

    def _counted(self, key: int) -> int:
        self.of[self._running[key]] += EVERY
        return 0
