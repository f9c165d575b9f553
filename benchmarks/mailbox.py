"""`crm import x.mbox` of made-up mail of some years, and taking it back; the peer only parses it with the library.

`mailbox:500` takes that many mails in place of 6,000. Half of the mails are in HTML too, a tenth bring a file, a fifth
are bulk; 400 customers write, and half of the mails are the owner's own.
"""

import json
import mailbox
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any, Final

from tests.journeys.house import ROOT

_MAILS: Final = 6_000
_CUSTOMERS: Final = 400
_OWNER: Final = ("Ada Quist", "ada@team.example")
_BEGAN: Final = datetime(2023, 1, 2, 8, tzinfo=UTC)
_TOPICS: Final = ("the second hall", "the renewal", "delivery", "the meters", "an offer", "the invoice", "the audit")
_SENTENCES: Final = (
    "Thank you for the call of yesterday.",
    "We would need the figures by the end of next week at the latest.",
    "Could you say what the larger version would cost, and when it could be here?",
    "I have spoken with my colleagues, and nobody minds the later date.",
    "Please find the list of what is still open below.",
)


def measure(mails: str = str(_MAILS)) -> dict[str, Any]:
    """Mails a minute on the clock and by processor time, memory, what became of them, and the way back."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ada.mbox"
        size = _write(file, int(mails))
        environment = {"DATABASE_URL": f"sqlite:///{folder}/crm.db", "CRM_DATA": folder, "PATH": "/usr/bin:/bin"}
        _run(environment, "migrate")
        taken = _run(environment, "import", str(file), "--for", _OWNER[1], "--json")
        back = _run(environment, "import", "--undo", taken["outcome"]["undo"])
        began = time.process_time()
        parsed = sum(len(one.get_payload()) > 0 for one in mailbox.mbox(file))
        peer = time.process_time() - began
    return {
        "mails": int(mails),
        "megabytes": round(size / 1e6),
        **taken,
        "a_minute": round(60 * int(mails) / taken["seconds"]),
        "a_minute_by_processor_time": round(60 * int(mails) / taken["cpu_seconds"]),
        "taken_back": {"seconds": back["seconds"], "cpu_seconds": back["cpu_seconds"]},
        "peer": "the standard library's mailbox, which parses and keeps nothing",
        "peer_cpu_seconds": round(peer, 1),
        "peer_mails": parsed,
        "ratio": round(taken["cpu_seconds"] / peer, 1),
    }


def _run(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bot.cli", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    last = done.stdout.strip().splitlines()[-1:] if "--json" in arguments else []
    return {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mb": round(after.ru_maxrss * 1_024 / 1e6),
        "outcome": json.loads(last[0]) if last else {},
    }


def _write(file: Path, mails: int) -> int:
    with file.open("wb") as box:
        for one in _made_up(mails):
            box.write(
                b"From bench Mon Jan  2 08:00:00 2023\n" + one.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n"
            )
        return box.tell()


def _made_up(mails: int) -> Iterator[EmailMessage]:
    dice = random.Random(11)
    people = [(f"Person {n:03}", f"person.{n:03}@firm-{n // 3:03}.example") for n in range(_CUSTOMERS)]
    for number in range(mails):
        person = dice.choice(people)
        at = _BEGAN + timedelta(minutes=150 * number)
        bulk = dice.random() < 0.2
        sender, to = (person, _OWNER) if bulk or dice.random() < 0.5 else (_OWNER, person)
        made = EmailMessage()
        made["From"], made["To"], made["Date"] = formataddr(sender), formataddr(to), format_datetime(at)
        made["Subject"] = f"{dice.choice(('', 'Re: '))}{dice.choice(_TOPICS)} {number % 900}"
        made["Message-ID"] = f"<{number}@bench.example>"
        if bulk:
            made["List-Unsubscribe"], made["Precedence"] = "<mailto:leave@lists.example>", "bulk"
        _fill(made, dice, number, sender[0], at)
        yield made


def _fill(made: EmailMessage, dice: random.Random, number: int, name: str, at: datetime) -> None:
    """New text, a signature, and an older mail quoted below."""
    said = "\n\n".join(dice.choices(_SENTENCES, k=dice.randint(2, 6)))
    quoted = "\n".join(f"> {line}" for line in dice.choices(_SENTENCES, k=20))
    text = f"Hello,\n\nthis is number {number}. {said}\n\nBest regards\n{name}\n\n"
    text += f"On {at:%a, %d %b %Y}, X wrote:\n{quoted}\n"
    made.set_content(text)
    if dice.random() < 0.5:
        made.add_alternative(f"<div>{text.replace(chr(10), '<br>')}</div>", subtype="html")
    if dice.random() < 0.1:
        made.add_attachment(dice.randbytes(20_000), maintype="application", subtype="pdf", filename=f"{number}.pdf")
