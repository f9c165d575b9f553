"""The source files of the house, for the tests that read them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "ingest", "crm_store", "analytics", "campaigns")
_ALL = (*PACKAGES, "tests", "benchmarks")
_FOREIGN = {"__pycache__", "node_modules"}


@cache
def files(*endings: str, packages: tuple[str, ...] = _ALL) -> tuple[Path, ...]:
    """All files with one of these endings, in the order of their names."""
    return tuple(sorted(one for name in packages for one in _below(ROOT / name) if one.suffix in endings))


def _below(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one not in _FOREIGN and not one.startswith(".")]
        yield from (Path(where) / one for one in names)


@cache
def tree(file: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(file.read_text(encoding="utf-8"))


def short(file: Path) -> str:
    """A file's name within the house."""
    return file.relative_to(ROOT).as_posix()
