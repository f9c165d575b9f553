"""A form on the team's site: what is sent in is a customer and a log, and consent counts once the mailbox says yes."""

import email
import email.policy
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage

import pytest

from tests.journeys.apart import until
from tests.journeys.house import PATIENCE, Demo, words_of

WORDING = "I want news by mail, once a month at most"
ZOE = {
    "name": "Zoe Quandt",
    "email": "zoe@quandt.example",
    "company": "Quandt AG",
    "message": "Do you rent out 40 seats?",
}


def fetch(demo: Demo, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
    """A page as a browser gets it."""
    body = urllib.parse.urlencode(fields).encode() if fields is not None else None
    try:
        with urllib.request.urlopen(f"{demo.ready['web'].rstrip('/')}{path}", body, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


@pytest.fixture
def form(demo: Demo) -> str:
    """A form that Ben opened: its path."""
    name = f"News {time.monotonic_ns()}"
    demo.type(f'settings form new "{name}" "{WORDING}"', "U_BEN")
    found = re.search(r"/f/[A-Za-z0-9_-]+", words_of(demo.last(user="U_BEN")))
    assert found, words_of(demo.last(user="U_BEN"))
    return found[0]


def confirmation(demo: Demo, address: str) -> EmailMessage:
    """The letter that asks this address, as soon as it has left."""

    def found() -> EmailMessage | None:
        for file in sorted((demo.data / "outgoing").glob("prf_*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            if address in str(mail["To"]):
                return mail
        return None

    letter = until(found)
    assert isinstance(letter, EmailMessage)
    return letter


def test_whoever_fills_in_a_form_becomes_a_customer_and_consents_by_mail(demo: Demo, form: str) -> None:
    status, page = fetch(demo, form)
    assert status == 200
    assert WORDING in page
    status, page = fetch(demo, form, {**ZOE, "consent": "yes", "nonce": "first"})
    assert (status, "One more step" in page) == (200, True)
    demo.settle()
    demo.type("timeline zoe@quandt.example", "U_BEN")
    assert "Do you rent out 40 seats?" in words_of(demo.last(user="U_BEN"))
    letter = confirmation(demo, ZOE["email"])
    link = re.search(r"/c/[A-Za-z0-9_-]+", letter.get_content())
    assert link
    assert "Is that right?" in fetch(demo, link[0])[1]
    demo.type("settings forms", "U_BEN")
    assert "0 confirmed" in words_of(demo.last(user="U_BEN"))
    assert fetch(demo, link[0], {})[0] == 200
    assert fetch(demo, link[0], {})[0] == 200
    demo.type("settings forms", "U_BEN")
    assert "1 confirmed" in words_of(demo.last(user="U_BEN"))


def test_a_second_press_is_the_same_submission(demo: Demo, form: str) -> None:
    sent = {"name": "Yan Otto", "email": "yan@otto.example", "message": "MARKED-WORD please", "nonce": "same"}
    fetch(demo, form, sent)
    fetch(demo, form, sent)
    demo.settle()
    demo.type("timeline yan@otto.example", "U_BEN")
    assert words_of(demo.last(user="U_BEN")).count("MARKED-WORD") == 1


def test_a_wrong_address_is_said_and_what_was_typed_stays(demo: Demo, form: str) -> None:
    status, page = fetch(demo, form, {"name": 'Xo "<b>"', "email": "nowhere", "message": "kept words"})
    assert status == 400
    assert "no mail address" in page
    assert "kept words" in page
    assert "<b>" not in page


def test_a_machine_that_fills_in_every_field_leaves_nothing(demo: Demo, form: str) -> None:
    assert fetch(demo, form, {"name": "Bot", "email": "bot@spam.example", "website": "https://spam.example"})[0] == 200
    demo.settle()
    demo.type("find bot@spam.example", "U_BEN")
    assert "Nobody fits" in words_of(demo.last(user="U_BEN"))


def test_a_link_that_was_made_up_opens_nothing(demo: Demo, form: str) -> None:
    assert fetch(demo, f"{form[:-4]}AAAA")[0] == 404
    assert fetch(demo, form.replace("/f/", "/c/"))[0] == 404


def test_a_rep_opens_no_form_and_a_closed_one_takes_nothing(demo: Demo) -> None:
    demo.type(f'settings form new "Mine" "{WORDING}"', "U_ADA")
    assert "managers and admins" in words_of(demo.last(user="U_ADA"))
    demo.type(f'settings form new "Short" "{WORDING}"', "U_BEN")
    path = re.search(r"/f/[A-Za-z0-9_-]+", words_of(demo.last(user="U_BEN")))
    assert path
    demo.type("settings form close Short", "U_BEN")
    assert fetch(demo, path[0])[0] == 404
    assert fetch(demo, path[0], {**ZOE})[0] == 404
