"""The log: ids only, never what customers wrote, nor addresses nor tokens."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from crm_store.log import get_logger, redact, set_up


@pytest.fixture
def quiet_after() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("name", ["raw", "body", "text", "subject", "payload", "token", "password", "secret", "email"])
def test_fields_that_hold_what_people_wrote_are_hidden(name: str) -> None:
    assert redact(None, "info", {"event": "filed", name: "Dear Ann", "inbox_id": "inb_1"}) == {
        "event": "filed",
        name: "[hidden]",
        "inbox_id": "inb_1",
    }


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("from ann.lee+x@acme.example now", "from [address] now"),
        ("xoxb-12-34-abc", "[token]"),
        ("token xapp-1-A-b!", "token [token]!"),
        ("Authorization: Bearer abc.def", "Authorization: [token]"),
        ({"inner": {"text": "hello", "to": "a@b.example"}}, {"inner": {"text": "[hidden]", "to": "[address]"}}),
        (["a@b.example", 3], ["[address]", 3]),
        (7, 7),
    ],
)
def test_tokens_and_addresses_are_blanked_wherever_they_hide(value: object, kept: object) -> None:
    assert redact(None, "info", {"what": value}) == {"what": kept}


def test_a_line_for_machines_is_json_and_redacted(quiet_after: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("json", "INFO")
    get_logger("here").info("filed", inbox_id="inb_1", body="Dear Ann", problem="no a@b.example")
    get_logger("here").debug("unheard")
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "event": "filed",
        "module": "here",
        "level": "info",
        "inbox_id": "inb_1",
        "body": "[hidden]",
        "problem": "no [address]",
    }


def test_what_libraries_log_is_redacted_too(quiet_after: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("console", "INFO", quiet=["noisy"])
    logging.getLogger("library").warning("refused %s with %s", "ann@acme.example", "xoxb-1-2")
    logging.getLogger("noisy").error("nobody hears this")
    assert capsys.readouterr().err == "WARNING library refused [address] with [token]\n"


def test_an_exception_in_the_log_is_redacted(quiet_after: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("json", "INFO")
    try:
        raise ValueError("no such person: ann@acme.example")
    except ValueError:
        get_logger("here").exception("broke")
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "ann@acme.example" not in shown
