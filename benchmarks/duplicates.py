"""Finding duplicates among made-up people; the peer is Splink, where it is installed, on the same rows."""

import resource
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final

from analytics.duplicates.engine import Table, find
from benchmarks.peers import splink_pairs
from tests.units.analytics.duplicates import made_up

_PEOPLE: Final = 4_000
_SEED: Final = 11
_KINDS: Final = ("registered", "dependent_mail")
Edge = tuple[str, str]
Scored = tuple[float, str, str]


def measure(people: str = str(_PEOPLE)) -> dict[str, Any]:
    """Seconds of processor time, megabytes and F1 at the own threshold; each search has a process of its own.

    A register with dates and numbers, and contacts whose address is made of name and company; `duplicates:80000` makes
    as many people of each kind. Splink gets its settings from the columns, one recipe for both.
    """
    told: dict[str, Any] = {}
    for kind in _KINDS:
        told |= {f"{kind}_{name}": value for name, value in _alone(_ours, kind, int(people)).items()}
        if not splink_pairs.installed():
            told["peer"] = "splink is not installed"
            continue
        theirs = _alone(_splinks, kind, int(people))
        told |= {f"peer_{kind}_{name}": value for name, value in theirs.items() if name != "rows"}
        told[f"{kind}_ratio"] = round(told[f"{kind}_seconds"] / theirs["seconds"], 3)
        told["peer"] = "splink"
    return told


def _alone(search: Callable[[str, int], dict[str, Any]], kind: str, people: int) -> dict[str, Any]:
    """Run in a new process, so that the memory of one search does not count for the next."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(search, kind, people).result()


def _ours(kind: str, people: int) -> dict[str, Any]:
    def search(table: Table) -> tuple[list[Edge], list[Scored]]:
        found = find(table)
        return [(one.a, one.b) for one in found.proposed], [(one.weight, one.a, one.b) for one in found.pairs]

    return _timed(kind, people, search)


def _splinks(kind: str, people: int) -> dict[str, Any]:
    def search(table: Table) -> tuple[list[Edge], list[Scored]]:
        scored = splink_pairs.find(table)
        return [(a, b) for weight, a, b in scored if weight >= 0], scored

    return _timed(kind, people, search)


def _timed(kind: str, people: int, search: Callable[[Table], tuple[list[Edge], list[Scored]]]) -> dict[str, Any]:
    known = made_up.EVERY[kind](_SEED, people)  # type: ignore[call-arg]  # All of them take a number of people.
    began = time.process_time()
    pairs, scored = search(known.left)
    seconds = time.process_time() - began
    precision, recall, f1 = made_up.score(known, pairs)
    return {
        "rows": len(known.left.ids),
        "seconds": round(seconds, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "best_f1": round(_best(known, scored), 4),
    }


def _best(known: made_up.Known, scored: Iterable[Scored]) -> float:
    """F1 at the threshold that would have been best, chosen with the answers: what the order of the pairs is worth."""
    best, right = 0.0, 0
    for taken, (_, a, b) in enumerate(sorted(scored, reverse=True), 1):
        right += (min(a, b), max(a, b)) in known.same
        best = max(best, 2 * right / (taken + len(known.same)))
    return best
