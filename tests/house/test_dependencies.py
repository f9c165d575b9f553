"""Each package we want has its reason, and none is older than it may be."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from crm_store.engine.sqlite import SAFE_SQLITE, library
from tests.house.sources import ROOT

_WANTED = re.compile(r"^([A-Za-z0-9._-]+)(\[[a-z,]+\])?((?:[<>=!~]=?[\w.]+,?)*)(; [^#]+?)?\s*(?:# (\S.*))?$")


def _wanted(file: Path) -> list[re.Match[str]]:
    lines = [one for one in file.read_text().splitlines() if one and not one.startswith(("#", "-"))]
    found = [_WANTED.match(one) for one in lines]
    assert all(found), [line for line, hit in zip(lines, found, strict=True) if not hit]
    return [one for one in found if one]


@pytest.mark.parametrize(
    "file", [ROOT / f"requirements{one}.in" for one in ("", "-dev", "-bench")], ids=lambda file: file.name
)
def test_every_wanted_package_has_its_reason(file: Path) -> None:
    wanted = _wanted(file)
    assert wanted
    assert [one[1] for one in wanted if not one[5]] == []


def _floor(name: str, file: str) -> tuple[int, ...]:
    (found,) = [one for one in _wanted(ROOT / file) if one[1] == name]
    hit = re.search(r">=([\d.]+)", found[3])
    assert hit
    return tuple(map(int, hit[1].split(".")))


def test_the_peer_of_the_mail_door_has_the_fixes_against_smuggling() -> None:
    assert _floor("aiosmtpd", "requirements-dev.in") >= (1, 4, 6)
    assert tuple(map(int, version("aiosmtpd").split(".")[:3])) >= (1, 4, 6)


def test_sqlite_has_no_wal_bug() -> None:
    assert library().sqlite_version_info >= SAFE_SQLITE == (3, 51, 3)


def test_the_scheduler_is_no_alpha() -> None:
    assert version("apscheduler").startswith("3.")
