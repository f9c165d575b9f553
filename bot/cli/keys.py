"""`crm rotate-keys`: a fresh key, or every token in the store under the first key of CRM_TOKEN_KEYS."""

import argparse

from bot.cli import desks
from bot.cli.desks import say
from bot.installations import sealed
from crm_store.actions import installations as actions
from crm_store.engine import Store
from crm_store.errors import BadSetting, CrmError
from crm_store.queries import installations as queries
from crm_store.sealing import Seal, new_key
from crm_store.values.installations import Installation


def rotate_keys(options: argparse.Namespace) -> int:
    """Seal anew what another key sealed; 1 where a token would not open, which is then named."""
    if options.new_key:
        say(new_key())
        return 0
    with desks.opened() as office:
        seal = Seal(office.settings.token_ring)
        installed = office.store.house().read_now(queries.installed)
        told = [_resealed(office.store, seal, one) for one in installed]
    for problem in filter(None, told):
        say(problem)
    if any(told):
        return 1
    workspaces = "1 workspace" if len(installed) == 1 else f"{len(installed)} workspaces"
    say(f"The tokens of {workspaces} are sealed with the key {seal.key_id}; the keys behind it may go.")
    return 0


def _resealed(store: Store, seal: Seal, one: Installation) -> str:
    """What went wrong with one workspace; empty where its tokens lie under the first key now."""
    desk = store.team(one.team_id)
    try:
        fresh: Installation | None = one
        while fresh is not None:
            kept = sealed.anew(seal, fresh)
            if kept is None or desk.write_now(actions.reseal, fresh.version, kept):
                return ""
            # They were renewed in between, and perhaps by a process that still has the old keys.
            installed = store.house().read_now(queries.installed)
            fresh = next((other for other in installed if other.team_id == one.team_id), None)
    except BadSetting as problem:
        return f"{one.team_name}: {problem.sentence}"
    except CrmError as problem:
        return f"{one.team_name}: nothing was changed. {problem.sentence}"
    return ""
