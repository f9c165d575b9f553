"""Somebody known who comes again with a slip in the name and a shortened company is noticed at every door."""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.house import PATIENCE, Demo, words_of


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A team without customers, whose Ben is told at any hour of the machine."""
    running = Demo.start(tmp_path_factory.mktemp("known"), "--no-seed")
    running.type("settings quiet never", "U_BEN")
    yield running
    assert running.stop() == 0


def _heard(demo: Demo) -> str:
    """All that the app has said to Ben by himself."""
    return "\n".join(words_of(one) for one in demo.messages(demo.direct("U_BEN"), "U_BEN"))


def test_a_slip_is_noticed_in_chat_in_a_list_in_a_form_and_in_a_mail(team: Demo, tmp_path: Path) -> None:
    team.type("add Kai Lundgren at Northgate Foods GmbH kai@northgate-example.com", "U_BEN")
    assert "Added" in words_of(team.last(user="U_BEN"))

    team.type("add Kai Lungdren at Northgate", "U_BEN")
    assert "This may be Kai Lundgren" in words_of(team.last(user="U_BEN"))

    file = tmp_path / "fair.csv"
    file.write_text("name,company,email\nKai Lnudgren,Northgate,kai.l@home.example\n")
    told = team.crm("import", str(file), "--json").stdout
    assert '"created": 1' in told
    assert '"proposed_pairs": 1' in told

    team.type('settings form new "Fair" "I want news by mail"', "U_BEN")
    path = re.search(r"/f/[A-Za-z0-9_-]+", words_of(team.last(user="U_BEN")))
    assert path
    fields = {
        "name": "Kia Lundgren",
        "email": "kia@home.example",
        "company": "Northgate",
        "message": "Hello",
        "nonce": "n",
    }
    with urllib.request.urlopen(
        team.ready["web"].rstrip("/") + path[0], urllib.parse.urlencode(fields).encode(), timeout=PATIENCE
    ) as page:
        assert page.status == 200
    team.settle()
    assert "Kia Lundgren filled in “Fair”: “Hello”. They may be known already" in _heard(team)
    team.type("duplicates kia lundgren", "U_BEN")
    assert "may be one person" in words_of(team.last(user="U_BEN"))

    forwarded = (
        "From: Ben Hartmann <ben@halyard.example>\r\nTo: crm\r\nSubject: Fwd: Quote\r\n"
        "Message-ID: <f1@halyard.example>\r\n\r\n---------- Forwarded message ---------\r\n"
        "From: Kai Lundgern <k.lundgern@northgate-example.com>\r\n"
        "Date: Thu, 26 Nov 2026 at 10:00\r\nSubject: Quote\r\nTo: Ben Hartmann <ben@halyard.example>\r\n\r\n"
        "Please send a quote for three seats.\r\n"
    )
    team.mail(forwarded.encode(), team.ready["ingest_addresses"]["U_BEN"], "ben@halyard.example")
    team.settle()
    asked = words_of(team.last(team.direct("U_BEN"), "U_BEN"))
    assert "Who" in asked
    assert "Kai Lundgren" in asked
