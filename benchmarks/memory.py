"""Idle memory of the chat and mail roles, their parser child counted apart; the peer is bare Bolt beside SQLAlchemy.

Both are measured as the proportional set of a fresh process that has answered nothing yet.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from bot.local_slack.demo_workspace import HOME_TEAM, MANIFEST
from tests.journeys.house import ROOT

_PEER = (
    "import asyncio, slack_bolt.app.async_app, slack_bolt.adapter.socket_mode.aiohttp, sqlalchemy.orm\n"
    "print('ready', flush=True)\n"
    "asyncio.run(asyncio.sleep(600))\n"
)


def measure() -> dict[str, Any]:
    """MiB of `crm serve` against the local workspace, and of the bare libraries."""
    slack = subprocess.Popen(
        [sys.executable, "-m", "bot.local_slack"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert slack.stdout is not None
    api = json.loads(slack.stdout.readline())["slack_api"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CRM_")},
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'crm.db'}",
            "CRM_SLACK_API_URL": api,
            "SLACK_BOT_TOKEN": HOME_TEAM.bot_token,
            "SLACK_APP_TOKEN": MANIFEST.app_token,
            "PORT": "0",
            "SMTP_PORT": "0",
        }
        subprocess.run([sys.executable, "-m", "bot.cli", "migrate"], cwd=ROOT, env=environment, check=True)
        ours = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"], cwd=ROOT, env=environment, start_new_session=True
        )
        time.sleep(15)
        chat, child = _set(ours.pid)
        ours.send_signal(signal.SIGTERM)
        ours.wait(timeout=20)
    peer = subprocess.Popen([sys.executable, "-c", _PEER], cwd=ROOT, stdout=subprocess.PIPE)
    assert peer.stdout is not None
    peer.stdout.readline()
    bare, _ = _set(peer.pid)
    peer.kill()
    slack.kill()
    return {
        "chat_and_mail_mib": round(chat, 1),
        "parser_child_mib": round(child, 1),
        "peer": "bare Bolt and SQLAlchemy imported",
        "peer_mib": round(bare, 1),
        "ratio": round(chat / bare, 2),
    }


def _set(pid: int) -> tuple[float, float]:
    process = psutil.Process(pid)
    children = sum(one.memory_full_info().pss for one in process.children(recursive=True))
    return process.memory_full_info().pss / 2**20, children / 2**20
