"""`./run bench [NAME]`: one JSON object a benchmark, with its peer measured in the same run, and the ratio.

A benchmark that takes a value gets it behind a colon: `intake:300`.
"""

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any, Final

NAMES: Final = (
    "start",
    "acknowledge",
    "find_answer",
    "receipt",
    "memory",
    "look_up",
    "look_up_floor",
    "look_up_fresh",
    "store",
    "intake",
    "large_mail",
    "mailbox",
    "reader",
    "features",
    "night",
    "freshness",
    "value_fit",
    "small_data",
    "duplicates",
    "duplicate_check",
    "imports",
    "thompson",
    "campaign_year",
    "sending",
    "approve",
    "events",
    "storm",
    "soak",
)


def main() -> int:
    """Run all, or those named."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [one for one in wanted if one.partition(":")[0] not in NAMES]
    if unknown:
        sys.stderr.write(f"bench: there is no benchmark {unknown[0]}; there are {', '.join(NAMES)}.\n")
        return 2
    for one in wanted:
        name, given, value = one.partition(":")
        measure: Callable[..., dict[str, Any]] = importlib.import_module(f"benchmarks.{name}").measure
        sys.stdout.write(json.dumps({"benchmark": name, **(measure(value) if given else measure())}) + "\n")
        sys.stdout.flush()
    return 0


sys.exit(main())
