"""The certificate of an erasure: what went and when, and a digest over it that anybody can work out again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.people import Team
from crm_store.models.privacy import Erasure

HOW: Final = "SHA-256 over the JSON list [erasure, at, marks, counts], with sorted keys and without spaces"


def digest(erasure_id: str, at: str, marks: Sequence[str], counts: Mapping[str, Any]) -> str:
    """The certificate's digest."""
    told = json.dumps([erasure_id, at, list(marks), counts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def as_file(work: Work, erasure_id: str) -> bytes:
    """An earlier erasure's certificate as JSON, which names nobody; raises NotFound."""
    row = work.session.get(Erasure, (work.team_id, erasure_id))
    if row is None:
        raise NotFound(f"There is no erasure {erasure_id}.", wanted=erasure_id)
    told = {
        "erasure": row.erasure_id,
        "team": work.session.get_one(Team, (work.team_id,)).name,
        "at": row.at.isoformat(),
        "by": row.by,
        "marks": row.marks,
        "counts": row.counts,
        "certificate": row.certificate,
        "worked_out_as": HOW,
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()
