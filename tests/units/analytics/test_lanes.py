"""Two halves of an analysis side by side: whole lines of both, and no half alone."""

import json
import subprocess
import sys

import pytest

from analytics import lanes
from tests.journeys.house import ROOT

pytestmark = pytest.mark.skipif(not lanes.HERE, reason="one process alone works elsewhere")

_BEGIN = """
import os, signal, sys, time
from analytics.lanes import HalfFailed, Voice, beside
voice = Voice()
def half(tell):
    for number in range(200):
        tell({"line": "second", "number": number, "text": "x" * 5000})
def other():
    for number in range(200):
        voice.tell({"line": "first", "number": number, "text": "y" * 5000})
"""


def _said(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _BEGIN + program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )


def test_lines_of_both_halves_come_whole_and_in_their_order() -> None:
    ended = _said("with beside(voice, half): other()")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0
    for name in ("first", "second"):
        assert [line["number"] for line in lines if line["line"] == name] == list(range(200))


@pytest.mark.parametrize(
    "end", ["raise ValueError('no numbers')", "os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_a_second_half_that_ends_early_is_said_once_the_first_is_done(end: str) -> None:
    ended = _said(f"""
def broken(tell):
    tell({{"line": "second"}})
    {end}
try:
    with beside(voice, broken): voice.tell({{"line": "first"}})
except HalfFailed as problem:
    voice.tell({{"line": "failed", "sentence": problem.sentence}})
""")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert lines[-1]["sentence"].startswith("The second process ended before")
    assert {line["line"] for line in lines[:-1]} == {"first", "second"}
    assert ("no numbers" in ended.stderr) == ("ValueError" in end)


def test_a_first_half_that_fails_ends_the_second() -> None:
    ended = _said("""
def endless(tell):
    tell({"line": "second", "process": os.getpid()})
    while True: time.sleep(1)
with beside(voice, endless): raise ValueError("no numbers")
""")
    assert ended.returncode == 1
    assert "no numbers" in ended.stderr


def test_the_second_ends_when_the_first_is_killed() -> None:
    ended = _said("""
def endless(tell):
    tell({"line": "second"})
    while True: time.sleep(1)
with beside(voice, endless):
    os.kill(os.getpid(), signal.SIGKILL)
""")
    # The second holds the same standard output: had it lived on, no end of it would have been seen.
    assert ended.returncode == -9
