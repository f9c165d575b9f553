"""`crm analyze`: value, potential, segments or policy of a table of one's own, with no store."""

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from crm_store.errors import BadInput

_TAKEN: Final = {
    "value": ("orders", "customer", "date", "amount", "until", "horizon_days"),
    "potential": ("table", "label", "time", "id", "drop", "train_fraction", "rolling"),
    "segments": ("orders", "customer", "date", "amount", "until", "max_segments"),
    "policy": ("table", "treatment", "outcome", "id", "train_fraction"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command a question."""
    questions = parser.add_subparsers(dest="question", metavar="QUESTION", required=True, parser_class=type(parser))
    value = questions.add_parser("value", help="expected orders and revenue of each customer")
    _orders(value)
    value.add_argument("--horizon-days", type=int, required=True, help="how far to look ahead")
    segments = questions.add_parser("segments", help="groups of customers with a rule in words")
    _orders(segments)
    segments.add_argument("--max-segments", type=int, default=8, help="most groups")
    potential = questions.add_parser("potential", help="the chance of a yes for each later row")
    _table(potential)
    potential.add_argument("--label", required=True, metavar="COL", help="the outcome, yes or no")
    potential.add_argument("--time", metavar="COL", help="train on the earliest rows by this column")
    potential.add_argument("--drop", default="", metavar="COL,…", help="columns to leave out")
    potential.add_argument("--rolling", action="store_true", help="each batch of later rows learns from earlier ones")
    policy = questions.add_parser("policy", help="whom to contact first")
    _table(policy)
    policy.add_argument("--treatment", required=True, metavar="COL", help="who was contacted")
    policy.add_argument("--outcome", required=True, metavar="COL", help="what came of it")


def _orders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=Path, required=True, metavar="FILE", help="CSV with a row an order")
    parser.add_argument("--customer", required=True, metavar="COL", help="column of the customer")
    parser.add_argument("--date", required=True, metavar="COL", help="column of the day")
    parser.add_argument("--amount", required=True, metavar="COL", help="column of the amount")
    parser.add_argument("--until", type=_day, required=True, metavar="DATE", help="the first day that is not known")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV of the answers")


def _table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, required=True, metavar="FILE", help="CSV with a row a case")
    parser.add_argument("--id", metavar="COL", help="column that names the row")
    parser.add_argument("--train-fraction", type=_fraction, required=True, help="the part of the rows that is known")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV of the answers")


def analyze(options: argparse.Namespace) -> int:
    """One JSON line of what was fitted, on how many rows, with which error."""
    for name in ("horizon_days", "max_segments"):
        if getattr(options, name, 1) < 1:
            raise BadInput(f"--{name.replace('_', '-')} must be at least 1.")
    # The models are loaded only here, so that no other command waits for them.
    run: Callable[..., Mapping[str, Any]] = importlib.import_module(f"analytics.trial.{options.question}").run
    given = {name: getattr(options, name) for name in _TAKEN[options.question]}
    sys.stdout.write(json.dumps(run(**given, out=options.out), ensure_ascii=False) + "\n")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day such as 2026-03-31") from None


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no part between 0 and 1")
    return value
