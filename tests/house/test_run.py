"""The script `run` hands over to the right program, and passes on arguments, exit codes and signals."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CRM = """#!/bin/sh
trap 'echo stopped; kill $!; exit 0' TERM
echo "crm $*"
[ "$1" = fail ] && exit 2
[ "$1" = demo ] || exit 0
sleep 30 &
wait
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment that looks installed, with a stand-in for the command `crm`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    crm = tmp_path / "bin" / "crm"
    crm.write_text(CRM)
    crm.chmod(0o755)
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "rapport.pth").write_text(f"{ROOT}\n")
    checksum = subprocess.run(["cksum", ROOT / "requirements.txt"], capture_output=True, text=True, check=True)
    (tmp_path / "rapport-product.stamp").write_text(" ".join(checksum.stdout.split()[:2]) + "\n")
    return tmp_path


def run(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": "/usr/bin:/bin", "RAPPORT_VENV": str(environment)}
    return subprocess.run(
        [ROOT / "run", *arguments], env=variables, capture_output=True, text=True, check=False, timeout=60
    )


def test_what_is_installed_is_not_installed_again(environment: Path) -> None:
    done = run(environment, "crm", "find", "ann lee")
    assert (done.returncode, done.stdout, done.stderr) == (0, "crm find ann lee\n", "")


def test_the_exit_code_of_the_command_comes_through(environment: Path) -> None:
    assert run(environment, "crm", "fail").returncode == 2


def test_the_demo_gets_the_signal_that_the_script_gets(environment: Path) -> None:
    variables = {"PATH": "/usr/bin:/bin", "RAPPORT_VENV": str(environment)}
    with subprocess.Popen([ROOT / "run", "demo", "--json"], env=variables, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline() == "crm demo --json\n"
        demo.send_signal(signal.SIGTERM)
        assert demo.stdout.readline() == "stopped\n"
        assert demo.wait(timeout=60) == 0


def test_an_unknown_task_is_named_and_exits_with_2(environment: Path) -> None:
    done = run(environment, "dance")
    assert done.returncode == 2
    assert "There is no task “dance”." in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_new_enough_python_one_sentence_says_so(tmp_path: Path) -> None:
    for tool in ("sh", "dirname", "cat", "cksum", "cut", "grep", "rm"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    variables = {"PATH": str(tmp_path), "RAPPORT_VENV": str(tmp_path / "none")}
    done = subprocess.run(
        [ROOT / "run", "setup"], env=variables, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == "Rapport needs Python 3.11 or newer; install it and run this again.\n"


def test_help_names_every_task(environment: Path) -> None:
    shown = run(environment, "help").stdout
    for task in ("demo", "crm", "test", "check", "bench", "setup", "lock", "help"):
        assert f"./run {task}" in shown


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_can_be_started(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
