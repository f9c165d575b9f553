"""The arguments of MAIL and RCPT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.smtp.envelope import Path, read_path


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("FROM:<ann@acme.example>", Path("ann@acme.example", {})),
        (
            "from: <ann@acme.example> size=12 BODY=8bitmime",
            Path("ann@acme.example", {"SIZE": "12", "BODY": "8bitmime"}),
        ),
        ("FROM:<>", Path("", {})),
        ("FROM:ann@acme.example SMTPUTF8", Path("ann@acme.example", {"SMTPUTF8": ""})),
        ("FROM:<@relay.example:ann@acme.example>", Path("ann@acme.example", {})),
        ('FROM:<"a>b"@acme.example>', Path('"a>b"@acme.example', {})),
        ("FROM:<ünal@acme.example>", Path("ünal@acme.example", {})),
    ],
)
def test_a_path_is_read(argument: str, path: Path) -> None:
    assert read_path(argument, "FROM:") == path


@pytest.mark.parametrize(
    "argument",
    [
        None,
        "",
        "TO:<a@b.example>",
        "FROM:",
        "FROM:<a@b.example",
        "FROM:<a@b.example>SIZE=1",
        "FROM:<a@b.example> =1",
        "FROM:<a\x00b>",
    ],
)
def test_a_wrong_path_is_refused(argument: str | None) -> None:
    assert read_path(argument, "FROM:") is None


@given(st.text(max_size=1_200))
def test_no_path_raises(argument: str) -> None:
    read_path(f"FROM:{argument}", "FROM:")
