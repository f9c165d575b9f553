"""What people can type or press has a handler and a line in the documents."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import handlers
from bot.cli.main import COMMANDS
from bot.grammar import parse
from bot.grammar.verbs import Verb
from bot.names import Action, Dialog, Shortcut
from bot.routes import Routes
from crm_store.errors import BadInput
from tests.house.sources import ROOT


async def _no_job(*_arguments: Any) -> None:
    """Stands in for the job runner: no handler is called here."""


@pytest.fixture(scope="module")
def routes() -> Routes:
    return handlers.every(_no_job)


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "commands.md").read_text()


# Its options are looked up while somebody types; the choice is read when the dialog is sent.
READ_WITH_THE_DIALOG = {Action.FIND_CUSTOMER, Action.FIND_COMPANY, Action.FIND_DEAL}


@pytest.mark.parametrize("action", sorted(set(Action) - READ_WITH_THE_DIALOG))
def test_every_button_has_a_handler(routes: Routes, action: Action) -> None:
    assert action in routes.buttons


@pytest.mark.parametrize("dialog", list(Dialog))
def test_every_dialog_has_a_handler(routes: Routes, dialog: Dialog) -> None:
    assert dialog in routes.dialogs


@pytest.mark.parametrize("shortcut", list(Shortcut))
def test_every_shortcut_has_a_handler_and_is_in_the_manifest(routes: Routes, shortcut: Shortcut) -> None:
    assert shortcut in routes.shortcuts
    assert f"callback_id: {shortcut}\n" in (ROOT / "manifest.yaml").read_text()


@pytest.mark.parametrize(
    ("table", "known"),
    [("buttons", set(Action)), ("dialogs", set(Dialog)), ("checks", set(Dialog)), ("shortcuts", set(Shortcut))],
)
def test_no_handler_waits_for_a_name_that_nothing_sends(routes: Routes, table: str, known: set[str]) -> None:
    registered: Mapping[str, Any] = getattr(routes, table)
    assert set(registered) <= known


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_of_the_shell_is_in_the_documents(page: str, command: Any) -> None:
    assert re.search(rf"(?:`|^### )crm {command.name}\b", page, re.MULTILINE)


def _has_a_handler(verb: Verb, routes: Routes) -> bool:
    try:
        asked = parse.parse(f"{verb} ann lee", datetime(2026, 11, 25, tzinfo=UTC), ZoneInfo("UTC"), "EUR")
    except BadInput:
        return True
    return type(asked) in routes.commands


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_that_has_a_handler_is_in_the_documents(routes: Routes, page: str, verb: Verb) -> None:
    if _has_a_handler(verb, routes):
        assert re.search(rf"`(?:/crm )?{verb}\b", page, re.MULTILINE)


def test_most_verbs_have_a_handler(routes: Routes) -> None:
    assert sum(_has_a_handler(verb, routes) for verb in Verb) > len(Verb) // 2
