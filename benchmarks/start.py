"""From the command to a page that is ready: the first start with an empty data folder, and a later one.

The peer is the time that this machine takes to import what the demo is made of.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.journeys.house import ROOT, Demo

_PARTS = "import slack_bolt.app.async_app, sqlalchemy.orm, alembic.command, aiohttp.web, pydantic_settings"


def measure() -> dict[str, Any]:
    """Seconds to ready, first and later, and the imports alone."""
    with tempfile.TemporaryDirectory() as folder:
        first = _to_ready(Path(folder))
        later = _to_ready(Path(folder))
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _PARTS], cwd=ROOT, check=True)
    imports = time.perf_counter() - began
    return {
        "first_s": round(first, 2),
        "later_s": round(later, 2),
        "peer": "importing the same libraries",
        "peer_s": round(imports, 2),
        "ratio": round(later / imports, 2),
    }


def _to_ready(folder: Path) -> float:
    began = time.perf_counter()
    demo = Demo.start(folder)
    took = time.perf_counter() - began
    demo.stop()
    return took
