"""What an import would do, found out without writing: known customers are asked for, the rest is kept in mind."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_store.queries.identity import Known
from crm_store.values.imports import ImportCounts, ImportedRow


@dataclass(slots=True)
class DryRun:
    """Counts over a whole file; people and orders of earlier rows are known to later ones."""

    _met: Known = field(default_factory=Known)

    def batch(self, rows: Sequence[ImportedRow], known: Known) -> ImportCounts:
        """What would become of these rows, given whom the store knows of them."""
        created = duplicates = 0
        for row in rows:
            who = known.find(row) or self._met.find(row)
            if row.order is not None:
                is_new = row.order.key not in known.orders | self._met.orders
                self._met.orders.add(row.order.key)
            else:
                is_new = who is None
            created, duplicates = created + is_new, duplicates + (not is_new)
            self._met.learn(row, who or f"row {row.row}")
        return ImportCounts(created=created, duplicates=duplicates)
