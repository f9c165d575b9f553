"""Those who may be meant, while the token tables are read: how near each typed word is to one of theirs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, moment, plain, read_plain
from crm_store.lookup.tokens import COMPANY, NAME, in_groups
from crm_store.matching.nearby import Nearby
from crm_store.matching.similarity import How

_COVERED: Final = 0.75
_LONE_LETTER: Final = 0.4
_OF_COMPANY: Final = 0.99
_ELSEWHERE: Final = 0.96
_TIED_AT_ONCE: Final = 2_000
_SURELY_RANKED: Final = 12
_LEAST_SHARE: Final = 0.75
_ALIKE: Final = 1e-9
_OWN_WORDS: Final = plain("SELECT customer_id, text, fields FROM postings WHERE team_id = ? AND customer_id IN {many}")
_LIKELIEST_OF: Final = plain(
    "SELECT customer_id, owner, last_touch_at FROM customers WHERE team_id = ? AND customer_id IN {many}"
    " ORDER BY (owner IS NOT DISTINCT FROM ?) DESC, last_touch_at DESC NULLS LAST, customer_id LIMIT ?"
)


class Pool:
    """Customers found so far. What was told of them is what led there; their own words tell how near all others are."""

    def __init__(self, words: Mapping[str, float], sure: Mapping[str, float]) -> None:
        self._words = tuple(words)
        self._weights = tuple(words.values())
        self._told: dict[str, list[float]] = {one: [0.0] * len(words) for one in sure}
        self._weighed: dict[str, list[float]] = {}
        self._covered: dict[str, int] = {}
        self._begun: dict[str, int] = {}
        self._sure = dict(sure)
        self._totals = dict(sure)

    def tell(self, customer_id: str, places: Iterable[tuple[int, float]], beside: float = 0.0) -> None:
        """That the customer bears something so near to the typed words at these places; `beside` parts who ties."""
        near = self._told.get(customer_id)
        if near is None:
            near = self._told[customer_id] = [0.0] * len(self._words)
            self._totals[customer_id] = 0.0
        self._totals[customer_id] += beside
        for at, value in places:
            if near[at] < value:
                self._totals[customer_id] += self._weights[at] * (value - near[at])
                near[at] = value

    def reached(self, at: int) -> float:
        """How near anybody comes to the typed word at that place."""
        return max((near[at] for near in self._weighed.values()), default=0.0)

    def covers(self, places: Iterable[int] | None = None, *, begun: bool = False) -> bool:
        """Whether somebody bears all typed words, or those at these places, about as they were typed.

        With `begun` also who bears words that only begin so: where words are half typed, others may begin so as well.
        """
        wanted = sum(1 << at for at in (range(len(self._words)) if places is None else places))
        borne = self._begun if begun else self._covered
        return any(covered & wanted == wanted for covered in borne.values())

    def enough(self, *, begun: bool = False) -> bool:
        """Whether somebody bears all typed words or was found by an address, and others are there to choose among."""
        return len(self._weighed) >= _SURELY_RANKED and (bool(self._sure) or self.covers(begun=begun))

    def weigh(self, work: Work, owner: str, most: int) -> None:
        """Read the words of so many of those who are new, the likeliest, and compare them with what was typed."""
        fresh = [one for one in self._told if one not in self._weighed]
        some = self._best(work, fresh, owner, most)
        if not some:
            return
        borne = read_plain(work, _OWN_WORDS, TEAM, some)
        nearby = Nearby(text for _, text, _ in borne)
        values: dict[str, list[tuple[int, float]]] = {}
        firm, begun = dict[str, int](), dict[str, int]()
        for at, word in enumerate(self._words):
            for text, near in nearby[word].items():
                # A whole word hardly means the `s` of `S.r.l.`, as the ranking knows better.
                value = near.value if len(text) > 1 or len(word) == 1 else _LONE_LETTER
                values.setdefault(text, []).append((at, value))
                if value >= _COVERED:
                    begun[text] = begun.get(text, 0) | 1 << at
                    firm[text] = firm.get(text, 0) | (near.how is not How.START) << at
        for one in some:
            # What led there may stand in any field; what follows tells in which, so that names come first.
            self._set(one, [value * _ELSEWHERE for value in self._told[one]])
        for customer_id, text, fields in borne:
            if text in values:
                share = 1.0 if fields & NAME else _OF_COMPANY if fields & COMPANY else _ELSEWHERE
                self.tell(customer_id, [(at, value * share) for at, value in values[text]])
                self._covered[customer_id] |= firm.get(text, 0)
                self._begun[customer_id] |= begun.get(text, 0)

    def _set(self, customer_id: str, near: list[float]) -> None:
        self._totals[customer_id] = self._sure.get(customer_id, 0.0)
        self._told[customer_id] = self._weighed[customer_id] = [0.0] * len(near)
        self._covered[customer_id] = self._begun[customer_id] = 0
        self.tell(customer_id, list(enumerate(near)))

    def best(self, work: Work, owner: str, most: int) -> list[str]:
        """At most so many, best first; whoever shares far less than the twelfth will not come before it."""
        order = self._best(work, list(self._weighed), owner, most)
        if len(order) <= _SURELY_RANKED:
            return order
        least = self._totals[order[_SURELY_RANKED - 1]] * _LEAST_SHARE
        return [one for one in order if self._totals[one] >= least]

    def _best(self, work: Work, ids: Sequence[str], owner: str, most: int) -> list[str]:
        """So many who share most; where more fit alike, the asker's own and the recent ones are among them."""
        totals = self._totals
        order = sorted(ids, key=lambda one: (-totals[one], one))
        if len(order) <= most or totals[order[most - 1]] - totals[order[most]] > _ALIKE:
            return order[:most]
        edge = totals[order[most]]
        if edge < totals[order[0]] * _LEAST_SHARE:
            return order[:most]
        sure = [one for one in order if totals[one] > edge + _ALIKE]
        tied = [one for one in order if abs(totals[one] - edge) <= _ALIKE]
        return [*sure, *likeliest_of(work, tied, owner, most - len(sure))]


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def likeliest_of(work: Work, tied: Sequence[str], owner: str, needed: int) -> list[str]:
    """So many of those who fit alike: the owner's own first, then those lately in touch."""
    likely: list[tuple[bool, float, str]] = []
    for some in in_groups(tied, _TIED_AT_ONCE):
        for customer_id, owned_by, touched in read_plain(work, _LIKELIEST_OF, TEAM, list(some), owner, needed):
            likely.append((owned_by != owner, -_seconds(moment(touched)), customer_id))
    return [customer_id for _, _, customer_id in sorted(likely)[:needed]]
