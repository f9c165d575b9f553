"""`crm find`: customers by name, company, address or number, from a terminal."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot.cli import rubbish
from bot.cli.desks import opened, say
from crm_store import settings
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.lookup import keeper
from crm_store.lookup.search import search
from crm_store.values.people import LookUp


def find(options: argparse.Namespace) -> int:
    """`crm find TEXT` or `crm find --batch FILE`."""
    with rubbish.set_apart(), opened() as office:
        desk = office.desk(options.team)
        return look_up(desk, " ".join(options.text), options.batch, options.limit, options.json)


def look_up(desk: Desk, text: str, batch: str | None, limit: int, as_json: bool) -> int:
    """One query or a file of them, one a line; as JSON Lines `{"query","results","ms"}`."""
    if bool(text.strip()) == (batch is not None):
        raise BadInput("Say what to look for, or --batch with a file of queries.")
    if not 1 <= limit <= 50:
        raise BadInput("--limit must be between 1 and 50.")
    queries = [text] if batch is None else _lines(batch)
    keeper.for_batch(desk, settings.read(), len(queries))
    clock = desk.store.clock
    for query in queries:
        started = clock.monotonic()
        answer = desk.read_now(search, query, limit)
        ms = round((clock.monotonic() - started) * 1000, 2)
        say(_json(query, answer, ms) if as_json else _shown(query, answer))
    return 0


def _lines(file: str) -> list[str]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as problem:
        raise BadInput(f"{file} cannot be read as a list of queries.") from problem
    return [line for line in text.split("\n") if line.strip()]


def _json(query: str, answer: LookUp, ms: float) -> str:
    results: list[dict[str, Any]] = [
        {
            "id": one.customer.customer_id,
            "name": one.customer.name,
            "company": one.customer.company,
            "email": one.customer.email,
            "score": one.score,
            "why": one.why,
        }
        for one in answer.found
    ]
    return json.dumps({"query": query, "results": results, "certain": answer.certain, "ms": ms}, ensure_ascii=False)


def _shown(query: str, answer: LookUp) -> str:
    if not answer.found:
        return f"Nobody fits “{query}”."
    lines = []
    for one in answer.found:
        parts = [one.customer.name, one.customer.company or "", one.customer.email or ""]
        lines.append(f"{one.score:.2f}  {' · '.join(part for part in parts if part)}  ({one.why})")
    return "\n".join(lines)
