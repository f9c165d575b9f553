"""Made-up histories with known habits: customers who order at their own pace, leave by chance, talk, and have deals."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from crm_store.values.history import CustomerFact, DealFact, DealMove, Histories, OrderFact, TouchFact

TODAY = date(2026, 11, 25)
STAGES = ("New", "Qualified", "Proposal", "Negotiation")


@dataclass
class Facts:
    """What a simulation has written so far."""

    customers: list[CustomerFact] = field(default_factory=list)
    orders: list[OrderFact] = field(default_factory=list)
    touches: list[TouchFact] = field(default_factory=list)
    deals: list[DealFact] = field(default_factory=list)

    def histories(self, currency: str = "EUR") -> Histories:
        return Histories(
            TODAY, tuple(self.customers), tuple(self.orders), tuple(self.touches), tuple(self.deals), currency
        )


def simulate(n: int = 200, days: int = 730, seed: int = 0, *, with_deals: bool = True) -> Histories:
    """Histories of `n` customers; the more they talk before a deal closes, the likelier it is won."""
    random = np.random.default_rng(seed)
    facts = Facts()
    for number in range(n):
        customer_id = f"cus_{number:04d}"
        first = int(random.integers(0, days - 20))
        facts.customers.append(CustomerFact(customer_id, f"Customer {number}", day_of(first, days)))
        eager = float(random.gamma(1.2))
        if random.random() < 0.75:
            _order(facts, customer_id, (first, days), eager, random)
        for _ in range(random.poisson(4 * eager)):
            direction = "in" if random.random() < 0.5 else "out"
            day = day_of(int(random.integers(first, days + 1)), days)
            facts.touches.append(TouchFact(customer_id, day, "mail", "in" if direction == "in" else "out"))
        if with_deals:
            _deal(facts, customer_id, (first, days), random)
    return facts.histories()


def day_of(since_start: int, days: int) -> date:
    return TODAY - timedelta(days=days - since_start)


def _order(facts: Facts, customer_id: str, window: tuple[int, int], eager: float, random: np.random.Generator) -> None:
    at, days = float(window[0]), window[1]
    usual = float(random.gamma(3, 100))
    while at < days:
        amount = round(usual * float(random.gamma(5, 0.2)), 2)
        facts.orders.append(OrderFact(customer_id, day_of(int(at), days), amount))
        if random.random() < 0.12:
            return
        at += max(1.0, float(random.exponential(60 / eager)))


def _deal(facts: Facts, customer_id: str, window: tuple[int, int], random: np.random.Generator) -> None:
    opened, length = int(random.integers(*window)), int(random.integers(20, 90))
    days = window[1]
    talk = int(random.poisson(2))
    won = random.random() < 1 / (1 + np.exp(2.5 - 1.2 * talk))
    day = day_of(opened, days)
    facts.touches.extend(TouchFact(customer_id, day, "call", "in") for _ in range(talk))
    amount = round(float(random.gamma(2, 2000)))
    moves = [
        DealMove(day_of(opened + length * stage // 4, days), name, stage, amount) for stage, name in enumerate(STAGES)
    ]
    deal_id = f"dea_{customer_id}"
    if opened + length <= days:
        name, state = ("Won", "won") if won else ("Lost", "lost")
        closed = day_of(opened + length, days)
        facts.deals.append(
            DealFact(
                deal_id,
                day,
                "won" if state == "won" else "lost",
                name,
                4,
                customer_id,
                None,
                amount,
                closed,
                tuple(moves),
            )
        )
        return
    moves = [each for each in moves if each.day <= TODAY]
    last = moves[-1]
    facts.deals.append(
        DealFact(deal_id, day, "open", last.stage, last.stage_index, customer_id, None, amount, None, tuple(moves))
    )
