"""Has a chart of numbers drawn by a process of its own; imports nothing heavy itself."""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.settings import child_environment

LONGEST: Final = 60.0
"""Seconds; a picture takes two, most of them to load what draws it."""
_log = get_logger(__name__)


class NotDrawn(CrmError):
    """There is no picture; what it would show was said in words before."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of figures to be drawn; `shown` is what people read at each, `alt_text` says all of it in words."""

    title: str
    name: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    shown: tuple[str, ...]
    alt_text: str
    over_time: bool = False


async def picture(figures: Figures, *, longest: float = LONGEST) -> bytes:
    """The PNG; raises NotDrawn. Whoever is cancelled meanwhile takes the child with them."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "analytics.charts",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=child_environment({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}),
    )
    try:
        async with asyncio.timeout(longest):
            drawn, said = await child.communicate(json.dumps(asdict(figures)).encode())
    except TimeoutError as problem:
        raise NotDrawn("The picture took too long and was given up.") from problem
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode != 0 or not drawn:
        _log.warning("not_drawn", returncode=child.returncode, said=said.decode(errors="replace")[-500:])
        raise NotDrawn("The picture could not be drawn.")
    return drawn
