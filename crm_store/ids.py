"""Prefixed, time-ordered ids: `cus_01jd…` sorts by the moment it was made."""

import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_TIME_CHARACTERS = 9  # 45 bits of milliseconds: enough until the year 3084
_CHANCE_BITS = 64  # Written with thirteen characters: no clash within one millisecond.
_STEPS_AT_ONCE = 512  # Bytes of chance asked of the system at a time, four to an id.


class Prefix(StrEnum):
    """What a row is, told by its id."""

    TEAM = "tea"
    USER = "usr"
    ADDRESS = "adr"
    CUSTOMER = "cus"
    COMPANY = "com"
    POINT = "pnt"
    AFFILIATION = "aff"
    NEED = "nee"
    HISTORY = "fhi"
    COMMUNICATION = "cmm"
    PARTICIPANT = "par"
    ATTACHMENT = "att"
    PIPELINE = "pip"
    STAGE = "stg"
    DEAL = "dea"
    DEAL_EVENT = "dev"
    ORDER = "ord"
    TASK = "tsk"
    RUN = "run"
    SEGMENT = "seg"
    SUGGESTION = "sug"
    CAMPAIGN = "cam"
    SEND = "snd"
    RESPONSE = "rsp"
    CONSENT = "cns"
    INBOX = "inb"
    OUTBOX = "out"
    JOB = "job"
    MERGE = "mrg"
    IMPORT = "imp"
    UNDO = "und"
    AUDIT = "aud"
    QUESTION = "que"
    FIELD = "fld"
    RULE = "rul"
    AUDIENCE = "aex"
    FORM = "frm"
    PROOF = "prf"
    ERASURE = "era"
    MUTE = "mut"
    ALERT = "alr"


class _Sequence:
    """Ids of one millisecond of one process go upwards, so that what was written first also sorts first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moment, self._chance = -1, 0
        self._steps: Iterator[int] = iter(())

    def next(self, moment: int) -> int:
        with self._lock:
            if moment == self._moment:
                self._chance += self._step() + 1
            else:
                # Steps of an earlier moment are left: a forked process has a copy of them.
                self._moment, self._chance, self._steps = moment, secrets.randbits(_CHANCE_BITS), iter(())
            return self._chance

    def _step(self) -> int:
        step = next(self._steps, None)
        if step is None:
            self._steps = iter(memoryview(secrets.token_bytes(_STEPS_AT_ONCE)).cast("I"))
            step = next(self._steps)
        return step


_sequence = _Sequence()


def new_id(prefix: Prefix, at: datetime) -> str:
    """A new id: the prefix, nine characters of time and thirteen of chance."""
    moment = int(at.timestamp() * 1000)
    return f"{prefix}_{_stamp(moment)}{_thirteen(_sequence.next(moment))}"


def ids_at(at: datetime) -> Callable[[Prefix], str]:
    """Makes ids of one moment, as `new_id` does: for a batch, which needs hundreds."""
    moment = int(at.timestamp() * 1000)
    stamp, following = _stamp(moment), _sequence.next
    return lambda prefix: f"{prefix}_{stamp}{_thirteen(following(moment))}"


def reference(at: datetime) -> str:
    """A short id that an error message shows and the log carries, such as `7F3K2Q`."""
    return _encode((int(at.timestamp()) << 10 | secrets.randbits(10)) % 32**6, 6).upper()


@lru_cache(maxsize=64)
def _stamp(moment: int) -> str:
    """The time in an id; many are made in one moment."""
    return _encode(moment, _TIME_CHARACTERS)


def _thirteen(chance: int) -> str:
    """As `_encode`, written out, since an import makes hundreds of thousands."""
    first = f"{_ALPHABET[chance >> 60 & 31]}{_PAIRS[chance >> 50 & 1023]}{_PAIRS[chance >> 40 & 1023]}"
    last = f"{_PAIRS[chance >> 20 & 1023]}{_PAIRS[chance >> 10 & 1023]}{_PAIRS[chance & 1023]}"
    return f"{first}{_PAIRS[chance >> 30 & 1023]}{last}"


def _encode(number: int, characters: int) -> str:
    digits = []
    while characters > 1:
        number, pair = divmod(number, 1024)
        digits.append(_PAIRS[pair])
        characters -= 2
    if characters:
        digits.append(_ALPHABET[number % 32])
    return "".join(reversed(digits))
