"""`./run bench [NAME]`: one JSON object a benchmark, with its peer measured in the same run, and the ratio."""

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any, Final

NAMES: Final = ("start", "acknowledge", "receipt", "memory", "look_up", "store")


def main() -> int:
    """Run all, or those named."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        sys.stderr.write(f"bench: there is no benchmark {unknown[0]}; there are {', '.join(NAMES)}.\n")
        return 2
    for name in wanted:
        measure: Callable[[], dict[str, Any]] = importlib.import_module(f"benchmarks.{name}").measure
        sys.stdout.write(json.dumps({"benchmark": name, **measure()}) + "\n")
        sys.stdout.flush()
    return 0


sys.exit(main())
