"""A segment's rule as plain JSON and back, so that it can be kept in a row and read where no grammar is."""

from collections.abc import Mapping
from datetime import date
from typing import Any as Anything

from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window


def to_json(rule: Rule) -> dict[str, Anything]:
    """The rule as JSON can hold it."""
    if isinstance(rule, All | Any):
        return {"all" if isinstance(rule, All) else "any": [to_json(part) for part in rule.parts]}
    if isinstance(rule, Not):
        return {"not": to_json(rule.part)}
    if isinstance(rule, Named):
        return {"trait": rule.trait.value, "name": rule.name}
    found: dict[str, Anything] = {
        "measure": rule.measure.value, "comparison": rule.comparison.value, "amount": rule.amount,
    }  # fmt: skip
    if rule.window is not None:
        since = rule.window.since
        found["window"] = {"since": since.isoformat()} if since else {"days": rule.window.days}
    return found


def from_json(found: Mapping[str, Anything]) -> Rule:
    """A rule from `to_json`; raises ValueError or KeyError where a later version wrote what this one cannot read."""
    if "all" in found or "any" in found:
        parts = tuple(from_json(part) for part in found.get("all") or found["any"])
        return All(parts) if "all" in found else Any(parts)
    if "not" in found:
        return Not(from_json(found["not"]))
    if "trait" in found:
        return Named(Trait(found["trait"]), str(found["name"]))
    amount = float(found["amount"])
    return Number(Measure(found["measure"]), Comparison(found["comparison"]), amount, _window(found.get("window")))


def _window(found: Mapping[str, Anything] | None) -> Window | None:
    if found is None:
        return None
    if "since" in found:
        return Window(since=date.fromisoformat(found["since"]))
    return Window(days=int(found["days"]))
