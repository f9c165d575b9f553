"""The roles of a team and what each may do: one table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a colleague is in the team, the least first."""

    VIEWER = "viewer"
    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"


class Right(StrEnum):
    """What can be allowed."""

    READ = "read"
    WRITE = "write"
    SETTINGS = "settings"
    JOBS = "jobs"
    EXPORT = "export"
    ROLES = "roles"
    PRIVACY = "privacy"


_READS: Final = frozenset({Right.READ})
_WRITES: Final = _READS | {Right.WRITE}
_LEADS: Final = _WRITES | {Right.SETTINGS, Right.JOBS, Right.EXPORT}
TABLE: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: _READS,
    Role.REP: _WRITES,
    Role.MANAGER: _LEADS,
    Role.ADMIN: _LEADS | {Right.ROLES, Right.PRIVACY},
}
ROLES: Final = tuple(one.value for one in Role)
SAID: Final[Mapping[Right, str]] = {
    Right.READ: "look things up",
    Right.WRITE: "log, add and change things",
    Right.SETTINGS: "change the team's settings",
    Right.JOBS: "run jobs",
    Right.EXPORT: "export what the team has",
    Right.ROLES: "give roles",
    Right.PRIVACY: "export or erase a person's data",
}
"""Each right as the end of a sentence that begins with who may."""


def rights_of(role: str) -> frozenset[Right]:
    """What a role may do; an unknown role may only read."""
    return TABLE[Role(role)] if role in ROLES else _READS


def who_may(right: Right) -> str:
    """Who has a right, as a sentence such as `Only managers and admins run jobs.` says."""
    names = [f"{role}s" for role in Role if right in TABLE[role]]
    listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    return f"Only {listed} {SAID[right]}."
