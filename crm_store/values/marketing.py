"""Suggestions, audiences, segments and charts as they cross borders, and the one rule for who may be written to."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from crm_store.values.plans import Step
from crm_store.values.purposes import REFUSED, Purpose
from crm_store.values.responses import CampaignNumbers

Verdict = Literal["approved", "dismissed"]
OPEN_STATES: Final = ("proposed", "edited")
HOLDOUT_SHARE: Final = 0.1
CAP: Final = 100

NOT_CONSENTED, SUPPRESSED, NO_ADDRESS = "no consent", "unsubscribed or bounced", "no address"
NO_PHONE, SAID_NO = "no phone number", "said no"
WRITTEN_LATELY, OPEN_DEAL, GONE = "written to lately", "open deal", "no longer a customer"
OTHER_SUGGESTION, OVER_CAP = "in another suggestion", "over the cap"
ENOUGH: Final = "had enough letters this month"
HELD_OUT: Final = "held out by lot"


@dataclass(frozen=True, slots=True)
class Idea:
    """What could be done for whom, before anybody looked at who may be written to; members come best first.

    `personal` ideas are letters of a deal's owner to somebody already in talks: they need no consent to campaigns.
    """

    kind: str
    target: str
    title: str
    who: str
    why: tuple[str, ...]
    members: tuple[str, ...]
    expected: str
    subject: str
    body: str
    personal: bool = False
    cap: int = CAP
    holdout_share: float = HOLDOUT_SHARE
    window_days: int = 30
    by_phone: bool = False
    """Whether owners call instead of writing: the text is then what their task says."""
    policy: str = ""
    """Which policy put the members in order."""
    order: str = ""
    """The same in a sentence."""
    elsewhere: int = 0
    """So many more fit as well, but are in another suggestion."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a customer may be written to."""

    consented: bool = False
    suppressed: bool = False
    has_address: bool = False
    written_lately: bool = False
    open_deal: bool = False
    enough: bool = False
    """Whether they had as many letters lately as a person may have."""
    has_phone: bool = False
    objected: bool = False
    """Whether they said no to letters in any way, or a colleague did for them; that mail comes back is no such word."""
    agreed: frozenset[Purpose] = frozenset()
    refused: frozenset[Purpose] = frozenset()

    def consents(self, purpose: Purpose) -> bool:
        """Whether they agreed to letters for it; to agree to campaigns is to agree to all that was not refused."""
        return (self.consented or purpose in self.agreed) and purpose not in self.refused


@dataclass(frozen=True, slots=True)
class Split:
    """An audience: who is written to, who is held out for comparison, and who is left out with the reason."""

    treated: tuple[str, ...]
    holdout: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]

    @property
    def left_out(self) -> tuple[tuple[str, int], ...]:
        """How many are left out for each reason, the largest first."""
        counts = Counter(reason for _, reason in self.excluded)
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def split(
    members: Sequence[str],
    standings: Mapping[str, Standing],
    *,
    salt: str,
    cap: int = CAP,
    holdout_share: float = HOLDOUT_SHARE,
    personal: bool = False,
    purpose: Purpose = Purpose.OFFERS,
    by_phone: bool = False,
) -> Split:
    """Divide members, best first; the same salt always holds out the same people, whoever else is in the list.

    Where the lot would hold out everybody of a small audience, the one whom it holds out by least is in after all:
    a campaign to nobody would be none.
    """
    why = why_no_call if by_phone else why_no_letter
    treated: list[str] = []
    holdout: list[str] = []
    excluded: list[tuple[str, str]] = []
    for customer_id in dict.fromkeys(members):
        reason = why(standings.get(customer_id), purpose, personal=personal)
        if reason is None and len(treated) + len(holdout) >= cap:
            reason = OVER_CAP
        if reason is not None:
            excluded.append((customer_id, reason))
        elif _draw(salt, customer_id) < holdout_share:
            holdout.append(customer_id)
        else:
            treated.append(customer_id)
    if holdout and not treated:
        treated.append(max(holdout, key=lambda one: _draw(salt, one)))
        holdout.remove(treated[0])
    return Split(tuple(treated), tuple(holdout), tuple(excluded))


def why_no_letter(standing: Standing | None, purpose: Purpose, *, personal: bool) -> str | None:
    """What speaks against a letter to somebody; None says that nothing does."""
    if standing is None:
        return GONE
    checks = (
        (standing.suppressed, SUPPRESSED),
        (not standing.has_address, NO_ADDRESS),
        (purpose in standing.refused, REFUSED[purpose]),
        (not personal and not standing.consents(purpose), NOT_CONSENTED),
        (standing.written_lately, WRITTEN_LATELY),
        (standing.enough, ENOUGH),
        (not personal and standing.open_deal, OPEN_DEAL),
    )
    return next((reason for applies, reason in checks if applies), None)


def why_no_call(standing: Standing | None, purpose: Purpose, *, personal: bool) -> str | None:
    """What speaks against a call by somebody's owner; None says that nothing does.

    A call needs no consent to letters, but whoever refused letters in any way is not called for the same purpose.
    """
    if standing is None:
        return GONE
    checks = (
        (standing.objected, SAID_NO),
        (not standing.has_phone, NO_PHONE),
        (purpose in standing.refused, REFUSED[purpose]),
        (standing.written_lately, WRITTEN_LATELY),
        (not personal and standing.open_deal, OPEN_DEAL),
    )
    return next((reason for applies, reason in checks if applies), None)


def _draw(salt: str, customer_id: str) -> float:
    """A number in [0, 1) that depends on nothing but the salt and the customer."""
    digest = hashlib.sha256(f"{salt}\n{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign in figures."""

    campaign_id: str
    state: str
    treated: int
    holdout: int
    excluded: int
    numbers: CampaignNumbers | None = None


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """All that the card of a suggestion shows; `decided_by` is a Slack id, the draft is rendered for `example`.

    `n` counts who would be written to, `holdout` who would be kept for comparison; `subject_template` and
    `body_template` are what the edit dialog shows; `because` says why this kind was chosen.
    """

    suggestion_id: str
    kind: str
    title: str
    who: str
    n: int
    holdout: int
    why: tuple[str, ...]
    expected: str
    left_out: tuple[tuple[str, int], ...]
    subject: str
    body: str
    example: str | None
    subject_template: str
    body_template: str
    cap: int
    holdout_share: float
    window_days: int
    state: str
    version: int
    created_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    campaign: CampaignView | None
    because: str = ""
    steps: tuple[Step, ...] = ()
    other_subject: str = ""
    send_on: date | None = None
    send_time: str = ""
    by_phone: bool = False
    order: str = ""
    """In which order people are taken, and why."""
    leaves: str = ""
    """At which hours letters leave, and why."""
    budget: str = ""
    """How far the week's budget of letters is used."""


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What came of a press: `first` says it counted; otherwise who decided earlier (Slack id), when and how."""

    first: bool
    by_slack_id: str | None
    at: datetime
    verdict: str
    campaign_id: str | None = None
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class LiftView:
    """What earlier campaigns of a kind achieved: share of orders among treated less that among held out."""

    kind: str
    campaigns: int
    treated: int
    holdout: int
    lift: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment of the latest run, with who came and went since the run before."""

    segment_id: str
    method: str
    key: str
    name: str
    rule: str
    size: int
    share: float
    as_of: date
    moved_in: int
    moved_out: int


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart with its picture, the words for those who do not see it, and the table behind it.

    `shape` and `cells` are what the picture was drawn from, so that a door may draw it in its own way.
    """

    key: str
    title: str
    subtitle: str
    alt_text: str
    png: bytes
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    as_of: date
    shape: str = ""
    cells: tuple[tuple[float, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of its columns of numbers."""
        return self.headers[1:]

    @property
    def counts(self) -> bool:
        """Whether all its cells count the same thing, so that rows and columns may stand side by side as bars."""
        return self.key == "activity_by_rep"


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart as the analyst hands it over."""

    key: str
    title: str
    subtitle: str
    alt_text: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    png: bytes
    shape: str = ""
    cells: tuple[tuple[float, ...], ...] = ()
