"""The demo team's way into a store: once, in batches, with everything that follows from its history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.demo import load_history, load_people
from bot.demo.load_people import Names
from bot.demo.values import DemoPipeline, DemoTeam
from crm_store.actions import bulk, deals, teams
from crm_store.engine.store import Desk, Store
from crm_store.queries import deals as deal_queries
from crm_store.queries import teams as team_queries

_AT_ONCE: Final = bulk.MOST_ROWS


def load(store: Store, demo: DemoTeam, slack_team_id: str, channel: str) -> str:
    """Store the team unless its Slack workspace is known already; gives our team id. Ingest addresses come later."""
    house = store.house()
    known = house.read_now(team_queries.by_slack_team, slack_team_id)
    if known is not None:
        return known.team_id
    zone = demo.users[0].time_zone if demo.users else "UTC"
    settings = {"channel": channel, "currency": demo.currency, "time_zone": zone}
    team_id = house.write_now(teams.create, demo.name, None, settings)
    desk = store.team(team_id)
    users = {
        user.slack_user_id: desk.write_now(
            teams.add_user, user.slack_user_id, user.name, user.address, user.role, user.time_zone
        )
        for user in demo.users
    }
    stages = _stages(desk, demo.pipelines)
    names = Names.of(demo, users)
    for table, rows in (*load_people.tables(demo, names), *load_history.tables(demo, names, stages)):
        for batch in _batches(rows):
            desk.write_now(bulk.take_in, table, batch)
    for some in _groups(list(names.people.values())):
        desk.write_now(bulk.index, some)
    # Only a team that is whole is found by its workspace: a load that was cut off is begun anew.
    desk.write_now(teams.connect, slack_team_id)
    return team_id


def _stages(desk: Desk, pipelines: Iterable[DemoPipeline]) -> dict[str, str]:
    """Stage ids by the demo's keys; the usual pipeline of a new team serves where it is the same."""
    found: dict[str, str] = {}
    for pipeline in pipelines:
        if not _match(desk, pipeline, found):
            desk.write_now(
                deals.add_pipeline, pipeline.name, [(stage.name, stage.outcome) for stage in pipeline.stages]
            )
            _match(desk, pipeline, found)
    return found


def _match(desk: Desk, pipeline: DemoPipeline, found: dict[str, str]) -> bool:
    known = {stage.name: stage.stage_id for stage in desk.read_now(deal_queries.stages)}
    for stage in pipeline.stages:
        if stage.name in known:
            found[stage.key] = known[stage.name]
    return all(stage.key in found for stage in pipeline.stages)


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return _groups(list(rows))


def _groups(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
