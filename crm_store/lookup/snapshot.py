"""The index's file: a line of JSON that says what it holds, then plain arrays; replaced whole or thrown away."""

import contextlib
import json
import mmap
import os
import zlib
from pathlib import Path
from typing import Any, Final

from crm_store.log import get_logger
from crm_store.lookup.index_arrays import Arrays, Frozen, from_named
from crm_store.lookup.index_state import State
from crm_store.lookup.numbers import Numbers, np

FORMAT: Final = 3
_ALIGNED: Final = 64
_HEADER: Final = 8_192
_PIECE: Final = 1 << 22
_log = get_logger(__name__)


def write(file: Path, state: State, arrays: Arrays) -> None:
    """Put the arrays in place of what stood there, in one step; only the store's own user may read them."""
    named = {name: np.ascontiguousarray(array) for name, array in arrays.named().items()}
    places: dict[str, dict[str, Any]] = {}
    at, digest = _HEADER, 0
    for name, array in named.items():
        places[name] = {"at": at, "type": array.dtype.str, "count": len(array)}
        digest = zlib.crc32(_bytes(array), digest)
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    said = {"format": FORMAT, "team": state.team_id, "seq": state.seq, "mark": state.mark, "digest": digest}
    header = json.dumps({**said, "arrays": places, "size": at}).encode().ljust(_HEADER - 1) + b"\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    passing = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with open(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(header)
            for name, array in named.items():
                out.seek(places[name]["at"])
                out.write(_bytes(array))
            out.truncate(at)
            out.flush()
            os.fsync(out.fileno())
        passing.replace(file)
    finally:
        passing.unlink(missing_ok=True)


def read(file: Path, team_id: str) -> Frozen | None:
    """The index that lies in the file, mapped and not copied; None where there is none or it is not whole."""
    try:
        with file.open("rb") as source:
            mapped = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        header = json.loads(mapped[:_HEADER])
        if header["format"] != FORMAT or header["team"] != team_id or header["size"] != len(mapped):
            return None
        named = {name: _array(mapped, place) for name, place in header["arrays"].items()}
        if _digest(named) != header["digest"]:
            _log.warning("lookup_snapshot_damaged", team=team_id)
            return None
        return Frozen(State(team_id, int(header["seq"]), int(header["mark"])), from_named(named))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        _log.warning("lookup_snapshot_unread", team=team_id, problem=type(problem).__name__)
        return None


def remove(file: Path) -> None:
    """Take the file away, and what an interrupted writer left beside it."""
    for one in (file, *file.parent.glob(f"{file.name}.*.new")):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)


def _bytes(array: Numbers) -> memoryview:
    return array.view(np.uint8).data


def _array(mapped: mmap.mmap, place: dict[str, object]) -> Numbers:
    kind, count, at = np.dtype(str(place["type"])), int(str(place["count"])), int(str(place["at"]))
    return np.frombuffer(mapped, kind, count, at) if count else np.empty(0, kind)


def _digest(named: dict[str, Numbers]) -> int:
    digest = 0
    for array in named.values():
        whole = _bytes(array)
        for start in range(0, len(whole), _PIECE):
            digest = zlib.crc32(whole[start : start + _PIECE], digest)
    return digest
