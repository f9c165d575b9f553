"""Commands run in this process, against a store of their own."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli.main import main
from crm_store import settings
from crm_store.actions import teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from tests import stores


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the data, named by the environment."""
    for name in settings.names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CRM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SMTP_PORT", "0")
    return tmp_path / "data"


@pytest.fixture
def crm(data: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command; logging is put back afterwards, since it holds on to the captured stream."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    yield run
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def two_teams(data: Path) -> Iterator[Store]:
    """A migrated store with two teams, open beside the commands."""
    stores.migrated(data / "crm.db")
    store = SqliteStore(settings.read().store_url, SystemClock())
    for name in ("Halyard", "Northwind"):
        store.house().write_now(teams.create, name, f"T_{name.upper()}", {})
    yield store
    store.close()
