"""Every public function of the actions writes an audit entry, calls one that does, or says why it does not."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, short, tree

EXCUSE = "Not audited:"
WRITES = {"audit.record", "audit.append", "ledger.add", "ledger.change", "ledger.remove"}
ACTIONS = "crm_store.actions"
# What changes nothing that a person wrote, each with its reason; whatever else goes without says so in its docstring.
REASONS = {
    "bulk.index": "look-up tokens follow rows that are audited",
    "communications.find": "reads only",
    "communications.described": "reads only",
    "companies.by_name": "reads only",
    "companies.by_domain": "reads only",
    "customer_fields.new_point": "makes a row that its caller's ledger takes",
    "customers.remember_shown": "which list a person saw last",
    "tasks.remember_list": "which list a person saw last",
    "jobs.enqueue": "each run is a row of its own",
    "jobs.begin_now": "each run is a row of its own",
    "jobs.claim": "each run is a row of its own",
    "jobs.hold": "each run is a row of its own",
    "jobs.finish": "each run is a row of its own",
    "jobs.fail": "each run is a row of its own",
    "jobs.give_back": "each run is a row of its own",
    "jobs.prune": "each run is a row of its own",
    "mailroom.hold_mail": "the inbox row keeps its state and verdict",
    "mailroom.drop_mail": "the inbox row keeps its state and verdict",
    "mailroom.set_aside": "the inbox row keeps its state and verdict",
    "scores.part": "makes a value only",
    "touches.recompute": "derived from rows that are audited",
    "touches.mark_dirty": "derived from rows that are audited",
}


@cache
def _functions() -> dict[str, ast.FunctionDef]:
    """All functions of the actions by `module.name`."""
    return {
        f"{file.stem}.{node.name}": node
        for file in _modules()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef)
    }


def _modules() -> list[Path]:
    return [one for one in files(".py", packages=("crm_store",)) if short(one).startswith("crm_store/actions/")]


@cache
def _imported(module: str) -> dict[str, str]:
    """What names of other action modules mean in this one: `name` -> `module.name` or `module`."""
    meant: dict[str, str] = {}
    for node in ast.walk(tree(ROOT / "crm_store" / "actions" / f"{module}.py")):
        if isinstance(node, ast.ImportFrom) and node.module == ACTIONS:
            meant |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{ACTIONS}."):
            origin = (node.module or "").rpartition(".")[2]
            meant |= {one.asname or one.name: f"{origin}.{one.name}" for one in node.names}
    return meant


def _called(module: str, function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            yield f"{_imported(module).get(node.func.value.id, node.func.value.id)}.{node.func.attr}"
        elif isinstance(node.func, ast.Name):
            yield _imported(module).get(node.func.id, f"{module}.{node.func.id}")


def _audits(name: str, seen: frozenset[str] = frozenset()) -> bool:
    function = _functions().get(name)
    if function is None or name in seen:
        return name in WRITES
    return any(_audits(one, seen | {name}) for one in _called(name.partition(".")[0], function))


def _public() -> list[str]:
    return [
        f"{file.stem}.{node.name}"
        for file in _modules()
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("name", _public())
def test_an_action_writes_an_audit_entry_or_says_why_not(name: str) -> None:
    function = _functions()[name]
    excused = name in REASONS or EXCUSE in (ast.get_docstring(function) or "")
    assert _audits(name) or excused, f"crm_store/actions: {name} neither audits nor says “{EXCUSE} …”"


def test_an_action_without_an_entry_would_be_seen() -> None:
    assert not _audits("teams.no_such_function")
    assert len(_public()) > 20


def test_no_reason_is_given_for_what_is_audited_or_gone() -> None:
    assert [name for name in REASONS if name not in _functions() or _audits(name)] == []


def test_actions_never_commit() -> None:
    endings = {"commit", "rollback", "begin", "begin_nested"}
    found = [
        f"{short(file)}:{node.lineno}"
        for file in _modules()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr in endings
    ]
    assert found == []
