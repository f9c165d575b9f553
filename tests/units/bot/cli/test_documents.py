"""The documents keep step with the settings, the commands and the verbs."""

import argparse
import re
from pathlib import Path
from typing import get_args

import pytest

from bot.cli.main import COMMANDS, build_parser
from bot.grammar import commands as grammar
from bot.grammar.verbs import Verb
from bot.handlers import every
from crm_store import settings
from crm_store.settings import Settings
from ingest.rules import RULES

ROOT = Path(__file__).resolve().parents[4]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _defaults() -> dict[str, str]:
    plain = settings.read({})
    shown = {}
    for field, info in Settings.model_fields.items():
        value = getattr(plain, field)
        secret = getattr(value, "get_secret_value", None)
        shown[str(info.validation_alias)] = str(secret() if secret else value)
    return shown


def test_every_setting_is_in_the_document_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", _read("docs/settings.md"), re.MULTILINE))
    assert set(rows) == set(settings.names())
    for name, default in _defaults().items():
        if name != "DATABASE_URL":
            assert rows[name] == (f"`{default}`" if default else "none"), name


def test_the_example_has_every_setting_and_can_be_read_back() -> None:
    lines = re.findall(r"^(#?)([A-Z_]+)=\"?(.*?)\"?$", _read(".env.example"), re.MULTILINE)
    assert {name for _, name, _ in lines} == set(settings.names())
    given = {name: value for hidden, name, value in lines if not hidden}
    assert given == {name: default for name, default in _defaults().items() if default}
    assert settings.read(given) == settings.read({})


def test_the_help_of_every_command_stands_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    document = _read("docs/commands.md")
    (commands,) = (one for one in build_parser()._actions if isinstance(one, argparse._SubParsersAction))
    for command in COMMANDS:
        if command.function.startswith("later:"):
            assert f"`crm {command.name}`" in document
        else:
            assert commands.choices[command.name].format_help().rstrip() in document


async def _never(*_: object) -> None:
    """No job is run here."""


def test_every_verb_is_in_the_document_and_unfinished_ones_are_said_to_be() -> None:
    document = _read("docs/commands.md")
    shown = set(re.findall(r"^\| `([a-z-]+)` \| `/crm", document, re.MULTILINE))
    after = document.partition("Understood but not done")[2].partition("## ")[0]
    unfinished = set(re.findall(r"`([a-z-]+)`", after))
    assert shown | unfinished == {verb.value for verb in Verb}
    without_handler = {
        kind.__name__.lower() for kind in get_args(grammar.Command) if kind not in every(_never).commands
    }
    assert {verb.replace("-", "") for verb in unfinished} == without_handler


def test_every_filing_rule_is_in_the_document_with_its_sentence() -> None:
    document = _read("docs/mail-rules.md")
    for rule in RULES:
        assert f"| `{rule.name}` | {rule.decision.value} | {rule.reason} |" in document
