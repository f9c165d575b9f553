"""Starts, watches and ends the analyst's process; imports nothing heavy itself."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.settings import child_environment
from crm_store.values.contacts import ContactOrder
from crm_store.values.duplicates import FoundPair, FoundPairs
from crm_store.values.fresh import Fresh
from crm_store.values.history_pieces import HistoryPiece
from crm_store.values.marketing import DrawnChart
from crm_store.values.score_batches import ScoreBatch
from crm_store.values.scores import Band, DealScore, ModelRecord, Reason, Score, ScoreKind, SegmentResult, Verdict

Result = ScoreBatch | SegmentResult | ModelRecord | DrawnChart | Fresh | FoundPairs | ContactOrder | HistoryPiece
LONGEST: Final = 15 * 60.0
_LONGEST_LINE: Final = 2**26
_log = get_logger(__name__)
# One thread a library leaves the second core to the chat.
_CALM: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class AnalysisFailed(CrmError):
    """The analysis ended before it was done; yesterday's scores stay."""


@dataclass(frozen=True, slots=True)
class AnalysisOrder:
    """Which team is to be analysed as of which day, and where its rows lie.

    `customers` alone are scored anew, where there are some; on two `cores` the halves of an analysis go side by side.
    """

    team_id: str
    as_of: date
    store_url: str
    customers: tuple[str, ...] = ()
    cores: int = 1


async def run(
    order: AnalysisOrder,
    on_progress: Callable[[str], None],
    *,
    longest: float = LONGEST,
    module: str = "analytics",
) -> AsyncIterator[Result]:
    """Results as the child tells them; raises AnalysisFailed if it ends early. Leaving the loop kills the child."""
    environment = child_environment({**_CALM, "DATABASE_URL": order.store_url}, with_store=True)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        limit=_LONGEST_LINE,
    )
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise AnalysisFailed
    said = asyncio.create_task(child.stderr.read())
    ended = False
    loop = asyncio.get_running_loop()
    deadline = loop.time() + longest
    try:
        asked = {
            "team_id": order.team_id,
            "as_of": order.as_of.isoformat(),
            "customers": order.customers,
            "cores": order.cores,
        }
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        child.stdin.close()
        # The deadline is looked at between lines, never across a yield: it must not end the reader's own work.
        while raw := await asyncio.wait_for(child.stdout.readline(), deadline - loop.time()):
            line = json.loads(raw)
            ended = ended or line["line"] == "end"
            result = _result(line, on_progress)
            if result is not None:
                yield result
        await asyncio.wait_for(child.wait(), deadline - loop.time())
    except TimeoutError as problem:
        raise AnalysisFailed(f"The analysis took longer than {longest / 60:.0f} minutes and was ended.") from problem
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        problem_text = (await said).decode(errors="replace")
    if not ended or child.returncode != 0:
        _log.warning("analyst_died", returncode=child.returncode, said=problem_text[-2000:])
        raise AnalysisFailed


def _result(line: dict[str, Any], on_progress: Callable[[str], None]) -> Result | None:
    kind = line.pop("line")
    match kind:
        case "progress":
            on_progress(str(line["text"]))
        case "failed":
            raise AnalysisFailed(str(line["sentence"]))
        case "scores":
            return ScoreBatch(**line)
        case "pairs" | "fresh":
            return _pairs(line) if kind == "pairs" else _fresh(line)
        case "record":
            return _record(line)
        case "segment" | "contacts" | "histories":
            return _TOLD[kind](**{**line, **_tuples(line)})
        case "chart":
            rows = tuple(tuple(row) for row in line["rows"])
            png = base64.b64decode(line["png"])
            cells = tuple(tuple(row) for row in line["cells"])
            return DrawnChart(**{**line, "headers": tuple(line["headers"]), "rows": rows, "cells": cells, "png": png})
    return None


_TOLD: Final[dict[str, Callable[..., SegmentResult | ContactOrder | HistoryPiece]]] = {
    "segment": SegmentResult, "contacts": ContactOrder, "histories": HistoryPiece,
}  # fmt: skip


def _tuples(line: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) for name, value in line.items() if isinstance(value, list)}


def _score(line: dict[str, Any]) -> Score:
    return Score(**{**_judged(line), "kind": ScoreKind(line["kind"])})


def _pairs(line: dict[str, Any]) -> FoundPairs:
    return FoundPairs(tuple(_pair(each) for each in line["rows"]))


def _pair(row: dict[str, Any]) -> FoundPair:
    return FoundPair(**{**row, "why": tuple(row["why"]), "evidence": tuple(row["evidence"])})


def _fresh(line: dict[str, Any]) -> Fresh:
    return Fresh(
        customers=tuple(line["customers"]),
        kinds=tuple(line["kinds"]),
        scores=tuple(_score(each) for each in line["scores"]),
        deals=tuple(DealScore(**_judged(each)) for each in line["deals"]),
        placed=line["placed"],
    )


def _judged(line: dict[str, Any]) -> dict[str, Any]:
    reasons = tuple(Reason(**reason) for reason in line["reasons"])
    return {**line, "reasons": reasons, "band": Band(line["band"]) if line["band"] else None}


def _record(line: dict[str, Any]) -> ModelRecord:
    return ModelRecord(
        **{
            **line,
            "as_of": date.fromisoformat(line["as_of"]),
            "features": tuple(line["features"]),
            "verdict": Verdict(line["verdict"]),
        }
    )
