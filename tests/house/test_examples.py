"""Every example in the documents is understood: lines for Slack by the grammar, lines for the terminal by `crm`."""

import argparse
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bot import handlers
from bot.cards.examples import EXAMPLES
from bot.cli.main import COMMANDS, build_parser
from bot.grammar import parse, verbs, words
from bot.grammar.commands import Card, Command, Help, Unknown
from tests.house.sources import ROOT
from tests.house.test_commands import _no_job

PAGES: Final = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
CODE: Final = re.compile(r"`([^`\n]+)`")
SHELL: Final = re.compile(r"(?:^|`)(?:\./run )?(crm [a-z][^`\n]*)", re.MULTILINE)
LACKING: Final = re.compile(r"…|\bVERB\b|\bNAME\b|\bFILE\b")


def _read(line: str) -> Command:
    return parse.parse(line, datetime(2026, 11, 25, 9, tzinfo=UTC), ZoneInfo("Europe/Berlin"), "EUR")


def _named_verb(line: str) -> bool:
    return verbs.read_verb(words.split(line.removeprefix("/crm").strip())) is not None


def _lines_of(page: Path) -> set[str]:
    """What a page says is typed in Slack: after `/crm`, and in the list of verbs without it as well."""
    text = page.read_text()
    said = {one for one in CODE.findall(text) if one.startswith("/crm ")}
    if page.name == "commands.md":
        table = text.partition("| verb | example |")[2].partition("\n\n")[0]
        said |= {one for one in CODE.findall(table) if _named_verb(one)}
    return {one for one in said if not LACKING.search(one)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_for_slack_in_a_document_is_understood_and_has_a_handler(page: Path) -> None:
    known = handlers.every(_no_job).commands
    for line in _lines_of(page):
        asked = _read(line)
        assert type(asked) in known, line
        assert not isinstance(asked, Unknown), line
        # A line with a verb that is looked up as a name was not understood.
        assert not isinstance(asked, Card) or not _named_verb(line) or line.startswith("/crm show"), line


def test_the_documents_hold_lines_to_read() -> None:
    assert sum(len(_lines_of(page)) for page in PAGES) > len(verbs.Verb) * 2


@pytest.mark.parametrize("line", [line for told in EXAMPLES.values() for line, _says in told])
def test_every_example_of_the_help_is_understood(line: str) -> None:
    assert not isinstance(_read(line), Unknown)
    assert isinstance(_read(line), Help) == line.startswith("help")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_terminal_in_a_document_is_there_with_its_options(page: Path) -> None:
    names = {one.name for one in COMMANDS}
    for line in SHELL.findall(page.read_text()):
        name, options = line.split()[1], re.findall(r"--[a-z-]+", line)
        assert name in names, line
        assert all(one in _help_of(name) for one in options), line


def _help_of(name: str) -> str:
    (commands,) = (one for one in build_parser(name)._actions if isinstance(one, argparse._SubParsersAction))
    return str(commands.choices[name].format_help())
