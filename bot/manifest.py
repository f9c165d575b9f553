"""What manifest.yaml asks of a workspace: each scope with its reason, and the domains whose links we show."""

import re
from pathlib import Path
from typing import Final

MANIFEST: Final = Path(__file__).resolve().parents[1] / "manifest.yaml"
_ENTRY: Final = re.compile(r"^ +- ([\w.:-]+)(?: +# *(.*))?$")


def scopes(file: Path = MANIFEST) -> dict[str, str]:
    """Each scope of the bot and what it is for, in the order of the file; empty where there is no file."""
    return _listed(file, "bot")


def unfurl_domains(file: Path = MANIFEST) -> tuple[str, ...]:
    """The domains whose links get a card."""
    return tuple(_listed(file, "unfurl_domains"))


def _listed(file: Path, name: str) -> dict[str, str]:
    """The entries of one list; a YAML reader for this alone would be one more package to keep."""
    found: dict[str, str] = {}
    inside = False
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        entry = _ENTRY.match(line) if inside else None
        if entry:
            found[entry[1]] = (entry[2] or "").strip()
        else:
            inside = line.strip() == f"{name}:"
    return found
