"""Teams and colleagues as other floors see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team; `channel` is the Slack channel that gets suggestions and reports."""

    team_id: str
    name: str
    slack_team_id: str | None
    channel: str | None
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class UserView:
    """A colleague; role is admin, manager, rep or viewer."""

    user_id: str
    slack_user_id: str
    name: str
    role: str
    time_zone: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class GroupRole:
    """A user group of Slack that gives a role; `people` are the Slack ids of who was in it when it was last read."""

    group_id: str
    handle: str
    role: str
    people: tuple[str, ...] = ()
