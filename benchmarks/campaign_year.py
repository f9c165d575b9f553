"""A year of 200 campaigns among 5,000 customers: how often the reported 90 % interval holds the true effect.

`./run bench campaign_year`; `campaign_year:200/2` is another year of as many campaigns, drawn by the seed 2, and
`campaign_year:200/2/FOLDER` lives it in slices of some minutes, each of which takes up what the last left in the
folder. What each campaign does is known, nothing among it; suggestions, approvals, sending, answers and measurements
run through the real actions on a store in a file, with the clock moved. Also counted: letters to people who may not be
written to, and campaigns without effect of which an effect was reported. The peer is Wald's interval from the same
counts.
"""

import contextlib
import json
import math
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import select, update

from crm_store.actions import responses, sends, suggestions, unsubscribing
from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import Base
from crm_store.models.marketing import CampaignMember, Consent, Send
from crm_store.models.people import ContactPoint, Customer
from crm_store.models.trade import Order
from crm_store.queries import lift
from crm_store.values.lift import Arm, Finding, Lift, from_json
from crm_store.values.marketing import Idea
from crm_store.values.sending import SendHours
from tests.cast import gather

_CAMPAIGNS: Final = 200
_PEOPLE: Final = 5_000
_DAYS: Final = 365
_WINDOW: Final = 30
_AUDIENCE: Final = 600
_HELD_OUT: Final = 0.2
_EFFECTS: Final = (0.0, 0.02, 0.0, 0.05, -0.15, 0.10, 0.0, 0.03)
"""Above nought the chance that a letter brings a further order; below, that it drives away what would have come."""
_START: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SLICE: Final = 420.0
"""Seconds after which a year with a folder of its own is laid aside."""


@dataclass(slots=True)
class _Run:
    """One campaign: its true effect, and what it caused."""

    campaign_id: str
    effect: float
    day: int
    members: tuple[str, ...]
    treated: tuple[str, ...]
    caused: set[str] = field(default_factory=set)
    spoilt: set[str] = field(default_factory=set)
    found: Lift | None = None


@dataclass(slots=True)
class _Year:
    """What the simulator knows and the store does not."""

    chance: Random
    orders: dict[str, list[tuple[float, float]]]
    unsubscribed: set[str] = field(default_factory=set)
    never_consented: set[str] = field(default_factory=set)
    runs: list[_Run] = field(default_factory=list)
    violations: int = 0
    letters: int = 0
    day: int = 0


def measure(asked: str = str(_CAMPAIGNS)) -> dict[str, Any]:
    """How often the intervals hold the truth, and what else was counted; of a year laid aside, how far it is."""
    campaigns, _, rest = asked.partition("/")
    seed, _, folder = rest.partition("/")
    with contextlib.nullcontext(folder) if folder else tempfile.TemporaryDirectory() as place:
        kept = Path(place) / "year.json"
        clock = MovableClock(_START)
        store = SqliteStore(f"sqlite:///{Path(place) / 'year.db'}", clock)
        desk = store.team("tea_rapport", "usr_ada")
        if kept.exists():
            year = _taken_up(json.loads(kept.read_text()))
        else:
            Base.metadata.create_all(store.writer)
            gather(store)
            year = _people(desk, f"a year of campaigns {seed}".strip())
        over = _live(store.house(), desk, clock, year, int(campaigns), _SLICE if folder else math.inf)
        store.close()
        if folder:
            kept.write_text(json.dumps(_laid_aside(year)))
    return _told(year) if over else {"days": year.day, "letters": year.letters}


def _laid_aside(year: _Year) -> dict[str, Any]:
    """The year as JSON: sets become lists."""
    plain: dict[str, Any] = json.loads(json.dumps({**asdict(year), "chance": year.chance.getstate()}, default=sorted))
    return plain


def _taken_up(kept: dict[str, Any]) -> _Year:
    version, numbers, following = kept["chance"]
    chance = Random()
    chance.setstate((version, tuple(numbers), following))
    runs = [
        _Run(
            **{**one, "members": tuple(one["members"]), "treated": tuple(one["treated"]), "caused": {*one["caused"]},
               "spoilt": {*one["spoilt"]}, "found": from_json(one["found"]) if one["found"] else None}
        )
        for one in kept["runs"]
    ]  # fmt: skip
    orders = {one: [(at, worth) for at, worth in mine] for one, mine in kept["orders"].items()}
    people = {name: {*kept[name]} for name in ("unsubscribed", "never_consented")}
    return _Year(**{**kept, **people, "chance": chance, "orders": orders, "runs": runs})


def _people(desk: Desk, seed: str) -> _Year:
    """Customers who order at a pace of their own; one in ten never consented."""
    chance = Random(seed)
    ids = [f"cus_{one:05d}" for one in range(_PEOPLE)]
    year = _Year(chance, {})
    year.never_consented = {one for one in ids if chance.random() < 0.1}

    def stock(work: Work) -> None:
        for start in range(0, _PEOPLE, 500):
            some = ids[start : start + 500]
            work.insert(
                Customer, [{"customer_id": one, "name": one, "name_key": one, "created_at": work.now} for one in some]
            )
            work.insert(
                ContactPoint,
                [
                    {"point_id": f"pnt_{one}", "owner_row": one, "kind": "email", "value": f"{one}@shop.example",
                     "value_key": f"{one}@shop.example", "source": "bench", "last_seen": work.now}
                    for one in some
                ],
            )  # fmt: skip
            work.insert(
                Consent,
                [
                    {"customer_id": one, "purpose": "newsletter", "basis": "consent", "wording": "Yes", "given": True,
                     "at": work.now}
                    for one in some
                    if one not in year.never_consented
                ],
            )  # fmt: skip

    desk.write_now(stock)
    for one in ids:
        # A month's orders differ between people, and so does what they spend.
        pace, worth = chance.gammavariate(0.8, 0.2) / 30, chance.lognormvariate(4, 0.5)
        year.orders[one] = []
        at = chance.expovariate(pace + 1e-9)
        while at < _DAYS + 2 * _WINDOW:
            year.orders[one].append((at, worth * chance.lognormvariate(0, 0.5)))
            at += chance.expovariate(pace + 1e-9)
    return year


def _live(house: Desk, desk: Desk, clock: MovableClock, year: _Year, campaigns: int, seconds: float) -> bool:
    """Day after day: campaigns, letters, orders, answers and measurements; whether the year is over by then."""
    days = [round(one * _DAYS / campaigns) for one in range(campaigns)]
    until = time.monotonic() + seconds
    while year.day < _DAYS + _WINDOW + 4 and time.monotonic() < until:
        day = year.day
        clock.advance((_START + timedelta(days=day) - clock.now()).total_seconds())
        for number in [one for one, begun in enumerate(days) if begun == day]:
            _campaign(house, desk, year, number, day)
        desk.write_now(_order, year, day)
        if day % 10 == 0:
            while desk.write_now(responses.attribute):
                continue
        for campaign_id in desk.read_now(lift.due):
            found = desk.write_now(responses.settle, campaign_id)
            next(one for one in year.runs if one.campaign_id == campaign_id).found = found
        year.day += 1
    return year.day == _DAYS + _WINDOW + 4


def _campaign(house: Desk, desk: Desk, year: _Year, number: int, day: int) -> None:
    """Proposed, approved, sent to whom the sender lets through; then people do what the campaign makes them do."""
    pool = year.chance.sample(sorted(year.orders), 4 * _AUDIENCE)
    idea = Idea(
        "win_back", f"bench {number}", f"Campaign {number}", "by lot", ("Made up.",), tuple(pool), "", "News",
        "Hello {{ first_name }}", cap=_AUDIENCE, holdout_share=_HELD_OUT, window_days=_WINDOW,
    )  # fmt: skip
    suggestion_id = desk.write_now(suggestions.propose, idea)
    campaign_id = desk.write_now(suggestions.decide, suggestion_id or "", 1, "approved").campaign_id or ""
    arms = desk.read_now(_arms, campaign_id)
    run = _Run(
        campaign_id, _EFFECTS[number % len(_EFFECTS)], day, (*arms["treated"], *arms["holdout"]), arms["treated"]
    )
    year.runs.append(run)
    reached = house.write_now(_send, campaign_id)
    year.letters += len(reached)
    forbidden = year.unsubscribed | year.never_consented | set(arms["holdout"])
    year.violations += sum(customer_id in forbidden for _, customer_id in reached)
    for send_id, customer_id in reached:
        if year.chance.random() < 0.003:
            desk.write_now(unsubscribing.unsubscribe, send_id)
            year.unsubscribed.add(customer_id)
    for one in run.treated:
        _react(year, run, one)


def _react(year: _Year, run: _Run, one: str) -> None:
    mine = year.orders[one]
    inside = [order for order in mine if run.day + 0.01 < order[0] < run.day + _WINDOW]
    if run.effect > 0 and year.chance.random() < run.effect:
        if not inside:
            run.caused.add(one)
        mine.append((run.day + year.chance.uniform(0.1, _WINDOW - 0.1), year.chance.lognormvariate(4.25, 0.5)))
    elif run.effect < 0 and inside and year.chance.random() < -run.effect:
        run.spoilt.add(one)
        year.orders[one] = [order for order in mine if order not in inside]


def _arms(work: Work, campaign_id: str) -> dict[str, tuple[str, ...]]:
    rows = work.session.execute(
        select(CampaignMember.arm, CampaignMember.customer_id).where(CampaignMember.campaign_id == campaign_id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for arm, customer_id in rows:
        found[arm].append(customer_id)
    return {arm: tuple(sorted(found[arm])) for arm in ("treated", "holdout")}


def _send(work: Work, campaign_id: str) -> list[tuple[str, str]]:
    """Whom the sender lets through; the letters themselves are left out, since another benchmark sends them."""
    claimed = sends.claim(work, SendHours(always=True), 2 * _AUDIENCE)
    reached = [(one.send_id, one.customer_id) for one in claimed if one.campaign_id == campaign_id]
    work.flush()
    inner = work.act_as("tea_rapport", "usr_ada")
    for group in in_groups([one.send_id for one in claimed], 400):
        left = update(Send).where(Send.send_id.in_(list(group))).values(state="sent", at=work.now)
        inner.session.execute(left.execution_options(synchronize_session=False))
    return reached


def _order(work: Work, year: _Year, day: int) -> None:
    rows = [
        {"order_id": f"ord_{one[4:]}_{at:.6f}", "external_key": f"{one}:{at:.9f}", "customer_id": one,
         "ordered_at": _START + timedelta(days=at), "total_minor": round(100 * worth), "currency": "EUR"}
        for one, mine in year.orders.items()
        for at, worth in mine
        if day <= at < day + 1
    ]  # fmt: skip
    for start in range(0, len(rows), 500):
        work.insert(Order, rows[start : start + 500], or_nothing=True)


def _truth(year: _Year, run: _Run) -> float:
    """The expected difference in the share that orders: among those who else would not, or else would."""
    within = [any(run.day + 0.01 < at < run.day + _WINDOW for at, _ in year.orders[one]) for one in run.members]
    would = sum(
        (ordered and one not in run.caused) or one in run.spoilt
        for one, ordered in zip(run.members, within, strict=True)
    ) / len(run.members)
    return run.effect * (1 - would) if run.effect > 0 else run.effect * would


def _wald(treated: Arm, holdout: Arm) -> tuple[float, float]:
    half = 1.645 * math.sqrt(sum(one.rate * (1 - one.rate) / one.people for one in (treated, holdout)))
    apart = treated.rate - holdout.rate
    return apart - half, apart + half


def _told(year: _Year) -> dict[str, Any]:
    done = [(run, run.found, _truth(year, run)) for run in year.runs if run.found is not None]
    held = [found.rate_low <= truth <= found.rate_high for _, found, truth in done]
    peer = [low <= truth <= high for _, found, truth in done for low, high in (_wald(found.treated, found.holdout),)]
    nothing = [found for run, found, _ in done if run.effect == 0]
    money = [
        found.revenue_low <= 0 <= found.revenue_high
        for found in nothing
        if found.revenue_low is not None and found.revenue_high is not None
    ]
    return {
        "campaigns": len(done),
        "letters": year.letters,
        "coverage": round(sum(held) / len(held), 3),
        "peer": "Wald's interval",
        "peer_coverage": round(sum(peer) / len(peer), 3),
        "ratio": round(sum(held) / max(1, sum(peer)), 3),
        "revenue_coverage_without_effect": round(sum(money) / max(1, len(money)), 3),
        "claimed_without_effect": round(
            sum(one.finding in (Finding.MORE, Finding.FEWER) for one in nothing) / max(1, len(nothing)), 3
        ),
        "consent_violations": year.violations,
        "unsubscribed": len(year.unsubscribed),
    }
