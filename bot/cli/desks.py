"""Opening the store for one command: settings, schema, the team at whose desk it works, and its two ways to speak."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from crm_store import backup, log, settings
from crm_store.clock import SystemClock
from crm_store.engine import Desk, Store, open_store
from crm_store.errors import BadInput, BadSetting
from crm_store.queries import teams as team_queries
from crm_store.settings import Settings
from crm_store.values.teams import TeamView

_QUIET = ("apscheduler", "asyncio", "alembic")


@dataclass(frozen=True, slots=True)
class Office:
    """An open store with the settings that name it."""

    store: Store
    settings: Settings

    @property
    def teams(self) -> tuple[TeamView, ...]:
        """Every team, the oldest first."""
        return self.store.house().read_now(team_queries.teams)

    def team(self, wanted: str | None) -> TeamView:
        """The team that was named, or the only one, or the first that was made, which is then said."""
        everybody = self.teams
        # A team that no workspace knows yet stands back behind those that one does.
        known = tuple(one for one in everybody if one.slack_team_id) or everybody
        if not known:
            raise BadInput("The store has no team yet; 'crm serve' makes one when it first meets your Slack.")
        if wanted:
            return _named(known, wanted)
        if len(known) > 1:
            self._say_which(known)
        return known[0]

    def _say_which(self, known: tuple[TeamView, ...]) -> None:
        """A person at a terminal is told; a program that reads the answer is not disturbed."""
        if sys.stdout.isatty():
            note(f"The store has {len(known)} teams; this is about {known[0].name}, the first. Choose with --team.")

    def desk(self, wanted: str | None) -> Desk:
        """A desk of that team."""
        return self.store.team(self.team(wanted).team_id)


def _named(known: tuple[TeamView, ...], wanted: str) -> TeamView:
    key = wanted.strip().casefold()
    fits = [one for one in known if wanted in (one.team_id, one.slack_team_id) or one.name.casefold() == key]
    if not fits:
        raise BadInput(f"There is no team {wanted}; the store has {', '.join(one.name for one in known)}.")
    if len(fits) > 1:
        raise BadInput(f"Several teams are called {wanted}; name one by its id: {', '.join(t.team_id for t in fits)}.")
    return fits[0]


@contextmanager
def opened(*, any_schema: bool = False) -> Iterator[Office]:
    """The store that the settings name, for as long as the block runs; an old or missing one is a sentence."""
    chosen = settings.read()
    log.set_up(chosen.log_style, chosen.log_level, _QUIET)
    file = backup.store_file(chosen)
    if file is not None and not any_schema and not file.is_file():
        raise BadSetting(f"There is no store at {file}; run 'crm migrate', or set DATABASE_URL or CRM_DATA.")
    with backup.spoken():
        store = open_store(chosen, SystemClock())
    try:
        if not any_schema:
            refuse_other_schema(store)
        yield Office(store, chosen)
    finally:
        store.close()


def refuse_other_schema(store: Store) -> None:
    """A store that another version made is left alone."""
    have, need = store.house().read_now(backup.schema), backup.needed_schema()
    if have is not None and have > need:
        raise BadSetting(f"The store's schema is {have}, newer than {need}, which this version of Rapport knows.")
    if have != need:
        raise BadSetting(f"The store's schema is {have or 'empty'} and this version needs {need}; run 'crm migrate'.")


def day(text: str | None) -> date | None:
    """A day of the command line."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(f"{text} is not a day such as 2026-11-25.") from problem


def say(line: str) -> None:
    """One line of the answer."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """One line beside the answer."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
