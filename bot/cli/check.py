"""One thing that the doctor looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, and whether it is well; `fix` is what to do about it."""

    check: str
    ok: bool
    detail: str
    fix: str | None = None
