"""What an import would do, found out without writing: the same decisions, against the store and earlier rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from crm_store.actions.import_plan import Planner
from crm_store.ids import Prefix
from crm_store.queries.import_standing import Standing
from crm_store.values.imports import ImportCounts, ImportedRow


@dataclass(slots=True)
class DryRun:
    """Counts over a whole file; people and orders of earlier rows are known to later ones."""

    now: datetime
    overwrite: frozenset[str] = frozenset()
    _met: Standing = field(default_factory=Standing)
    _numbers: "count[int]" = field(default_factory=count)

    def batch(self, rows: Sequence[ImportedRow], standing: Standing) -> ImportCounts:
        """What would become of these rows, given what the store says of them."""
        self._met.absorb(standing)
        plan = Planner(self._met, self._mint, self.now, overwrite=self.overwrite)
        for row in rows:
            plan.take(row)
        return plan.counts

    def _mint(self, prefix: Prefix) -> str:
        """An id that sorts behind all that are in the store."""
        return f"{prefix}_~{next(self._numbers):012}"
