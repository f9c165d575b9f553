"""Made-up companies with known habits: irregular, regular, seasonal, and one whose records begin in mid-business."""

from dataclasses import dataclass

import numpy as np

from analytics.ledger import Ledger, ledger

START = 737_791
"""The ordinal of 1 January 2021."""


@dataclass(frozen=True)
class Company:
    """Erlang-k gaps around `gap` days, gamma pace, beta leaving; `season` is how much busier the busy half year is."""

    customers: int = 500
    days: int = 730
    joins: int = 400
    k: int = 1
    gap: float = 40.0
    leaving: float = 8.0
    season: float = 0.0
    before: int = 0
    seed: int = 0

    def ledger(self) -> Ledger:
        """All orders of the days, also those that only time will show."""
        random = np.random.default_rng(self.seed)
        rows: list[tuple[int, int, float]] = []
        for customer in range(self.customers):
            day = float(random.uniform(-self.before, self.joins))
            pace, leave, size = random.gamma(1.5, 1 / self.gap), random.beta(1, self.leaving), random.gamma(4, 25)
            first = True
            while day < self.days:
                busy = 1 + self.season * np.cos(2 * np.pi * (day - 330) / 365)
                if first or random.random() < busy / (1 + self.season):
                    if day >= 0:
                        rows.append((customer, START + int(day), float(round(size * random.gamma(5, 0.2), 2))))
                    if random.random() < leave:
                        break
                first = False
                day += float(random.gamma(self.k, 1 / (self.k * pace * (1 + self.season))))
        ids = [f"C{each:04d}" for each in range(self.customers)]
        who, when, amount = (np.array(each) for each in zip(*rows, strict=True))
        return ledger(ids, who.astype(np.int64), when.astype(np.int64), amount.astype(np.float64))
