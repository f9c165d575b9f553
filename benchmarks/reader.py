"""Mails read a second, and the costliest of many hostile mails of 100 KB; the peer is the standard library's parser."""

import email
import email.policy
import time
from collections.abc import Callable
from typing import Any, Final

from ingest import mime
from tests.mail import hostile
from tests.mail.answering import RICH, TEXTS
from tests.mail.forwarding import NOTE, SHAPES
from tests.mail.tongues import TONGUES
from tests.units.ingest.letters import letter, rich

_SIZE: Final = 100_000
_ROUNDS: Final = 3
_TONGUES: Final = ("en", "de", "fr", "pl", "ru", "ja", "invented")


def measure() -> dict[str, Any]:
    """Mails a second of ordinary forwards and answers, and milliseconds of processor time for the worst input."""
    mails = _ordinary()
    mime.read(mails[0])
    ours = _best(lambda: [mime.read(raw) for raw in mails])
    peer = _best(lambda: [_by_library(raw) for raw in mails])
    name, worst = hostile.worst(_SIZE, _milliseconds)
    longer = _milliseconds(hostile.mail(name, 4 * _SIZE))
    return {
        "mails": len(mails),
        "mails_a_second": round(len(mails) / ours),
        "worst": name,
        "worst_ms_for_100_kb": round(worst),
        "growth_at_four_times_the_size": round(longer / worst, 1),
        "peer": "email.message_from_bytes with policy.default, walked and decoded, nothing understood",
        "peer_mails_a_second": round(len(mails) / peer),
        "ratio": round(peer / ours, 2),
    }


def _ordinary() -> list[bytes]:
    found = []
    for code in _TONGUES:
        tongue = TONGUES[code]
        found += [letter(f"{NOTE}\n\n{one.write(tongue)}", Subject="Fwd: Seats") for one in SHAPES.values()]
        found += [letter(write(tongue), Subject="Re: the site") for write in TEXTS.values()]
        found += [rich(write(tongue)) for write in RICH.values()]
    return found


def _by_library(raw: bytes) -> int:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    read = len(str(message["from"])) + len(str(message["to"])) + len(str(message["subject"]))
    for part in message.walk():
        if part.get_content_maintype() == "text":
            read += len(part.get_content())
    return read


def _best(work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest round."""
    return min(_seconds(work) for _ in range(_ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _milliseconds(raw: bytes) -> float:
    return 1e3 * _best(lambda: mime.read(raw))
