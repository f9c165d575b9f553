"""What a command must not load before it answers: whatever only others need stays away until somebody needs it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NUMBERS = {"numpy", "scipy", "sklearn", "matplotlib"}
_PROVIDERS = {"mailchimp_marketing", "requests", "urllib3", "dns", "dkim"}
_SLACK = {"slack_bolt", "slack_sdk", "aiohttp", "bot.local_slack"}
_SCHEMA = {"alembic", "mako"}
_LETTERS = {"jinja2", "aiosmtplib"}
_MAIL = {"lxml", "charset_normalizer", "phonenumbers", "aiosmtpd"}

UNLOADED = {
    "bot.cli.main": _NUMBERS | _PROVIDERS | _SLACK | _SCHEMA | _LETTERS | _MAIL | {"sqlalchemy", "pydantic"},
    "bot.cli.look_up": _NUMBERS | _PROVIDERS | _SLACK | _SCHEMA | _LETTERS | _MAIL | {"crm_store.actions"},
    "bot.cli.serve": _NUMBERS | _PROVIDERS | _SCHEMA | {"jinja2", "bot.local_slack"},
}


@pytest.mark.parametrize("door", UNLOADED)
def test_a_command_answers_without_loading_what_only_others_need(door: str) -> None:
    program = f"import sys, {door}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert UNLOADED[door] & set(told.stdout.split()) == set()
