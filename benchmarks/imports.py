"""`crm import` of a made-up file of customers; the peer puts the same fields into bare tables of SQLite.

`imports:100000` takes that many rows in place of 20,000. The file is taken in alone, and once more; then a fifth as
many others while a colleague adds customers at another desk, whose waits are told; and these are taken back as well.
"""

import contextlib
import csv
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import quantile
from crm_store.actions import customers, teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore, library
from crm_store.errors import StoreUnavailable
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.values.acts import NewCustomer

_ROWS: Final = 20_000
_SEED: Final = 7
_STARTS: Final = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "br",
    "kr",
    "st",
    "tr",
)
_MIDDLES: Final = ("a", "e", "i", "o", "u", "au", "ei", "ie")
_ENDS: Final = ("l", "n", "r", "s", "t", "ck", "nd", "rt", "sen", "mann", "er", "ich")
_TRADES: Final = ("Trading", "Systems", "Foods", "Logistics", "Media", "Works", "Energy", "Travel", "Studio", "Metals")
_FORMS: Final = ("GmbH", "Ltd", "Inc", "S.A.", "AG", "LLC", "")
_TITLES: Final = ("Buyer", "Head of Sales", "Engineer", "Office Manager", "CFO", "Consultant", "")
_HEAD: Final = ("First Name", "Last Name", "Email", "Phone", "Company", "Job Title", "Customer ID")
_NUMBERED: Final = 0.2
_PAUSE: Final = 0.25
_ALONE: Final = 20


def made_up(rows: int, seed: int = _SEED) -> bytes:
    """A file of customers: 600 first names, 8,000 last names, a company to five people.

    A tenth has no telephone, and a fifth a mailbox with a number in it.
    """
    dice = random.Random(seed)
    firsts = sorted({_word(dice, 1).capitalize() for _ in range(700)})[:600]
    lasts = sorted({_word(dice, 2).capitalize() for _ in range(9_000)})[:8_000]
    firms = [f"{_word(dice, 2).capitalize()} {dice.choice(_TRADES)}" for _ in range(max(1, rows // 5))]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    for number in range(rows):
        first, last, firm = dice.choice(firsts), dice.choice(lasts), dice.choice(firms)
        site, mark = firm.lower().replace(" ", "-"), f"{number}" if dice.random() < _NUMBERED else ""
        phone = f"+49 {dice.randint(30, 999)} {dice.randint(100_000, 9_999_999)}" if dice.random() < 0.9 else ""
        form = _FORMS[len(firm) % len(_FORMS)]
        writer.writerow(
            (first, last, f"{first}.{last}{mark}@{site}.example".lower(), phone, f"{firm} {form}".strip(),
             dice.choice(_TITLES), f"K{number:06}")
        )  # fmt: skip
    return text.getvalue().encode()


def _word(dice: random.Random, syllables: int) -> str:
    made = "".join(dice.choice(_STARTS) + dice.choice(_MIDDLES) for _ in range(syllables))
    return made + dice.choice(_ENDS)


def measure(rows: str = str(_ROWS)) -> dict[str, Any]:
    """Seconds on the clock and of processor time, memory, a colleague's waits, and what a second import makes of it."""
    raw, others = made_up(int(rows)), made_up(int(rows) // 5, _SEED + 1)
    with tempfile.TemporaryDirectory() as folder:
        file, beside = Path(folder) / "customers.csv", Path(folder) / "others.csv"
        file.write_bytes(raw)
        beside.write_bytes(others)
        url = f"sqlite:///{folder}/crm.db"
        clock = SystemClock()
        store = SqliteStore(url, clock)
        bring_up_to_date(store)
        team_id = store.house().write_now(teams.create, "Bench", "T_BENCH")
        desk = store.team(team_id)
        desk.write_now(customers.add, NewCustomer("Ann Lee", emails=("ann@globex.example",)))
        first = _run(url, str(file))
        again = _run(url, str(file))
        alone = [_added(desk, f"Alone {number}") for number in range(_ALONE)]
        in_company = _run(url, str(beside), colleague=desk)
        back = _run(url, "--undo", str(in_company["undo"]), colleague=desk)
        store.close()
        peer, size = _peer(raw, Path(folder) / "peer.db"), (Path(folder) / "crm.db").stat().st_size
    return {
        "rows": int(rows),
        **first,
        "again": again,
        "colleague_alone_p50_ms": round(1_000 * quantile(alone, 0.5), 1),
        "beside_a_colleague": in_company,
        "taken_back_beside": back,
        "megabytes_on_disk": round(size / 1e6),
        "peer": "the same fields in four bare tables by executemany, one commit for every 5,000 rows",
        "peer_seconds": round(peer, 2),
        "ratio": round(first["seconds"] / peer, 1),
    }


def _added(colleague: Any, name: str) -> float:
    asked = time.monotonic()
    with contextlib.suppress(StoreUnavailable):
        colleague.write_now(customers.add, NewCustomer(name))
    return time.monotonic() - asked


def _run(url: str, *arguments: str, colleague: Any = None) -> dict[str, Any]:
    """`crm import` with these arguments, and what a colleague waited meanwhile."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli.main", "import", *arguments, "--json"],
        env={"DATABASE_URL": url, "CRM_DATA": f"{url.removeprefix('sqlite:///')}.data", "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    waits: list[float] = []
    while colleague is not None and process.poll() is None:
        waits.append(_added(colleague, f"Colleague's {len(waits)}"))
        time.sleep(_PAUSE)
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the import failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = json.loads(out.strip().splitlines()[-1])
    told = {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(used, 1),
        "megabytes": round(after.ru_maxrss / 1024),
        **{name: said[name] for name in ("created", "duplicates", "undo", "sentence") if name in said},
    }
    if waits:
        shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
        told |= {f"write_{name}_ms": round(1_000 * quantile(waits, share), 1) for name, share in shares.items()}
        told["writes"] = len(waits)
    return told


def _peer(raw: bytes, file: Path) -> float:
    """Reading included, matching and look-up not: what a script would do."""
    link = library().connect(str(file), isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
        "CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT, title TEXT, company TEXT, external_key TEXT)",
        "CREATE TABLE companies (name TEXT PRIMARY KEY)",
        "CREATE TABLE points (customer TEXT, kind TEXT, value TEXT, PRIMARY KEY (kind, value, customer))",
        "CREATE TABLE affiliations (customer TEXT, company TEXT, PRIMARY KEY (customer, company))",
    ):  # fmt: skip
        link.execute(statement)
    began = time.perf_counter()
    rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))[1:]
    for start in range(0, len(rows), 5_000):
        some = rows[start : start + 5_000]
        link.execute("BEGIN IMMEDIATE")
        link.executemany("INSERT OR IGNORE INTO companies VALUES (?)", [(row[4],) for row in some])
        link.executemany(
            "INSERT INTO customers VALUES (?, ?, ?, ?, ?)",
            [(row[6], f"{row[0]} {row[1]}", row[5], row[4], row[6]) for row in some],
        )
        points = [(row[6], "email", row[2]) for row in some] + [(row[6], "phone", row[3]) for row in some if row[3]]
        link.executemany("INSERT OR IGNORE INTO points VALUES (?, ?, ?)", points)
        link.executemany("INSERT OR IGNORE INTO affiliations VALUES (?, ?)", [(row[6], row[4]) for row in some])
        link.execute("COMMIT")
    took = time.perf_counter() - began
    link.close()
    return took
