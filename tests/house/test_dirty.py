"""No write of what scores are made of goes unnoticed: rows, many rows at once and statements all pass the marks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from crm_store.engine import dirty
from crm_store.models.columns import Base, TeamRow
from crm_store.models.history import Communication
from tests.house.sources import PACKAGES, files, short, tree

MODELS: tuple[type[TeamRow], ...] = (*dirty._OWN, Communication)
WATCHED = {model.__tablename__ for model in MODELS}
# Plain SQL does not pass the session, so that it marks nobody; each place that writes these tables has its reason.
PLAIN = {"crm_store/queries/feature_sql.py:orders": "gives old orders their day, which changes no number"}
_WRITE = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z_]+)\"?\s", re.IGNORECASE)
# Most sources hold none of these words, and need not be read as Python reads them.
_PLAIN_WORDS = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)[\s\"']", re.IGNORECASE)


def _texts(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _sources(words: re.Pattern[str]) -> Iterator[Path]:
    """The product's files in which such words stand."""
    for file in files(".py", packages=PACKAGES):
        if words.search(file.read_text(encoding="utf-8")):
            yield file


def _plain_writes() -> set[str]:
    return {
        f"{short(file)}:{table}"
        for file in _sources(_PLAIN_WORDS)
        if "/migrations/" not in short(file)
        for told in _texts(file)
        for table in _WRITE.findall(told)
        if table in WATCHED
    }


def test_plain_sql_writes_no_table_of_which_scores_are_made() -> None:
    assert _plain_writes() == set(PLAIN)


def test_the_tables_watched_exist_and_name_their_customers() -> None:
    assert set(Base.metadata.tables) >= WATCHED
    assert all("customer_id" in Base.metadata.tables[name].columns for name in WATCHED - {"communications"})


def test_no_table_is_written_past_the_session_and_the_unit() -> None:
    """`Work.insert`, the session and statements mark; a table's own insert would not."""
    named = {model.__name__ for model in MODELS}
    found = [
        f"{short(file)}:{node.lineno}"
        for file in _sources(re.compile(r"\binsert\("))
        if not short(file).startswith("crm_store/engine/")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == "insert"
        and node.args
        and isinstance(node.args[0], ast.Attribute)
        and node.args[0].attr == "__table__"
        and isinstance(node.args[0].value, ast.Name)
        and node.args[0].value.id in named
    ]
    assert found == []
