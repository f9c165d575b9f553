"""The floors hold, and each contract would see the import it forbids."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "ingest", "crm_store", "analytics", "campaigns")
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
# Contract, file, and the import that has no place there.
WRONG = {
    "floors": ("crm_store/money.py", "import bot.names"),
    "ground": ("crm_store/values/people.py", "import crm_store.engine.work"),
    "slack": ("campaigns/__init__.py", "import slack_sdk"),
    "sql": ("bot/render.py", "import sqlalchemy"),
    "smtp": ("bot/render.py", "import aiosmtpd"),
    "numbers": ("bot/cards/timeline.py", "import numpy"),
    "pure": ("bot/grammar/dates.py", "import socket"),
    "handlers": ("bot/handlers/log.py", "import ingest.sandbox"),
    "intake": ("ingest/address.py", "import analytics.features"),
    "local-slack-out": ("bot/local_slack/state.py", "import bot.names"),
    "local-slack-in": ("bot/render.py", "import bot.local_slack.state"),
}


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "--config", "pyproject.toml", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_all_contracts_are_kept() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_contract_has_a_wrong_import_to_be_tried_with() -> None:
    assert set(WRONG) == {one["id"] for one in CONTRACTS}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each contract, in a copy of the house that has one wrong import for each of them."""
    house = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for file, line in WRONG.values():
        with (house / file).open("a") as source:
            source.write(f"\n{line}\n")
    done = linted(house)
    assert done.returncode
    return {one["id"]: _section(done.stdout, one["name"]) for one in CONTRACTS}


def _section(told: str, contract: str) -> str:
    """What stands below the contract's underlined name, as far as the next contract's."""
    _, _, below = told.partition(f"\n{contract}\n{'-' * len(contract)}\n")
    return below.partition("\n\n\n")[0]


@pytest.mark.parametrize("contract", WRONG)
def test_a_wrong_import_is_seen(findings: dict[str, str], contract: str) -> None:
    file, line = WRONG[contract]
    importer = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {line.removeprefix('import ')} " in findings[contract]
