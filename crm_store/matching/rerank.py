"""Ranks candidates of a look-up: each word typed is given to one word of the contact, and the answer says which."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm_store.matching import addressed, companies
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.matching.hopes import Hopes, best_of
from crm_store.matching.nearby import Nearby
from crm_store.matching.normalise import fold, is_ideographic
from crm_store.matching.profile import FIRST_HAND, Candidate, Profile, Target, profile_of
from crm_store.matching.similarity import How, Nearness, nearness
from crm_store.matching.typed import Typed, read_typed
from crm_store.matching.verdicts import Ranked, Sureness, Verdict, verdict

__all__ = ["Candidate", "Idf", "Match", "Ranked", "Rarity", "Sureness", "Verdict", "rank", "score", "verdict"]

Idf = Callable[[str], float]

LEAST_SCORE = 0.35
DECIMALS = 9
LEAST_LIKENESS = 0.6  # Where no word comes so near, as two errors in five letters, nobody is found.
LEFT_OVER = 0.04
UNASKED = 0.01
NO_NAME = 2 * LEFT_OVER
FIRM_FIRST = 0.02
MOST_TAKEN_OFF = LEFT_OVER + UNASKED + NO_NAME + FIRM_FIRST
_LEAST_WEIGHT = 0.1
SECOND_HAND = 0.96
LONE_LETTER = 0.8
STORED_INITIAL = 0.66
COMPANY_INITIAL = 0.5
NOT_THE_MAILBOX = 0.98  # What fits a single piece of writing alike, where another's mailbox is just that.
SHORTEST_JOINED = 5
_SAME = Nearness(1.0, How.EXACT)


@dataclass(frozen=True, slots=True)
class Match:
    """How well a candidate fits: `score` in 0..1, and in words what matched what."""

    score: float
    why: str


class Rarity(dict[str, float]):
    """The weight of each word, asked of the look-up once a ranking."""

    def __init__(self, idf: Idf) -> None:
        super().__init__()
        self._idf = idf

    def __missing__(self, word: str) -> float:
        self[word] = weight = rarity_of(word, self._idf)
        return weight


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one part of the query got: its weight, its nearness, and the words that say so."""

    weight: float
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A candidate's score, and what its sentence is made of once it is known to be among the best."""

    score: float
    pieces: tuple[_Piece, ...]
    words: tuple[str, ...]
    targets: tuple[Target, ...]
    chosen: list[tuple[int, Nearness] | None]

    def why(self) -> str:
        """What matched what, in words."""
        said = [piece.why for piece in self.pieces]
        said += [_word(word, self.targets, found) for word, found in zip(self.words, self.chosen, strict=True)]
        return ", ".join(said)


def score(query: str, candidate: Candidate, idf: Idf) -> Match:
    """How well the candidate answers the query; `idf` weighs a folded word (rare ones more), above 0."""
    weighed = _weigh(read_typed(query), candidate, Rarity(idf), _nearby([candidate]))
    return Match(weighed.score, weighed.why())


def rank(
    query: str,
    candidates: Sequence[Candidate],
    idf: Idf,
    limit: int = 5,
    hopes: Hopes | None = None,
    enough: int | None = None,
) -> list[Ranked]:
    """The best candidates, best first; those that answer less than a third of the query are left out.

    With `hopes` the likeliest are weighed first, and no more once nobody left can come among the best. So many as are
    `enough` are given where the first of them is certain.
    """
    asked, rarity = read_typed(query), Rarity(idf)
    weigher = _Weigher(asked, candidates, rarity, hopes)
    few = weigher.best(min(enough or limit, limit))
    return few if len(few) >= limit or verdict(few).sureness is Sureness.CERTAIN else weigher.best(limit)


class _Weigher:
    """Weighs candidates by their places, each at most once, and only those of whom nothing else tells."""

    def __init__(self, asked: Typed, candidates: Sequence[Candidate], rarity: Rarity, hopes: Hopes | None) -> None:
        self._asked = asked
        self._candidates = candidates
        self._rarity = rarity
        self._hopes = hopes
        self._nearby = None if hopes else _nearby(candidates)
        self._weighed: dict[int, _Weighed] = {}
        self._ranked: dict[int, Ranked] = {}

    def best(self, most: int) -> list[Ranked]:
        """So many of the best, best first."""
        if self._hopes:
            best = best_of(self._hopes, most, LEAST_SCORE, lambda at: rounded(self._of(at).score))
        else:
            scores = [(rounded(self._of(at).score), at) for at in range(len(self._candidates))]
            fitting = [one for one in scores if one[0] >= LEAST_SCORE]
            best = sorted(fitting, key=lambda one: (-one[0], self._order(one[1])))[:most]
        told = [self._told(at, score) for score, at in best]
        if any(one.score != score for one, (score, _) in zip(told, best, strict=True)):
            told.sort(key=lambda one: (-one.score, fold(one.candidate.name), one.candidate.id))
        return told

    def _order(self, at: int) -> tuple[str, str]:
        return fold(self._candidates[at].name), self._candidates[at].id

    def _told(self, at: int, score: float) -> Ranked:
        if at not in self._ranked:
            candidate = self._candidates[at]
            why = self._hopes.why(at, candidate) if self._hopes and at not in self._weighed else None
            if why is None:
                score, why = rounded(self._of(at).score), self._of(at).why()
            self._ranked[at] = Ranked(candidate, score, why)
        return self._ranked[at]

    def _of(self, at: int) -> _Weighed:
        if at not in self._weighed:
            candidate = self._candidates[at]
            # With hopes few are weighed, each of whom is sooner compared alone than with the words of all.
            nearby = Nearby(profile_of(candidate).standing) if self._nearby is None else self._nearby
            self._weighed[at] = _weigh(self._asked, candidate, self._rarity, nearby)
        return self._weighed[at]


def rounded(score: float) -> float:
    """A score as it is compared: how it was added up makes no difference."""
    return round(score, DECIMALS)


def rarity_of(word: str, idf: Idf) -> float:
    """What a word of the query weighs."""
    return max(_LEAST_WEIGHT, idf(word))


def _nearby(candidates: Sequence[Candidate]) -> Nearby:
    """The words of all candidates, to be compared with each word of the query at once."""
    return Nearby(target.word for candidate in candidates for target in profile_of(candidate).targets)


def _weigh(asked: Typed, candidate: Candidate, rarity: Rarity, nearby: Nearby) -> _Weighed:
    pieces = [_phone(asked.digits, candidate)] if asked.digits else []
    pieces += [_address(address, candidate, rarity, nearby) for address in asked.addresses]
    profile = profile_of(candidate)
    words = _as_written(asked.words, profile)
    chosen = _assign(words, profile, rarity, nearby)
    weights = [rarity[word] for word in words]
    total = sum(piece.weight for piece in pieces) + sum(weights)
    if not total or _likeness(asked, candidate, pieces, chosen) < LEAST_LIKENESS:
        return _Weighed(0.0, (), (), profile.targets, [])
    value = sum(piece.weight * piece.value for piece in pieces)
    value += sum(weight * found[1].value for weight, found in zip(weights, chosen, strict=True) if found)
    value /= total
    if words:
        used = {found[0] for found in chosen if found}
        order = [profile.targets[found[0]].field for found in chosen if found]
        value -= _left_over(profile, used, rarity) + _unasked(profile, used, len(words)) + firm_first(order)
    if asked.mailbox and not any(key.startswith(asked.mailbox) for key in profile.mailboxes):
        value *= NOT_THE_MAILBOX
    return _Weighed(min(1.0, max(0.0, value)), tuple(pieces), words, profile.targets, chosen)


def _likeness(
    asked: Typed, candidate: Candidate, pieces: Sequence[_Piece], chosen: Sequence[tuple[int, Nearness] | None]
) -> float:
    """How near the nearest piece of the query is; the reading of signs is near to other writings only as it is."""
    near = [found[1] for found in chosen if found]
    if asked.ideographic and not is_ideographic(f"{candidate.name}{candidate.company}"):
        near = [one for one in near if one.how is How.EXACT]
    return max((*(piece.value for piece in pieces), *(one.value for one in near)), default=0.0)


def _as_written(words: tuple[str, ...], profile: Profile) -> tuple[str, ...]:
    """The words as the candidate writes them: `delarosa` in three, `mac donald` in one."""
    found: list[str] = []
    at = 0
    while at < len(words):
        pair = words[at] + words[at + 1] if at + 1 < len(words) else ""
        if pair in profile.places and not (words[at] in profile.places and words[at + 1] in profile.places):
            found.append(pair)
            at += 2
            continue
        apart = profile.apart(words[at]) if words[at] not in profile.places else ()
        found += apart or [words[at]]
        at += 1
    return tuple(found)


def _assign(
    words: tuple[str, ...], profile: Profile, rarity: Rarity, nearby: Nearby
) -> list[tuple[int, Nearness] | None]:
    """Give each word its own target so that the weighted sum is greatest: exact search over the few that are near."""
    options = [_options(word, words.count(word), profile, nearby[word]) for word in words]
    weights = [rarity[word] for word in words]
    ceilings = [0.0] * (len(words) + 1)
    for at in range(len(words) - 1, -1, -1):
        best = options[at][0][1].value if options[at] else 0.0
        ceilings[at] = ceilings[at + 1] + weights[at] * best
    best_sum = -1.0
    best_choice: list[tuple[int, Nearness] | None] = [None] * len(words)
    choice: list[tuple[int, Nearness] | None] = [None] * len(words)

    def search(at: int, used: int, total: float) -> None:
        nonlocal best_sum, best_choice
        if total + ceilings[at] <= best_sum:
            return
        if at == len(words):
            best_sum, best_choice = total, list(choice)
            return
        for option in options[at]:
            if not used >> option[0] & 1:
                choice[at] = option
                search(at + 1, used | 1 << option[0], total + weights[at] * option[1].value)
        choice[at] = None
        search(at + 1, used, total)

    search(0, 0, 0.0)
    return best_choice


def _options(word: str, times: int, profile: Profile, near_words: Mapping[str, Nearness]) -> list[tuple[int, Nearness]]:
    """The nearest targets of a word, best first, at most five; names win over addresses at equal nearness."""
    exact = profile.places.get(word, ())
    if len(exact) >= times and len(word) > 1:
        return [(at, _SAME) for at in exact[:5]]
    near = []
    # Most words of most candidates are far from what was typed.
    for stored in near_words.keys() & profile.standing.keys():
        for at in profile.standing[stored]:
            target, found = profile.targets[at], near_words[stored]
            if found.how is not How.TYPO or at not in profile.forms:
                found = _of_letters(word, found, target) if min(len(word), len(stored)) == 1 else found
                found = found if target.field in FIRST_HAND else _second_hand(word, found, target.field)
                if found.value:
                    near.append((at, found))
    near.sort(key=lambda option: (-option[1].value, option[0]))
    return near[:5]


def _of_letters(word: str, found: Nearness, target: Target) -> Nearness:
    """Initials are of names: a whole word hardly means the `s` of `S.r.l.`, nor a letter a company's first."""
    if len(word) > 1:
        return Nearness(STORED_INITIAL, found.how) if target.field == "name" else Nearness(0.0, How.NONE)
    if target.field == "company" and (found.how is not How.EXACT or companies.is_legal_form(word)):
        return Nearness(COMPANY_INITIAL, found.how)
    return found


def _second_hand(word: str, found: Nearness, field: str) -> Nearness:
    """A match in an address or in words written as one counts a little less; in both, short words are chance."""
    if field == "joined" and len(word) < SHORTEST_JOINED:
        return Nearness(0.0, How.NONE)
    if len(word) == 1:
        return Nearness(min(found.value, LONE_LETTER), found.how)
    return Nearness(found.value * SECOND_HAND, found.how)


def _word(word: str, targets: tuple[Target, ...], found: tuple[int, Nearness] | None) -> str:
    if found is None or not found[1].value:
        return unfound(word)
    at, near = found
    return said(word, targets[at].shown, near.how)


def said(word: str, shown: str, how: How) -> str:
    """In words: by which rule a typed word met a piece of writing."""
    if how is How.EXACT:
        return f"{word} = {shown}"
    if how is How.INITIAL or (how is How.START and fold(shown).startswith(word)):
        return f"{word}… = {shown}"
    return f"{word} ≈ {shown}"


def unfound(word: str) -> str:
    """What is said of a typed word that is near nothing."""
    return f"{word} ?"


def _address(address: str, candidate: Candidate, rarity: Rarity, nearby: Nearby) -> _Piece:
    """An address or part of one against the stored ones, else against name and company."""
    weight = 2.0 * rarity[address]
    local, _, domain = address.rpartition("@")
    best = _Piece(weight, 0.0, f"{address} ?")
    for stored in candidate.emails:
        key = email_key(stored)
        if key == address:
            return _Piece(weight, 1.0, f"{address} = {stored}")
        value = addressed.fit(address, key, _how_near)
        if value > best.value:
            starts = key.startswith(address) or (not local and key.rpartition("@")[2].startswith(domain))
            best = _Piece(weight, value, f"{address}… = {stored}" if starts else f"{address} ≈ {stored}")
    if best.value >= addressed.SURE:
        return best
    borrowed = _borrowed(address, candidate, rarity, nearby)
    if borrowed > best.value:
        shown = " · ".join(part for part in (candidate.name, candidate.company) if part)
        best = _Piece(weight, borrowed, f"{address} ≈ {shown}")
    return best


def _how_near(typed: str, stored: str) -> float:
    return nearness(typed, stored).value


def _borrowed(address: str, candidate: Candidate, rarity: Rarity, nearby: Nearby) -> float:
    words = addressed.words_of(address)
    if not words:
        return 0.0
    found = _assign(words, profile_of(candidate), rarity, nearby)
    weights = [rarity[word] for word in words]
    values = [near[1].value if near else 0.0 for near in found]
    return addressed.BORROWED * sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


def _phone(digits: str, candidate: Candidate) -> _Piece:
    weight = 20.0
    national = digits.lstrip("0")
    best = _Piece(weight, 0.0, f"{digits} ?")
    for stored in candidate.phones:
        number = phone_digits(stored)
        if digits == number or (len(national) >= 7 and number.endswith(national)):
            return _Piece(weight, 1.0, f"{digits} = {stored}")
        value = 0.97 if number.endswith(national) else 0.9 if national in number else 0.0
        if value > best.value:
            best = _Piece(weight, value, f"{digits}… = {stored}")
    return best


def _left_over(profile: Profile, used: set[int], rarity: Rarity) -> float:
    """A little off for company words nobody asked for, so that `Acme` comes before `Acme Labs`."""
    telling = profile.telling
    if not telling or not any(profile.targets[at].field == "company" for at in used):
        return 0.0
    total = sum(rarity[word] for _, word in telling)
    return LEFT_OVER * sum(rarity[word] for at, word in telling if at not in used) / total


def _unasked(profile: Profile, used: set[int], asked: int) -> float:
    """A little off for words of the name nobody asked for, and where several words are all the company's."""
    named = sum(at in used for at in range(profile.named))
    beyond = any(profile.targets[at].field != "company" for at in used)
    return unasked(named, profile.named, asked, beyond=beyond)


def unasked(named: int, names: int, asked: int, *, beyond: bool) -> float:
    """What is taken off where `named` of a name's words are asked for; `beyond` says that not all are a company's.

    Of several words all but one are likely the name, so that the less of it is among them the less it is meant.
    """
    if named:
        likely = min(names, max(1, asked - 1))
        return UNASKED * (1 - named / names) + NO_NAME * max(0.0, 1 - named / likely)
    return 0.0 if asked < 2 or beyond else NO_NAME


def firm_first(fields: Sequence[str]) -> float:
    """What is taken off where a company's word stands before a name's: people are named before their company."""
    if "company" not in fields:
        return 0.0
    return FIRM_FIRST if "name" in fields[fields.index("company") :] else 0.0
