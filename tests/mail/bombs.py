"""Texts made to keep a given pattern busy: what it looks for, again and again, and never quite to the end."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import ingest

# What patterns of mail are made of, whether or not one of them names it.
_UNITS: Final = (
    "a", "A", "0", " ", "\n", ".", "-", "@", "<", ">", "(", "[", "<a", "a@", "a.", "a ", "a-", "0.", "0 ", "0:", "://",
    "http://a", "=?a?q?", "a@b.", "a, ", "\t ", "- ", "_", "*", "=", "+0 ", "a\n", "\n\n", "> ", ": ", "a:", "\"", "'",
    "é", "\u00a0", "年", "م",
)  # fmt: skip
_MOST_WORDS: Final = 8
_MOST_LED: Final = 1
_LITERAL: Final = re.compile(r"[^\W\d_][^\W\d_ ]{1,20}(?: [^\W\d_]{1,20})*|[@<>:;,.#/=-]{1,4}")


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern that a module of the reader compiled, by module and name."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            found |= {f"{module.__name__}.{name}{at}": one for at, one in _compiled(value)}
    return found


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(ingest.__path__, "ingest."):
        yield importlib.import_module(info.name)


def _compiled(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, re.Pattern):
        yield "", value
    elif isinstance(value, tuple | list | frozenset):
        yield from ((f"[{at}]", one) for at, one in enumerate(value) if isinstance(one, re.Pattern))
    elif isinstance(value, dict):
        yield from ((f"[{key}]", one) for key, one in value.items() if isinstance(one, re.Pattern))


def texts(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of about this size: each unit over and over, alone and behind each word that the pattern itself holds."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = list(dict.fromkeys(_LITERAL.findall(source)))[:_MOST_WORDS]
    for unit in (*_UNITS, *words):
        yield unit * (size // len(unit)) + "\0"
    for word in words[:_MOST_LED]:
        for unit in _UNITS:
            yield word + unit * (size // len(unit)) + "\0"
