"""Deals, their stages and the pipeline they stand in."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, literal, or_, select

from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, NotFound
from crm_store.ids import Prefix
from crm_store.lookup.search import SYSTEM
from crm_store.matching.normalise import tokens
from crm_store.matching.similarity import nearness
from crm_store.models.history import Question
from crm_store.models.people import Company, Customer, Team, User
from crm_store.models.trade import Deal, DealPerson, Pipeline, Stage
from crm_store.money import Money
from crm_store.values.deals import DealDetails, Decision, StageView
from crm_store.values.people import DealView

_NEAR_ENOUGH = 0.7
_SURE = 0.9
_MOST = 500
LIMIT = "amount_limit"
"""The team's setting for the amount above which a deal is asked about first."""


@dataclass(frozen=True, slots=True)
class PipelineLine:
    """A stage with its open deals; one total a currency."""

    stage: StageView
    deals: tuple[DealView, ...]
    totals: tuple[Money, ...]


def open_for(work: Work, customer_id: str) -> tuple[DealView, ...]:
    """The open deals of a customer, of people who take part in them, and of the customer's company."""
    customer = work.session.get(Customer, (work.team_id, customer_id))
    company_id = customer.company_id if customer else None
    return _listed(work, _open_for(), theirs=customer_id, company=company_id)


@cache
def _open_for() -> Select[*tuple[Any, ...]]:
    """Made once, since every logged line asks it."""
    theirs: BindParameter[str] = bindparam("theirs")
    company: BindParameter[str] = bindparam("company")
    among = select(DealPerson.deal_id).where(
        DealPerson.team_id == Deal.team_id, DealPerson.deal_id == Deal.deal_id, DealPerson.customer_id == theirs
    )
    of_company = (Deal.company_id == company) & Deal.customer_id.is_(None)
    return _views().where(Deal.state == "open", or_(Deal.customer_id == theirs, among.exists(), of_company))


def by_id(work: Work, deal_id: str) -> DealView | None:
    """One deal."""
    return next(iter(_listed(work, _views().where(Deal.deal_id == deal_id))), None)


def details(work: Work, deal_id: str) -> DealDetails:
    """One deal with its stages and people; raises NotFound, also where its customer is another's private one."""
    row = work.session.get(Deal, (work.team_id, deal_id))
    view = by_id(work, deal_id)
    if row is None or view is None or not _may_see(work, row.customer_id):
        raise NotFound("That deal is no longer there.")
    at = next((one.pipeline_id for one in stages(work) if one.stage_id == row.stage_id), None)
    return DealDetails(
        view,
        row.customer_id,
        row.company_id,
        row.owner,
        stages(work, at),
        row.lost_reason,
        row.opened_at,
        row.closed_at,
        _level(work, row.customer_id),
    )


def named(work: Work, text: str) -> tuple[tuple[DealView, ...], bool]:
    """Open deals that the text names, and whether it does so surely: every word is there, and one deal fits best."""
    words = tokens(text)
    found = tuple(one for one in by_name(work, text) if _may_see(work, _customer_of(work, one.deal_id)))
    return found, len(found) == 1 and _fit(words, found[0]) >= _SURE


def owned(work: Work, owner: str | None, most: int = 2_000) -> tuple[DealView, ...]:
    """Open deals of a colleague, or of everybody, the next to close first; none of another's private customer."""
    query = _views().where(Deal.state == "open", _visible(work))
    if owner:
        query = query.where(Deal.owner == owner)
    return _listed(work, query, most)


def limit(work: Work) -> Money | None:
    """The amount above which the team is asked before a deal changes; None where there is no limit."""
    team = work.session.get(Team, (work.team_id,))
    told = team.settings.get(LIMIT) if team else None
    if not isinstance(told, dict) or "minor" not in told:
        return None
    return Money(int(told["minor"]), str(told["currency"]))


def decision(work: Work, question_id: str) -> Decision | None:
    """How a question before an act was answered; None while nobody has answered."""
    row = work.session.get(Question, (work.team_id, question_id))
    if row is None or row.answered_at is None:
        return None
    user = work.session.get(User, (work.team_id, row.answered_by or ""))
    return Decision(row.state, user.slack_user_id if user else "", row.answered_at)


def question_of(inbox_id: str) -> str:
    """The id of the question that one gesture leads to: each gesture asks at most once."""
    return f"{Prefix.QUESTION}_{inbox_id.partition('_')[2]}"


def _may_see(work: Work, customer_id: str | None) -> bool:
    customer = work.session.get(Customer, (work.team_id, customer_id)) if customer_id else None
    return customer is None or customer.level == "team" or work.actor in {customer.owner, SYSTEM}


def _level(work: Work, customer_id: str | None) -> str:
    customer = work.session.get(Customer, (work.team_id, customer_id)) if customer_id else None
    return customer.level if customer else "team"


def _customer_of(work: Work, deal_id: str) -> str | None:
    row = work.session.get(Deal, (work.team_id, deal_id))
    return row.customer_id if row else None


def _visible(work: Work) -> Any:
    if work.actor == SYSTEM:
        return literal(True)
    return or_(Customer.customer_id.is_(None), Customer.level == "team", Customer.owner == work.actor)


def by_name(work: Work, text: str, customer_id: str | None = None) -> tuple[DealView, ...]:
    """Open deals that the text can mean, the best first: its words are those of the deal, its company or customer."""
    wanted = tokens(text)
    if not wanted:
        return ()
    deals = open_for(work, customer_id) if customer_id else _listed(work, _views().where(Deal.state == "open"))
    scored = [(_fit(wanted, deal), deal) for deal in deals]
    good = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))
    best = good[0][0] if good else 0.0
    return tuple(deal for fit, deal in good if fit >= best - 0.05)


def stages(work: Work, pipeline_id: str | None = None) -> tuple[StageView, ...]:
    """The stages in their order, pipeline by pipeline."""
    query = (
        select(Stage.stage_id, Stage.name, Stage.pipeline_id, Pipeline.name, Stage.outcome)
        .join(Pipeline, (Pipeline.team_id == Stage.team_id) & (Pipeline.pipeline_id == Stage.pipeline_id))
        .order_by(Pipeline.position, Pipeline.pipeline_id, Stage.position)
    )
    if pipeline_id:
        query = query.where(Stage.pipeline_id == pipeline_id)
    return tuple(StageView(*row) for row in work.session.execute(query).all())


def stage_named(work: Work, text: str, pipeline_id: str | None = None) -> StageView:
    """The stage that the text means: by id, by its start, or mistyped; raises NotFound with those there are."""
    known = stages(work, pipeline_id)
    known_by_id = next((one for one in known if one.stage_id == text), None)
    if known_by_id:
        return known_by_id
    wanted = tokens(text)
    scored = sorted(((_nearness(wanted, tokens(one.name)), one) for one in known), key=lambda pair: -pair[0])
    if not wanted or not scored or scored[0][0] < _NEAR_ENOUGH:
        names = ", ".join(dict.fromkeys(one.name for one in known))
        raise NotFound(f"There is no stage “{text}”. The stages are {names}.", wanted=text)
    if len(scored) > 1 and scored[1][0] == scored[0][0] and scored[1][1].name != scored[0][1].name:
        names = f"{scored[0][1].name} or {scored[1][1].name}"
        raise Ambiguous(f"“{text}” can mean {names}.", wanted=text, candidates=(scored[0][1], scored[1][1]))
    return scored[0][1]


def pipeline(work: Work, owner_user_id: str | None = None) -> tuple[PipelineLine, ...]:
    """All open deals by stage."""
    query = _views().where(Deal.state == "open")
    if owner_user_id:
        query = query.where(Deal.owner == owner_user_id)
    deals = _listed(work, query, most=10_000)
    return tuple(
        PipelineLine(stage, there, _totals(there))
        for stage in stages(work)
        if stage.outcome == "open"
        for there in [tuple(deal for deal in deals if deal.stage_id == stage.stage_id)]
    )


def _totals(deals: tuple[DealView, ...]) -> tuple[Money, ...]:
    sums: dict[str, int] = {}
    for deal in deals:
        if deal.amount:
            sums[deal.amount.currency] = sums.get(deal.amount.currency, 0) + deal.amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _fit(wanted: tuple[str, ...], deal: DealView) -> float:
    """How well all typed words fit the deal; words of the deal itself count a little more than its people's."""
    own = tokens(deal.name)
    around = tokens(f"{deal.company or ''} {deal.customer or ''}")
    total = 0.0
    for word in wanted:
        here = max((nearness(word, one).value for one in own), default=0.0)
        there = max((nearness(word, one).value for one in around), default=0.0) * 0.98
        best = max(here, there)
        if best < _NEAR_ENOUGH:
            return 0.0
        total += best
    return total / len(wanted)


def _nearness(wanted: tuple[str, ...], stored: tuple[str, ...]) -> float:
    """Every typed word must be near a stored one; leaving words out costs little."""
    if not wanted or not stored:
        return 0.0
    near = [max(nearness(word, one).value for one in stored) for word in wanted]
    return min(near) - 0.01 * max(0, len(stored) - len(wanted))


def _views() -> Select[*tuple[Any, ...]]:
    return (
        select(Deal, Stage.name, User.slack_user_id, Company.name, Customer.name)
        .outerjoin(Stage, (Stage.team_id == Deal.team_id) & (Stage.stage_id == Deal.stage_id))
        .outerjoin(User, (User.team_id == Deal.team_id) & (User.user_id == Deal.owner))
        .outerjoin(Company, (Company.team_id == Deal.team_id) & (Company.company_id == Deal.company_id))
        .outerjoin(Customer, (Customer.team_id == Deal.team_id) & (Customer.customer_id == Deal.customer_id))
        .where(Deal.removed_at.is_(None))
        .order_by(Deal.close_on.is_(None), Deal.close_on, Deal.deal_id)
    )


def _listed(
    work: Work, query: Select[*tuple[Any, ...]], most: int = _MOST, **asked: str | None
) -> tuple[DealView, ...]:
    return tuple(
        DealView(
            deal.deal_id,
            deal.name,
            stage or "",
            deal.stage_id,
            Money(deal.amount_minor, deal.currency) if deal.amount_minor is not None else None,
            deal.close_on,
            deal.state,
            owner,
            company,
            customer,
            deal.version,
        )
        for deal, stage, owner, company, customer in work.session.execute(query.limit(most), asked).all()
    )
