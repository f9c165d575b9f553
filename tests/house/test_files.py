"""Files and functions stay short, say what they are for, and hold nothing of this machine or of the net."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, files, short, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
# Put together here, so that this file does not find itself.
LEFT_OPEN = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp)/[\w.]")
INDEX = re.compile(r"^\s*(?:--(?:extra-)?index-url|-i\b|--find-links|-f\b|--trusted-host)", re.MULTILINE)


def _lengths() -> list[tuple[int, str]]:
    return [
        ((node.end_lineno or 0) - node.lineno + 1, f"{short(file)}:{node.name}")
        for file in files(".py", packages=PACKAGES)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {short(one): len(one.read_text(encoding="utf-8").splitlines()) for one in files(".py", ".js", ".css")}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_of_a_hundred_functions_ninety_nine_have_at_most_50_lines() -> None:
    lengths = sorted(_lengths())
    assert len(lengths) > 500
    assert lengths[len(lengths) * 99 // 100][0] <= LONGEST_FUNCTION, lengths[-len(lengths) // 100 :]


def _without_a_sentence(file: Path) -> bool:
    said = ast.get_docstring(tree(file)) or ""
    first = said.split("\n\n")[0].strip()
    return bool(tree(file).body) and not (first and first[0].upper() == first[0] and first[-1] in ".!?:")


def test_every_module_says_in_a_sentence_what_it_is_for() -> None:
    assert [short(one) for one in files(".py") if _without_a_sentence(one)] == []


def test_a_module_without_a_sentence_would_be_seen(tmp_path: Path) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("x = 1\n")
    assert _without_a_sentence(silent)


def test_nothing_is_left_open_in_the_sources() -> None:
    found = [short(one) for one in files(".py", ".js", ".css", ".html") if LEFT_OPEN.search(one.read_text("utf-8"))]
    assert found == []


def test_no_source_names_a_place_of_one_machine() -> None:
    found = [
        (short(one), hit.group())
        for one in files(".py", ".js", ".html", packages=PACKAGES)
        if (hit := MACHINE.search(one.read_text("utf-8")))
    ]
    assert found == []


def test_a_place_of_one_machine_would_be_seen() -> None:
    assert MACHINE.search('open("/home/ann/crm.db")')
    assert not MACHINE.search("see https://example.com/home/ann")


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*")), ids=lambda file: file.name)
def test_a_list_of_packages_names_no_address(file: Path) -> None:
    text = file.read_text()
    assert "://" not in text
    assert not INDEX.search(text)


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*.txt")), ids=lambda file: file.name)
def test_every_locked_package_has_a_version_and_a_hash(file: Path) -> None:
    entries = [one for one in re.split(r"\n(?=\S)", file.read_text()) if one and one[0] not in "#-\n"]
    assert entries
    assert [one.split()[0] for one in entries if "==" not in one.split("\n")[0] or "--hash=sha256:" not in one] == []
