"""Where somebody lives by the clock: from the country code of a number or the name of a country, where that is sure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NEAR: Final = timedelta(hours=1)
"""Zones no farther apart count as one: a letter then leaves an hour off at most."""


@lru_cache(maxsize=4096)
def of_phone(number: str, year: int) -> ZoneInfo | None:
    """The zone of an international number (`+49…`); None where its region has several that are far apart."""
    from phonenumbers import NumberParseException, parse, timezone  # noqa: PLC0415 -- its tables are slow to load

    try:
        return _agreed(timezone.time_zones_for_number(parse(number, None)), year)
    except NumberParseException:
        return None


@lru_cache(maxsize=1024)
def of_country(country: str, year: int) -> ZoneInfo | None:
    """The zone of a country by its English name or its two letters; None where it has several, or is not known."""
    wanted = country.strip().casefold()
    code = next((code for code, name in _countries().items() if wanted in (code.casefold(), name.casefold())), "")
    return _agreed(_zones().get(code, ()), year)


def _agreed(names: Iterable[str], year: int) -> ZoneInfo | None:
    """The first of zones that agree on the time within the hour, in winter and in summer."""
    found = []
    for name in names:
        try:
            found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            return None
    for month in (1, 7):
        offsets = [datetime(year, month, 15, tzinfo=zone).utcoffset() or timedelta() for zone in found]
        if offsets and max(offsets) - min(offsets) > _NEAR:
            return None
    return found[0] if found else None


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    return {fields[0]: fields[1] for fields in _rows("iso3166.tab")}


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fields in _rows("zone.tab"):
        found.setdefault(fields[0], []).append(fields[2])
    return found


def _rows(name: str) -> list[list[str]]:
    text = (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
