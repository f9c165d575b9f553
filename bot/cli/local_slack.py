"""`crm local-slack`: the local workspace alone, without loading anything of the product."""

import argparse
import asyncio

from bot.local_slack.__main__ import serve, wanted
from bot.local_slack.errors import RefusedError
from crm_store.errors import BadSetting


def local_slack(options: argparse.Namespace) -> int:
    """Serve any Slack app in any language, until SIGINT or SIGTERM."""
    try:
        asyncio.run(serve(wanted(options)))
    except RefusedError as refusal:
        raise BadSetting(str(refusal)) from refusal
    except OSError as problem:
        raise BadSetting(f"Port {options.port} cannot be opened ({problem.strerror}).") from problem
    return 0
