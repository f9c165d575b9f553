"""`python -m crm_store.lookup.index_file TEAM FILE`: makes a team's index and leaves it in a file."""

import os
import sys
from pathlib import Path

from crm_store import settings
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.lookup import index_build, snapshot


def main(team_id: str, file: Path) -> int:
    """Read the store that the settings name, behind whoever has work to do."""
    os.nice(10)
    store = open_store(settings.read(), SystemClock())
    try:
        frozen = store.team(team_id).read_now(index_build.build)
    finally:
        store.close()
    snapshot.write(file, frozen.state, frozen.arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
