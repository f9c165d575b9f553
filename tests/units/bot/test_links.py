"""What a pasted link names, what Slack says of a person, and the gesture of an opened side pane."""

from typing import Any

import pytest

from bot import gestures
from bot.gestures import Did
from bot.handlers.links import named_by
from bot.workspace import Profile


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ("https://crm.example.com/c/cus_1", "cus_1"),
        ("http://CRM.example.com:8080/deals/dea_1/?a=b#c", "dea_1"),
        ("https://crm.example.com/c/ann%40acme.example", "ann@acme.example"),
        ("https://crm.example.com", ""),
        ("https://crm.example.com.evil.example/cus_1", ""),
        ("https://evil.example/?https://crm.example.com/cus_1", ""),
        ("https://user@evil.example/crm.example.com/cus_1", ""),
        ("ftp://crm.example.com/cus_1", ""),
        ("https://[bad/cus_1", ""),
        ("", ""),
    ],
)
def test_a_link_names_what_its_last_part_says_on_our_domain_alone(link: str, named: str) -> None:
    assert named_by(link, "crm.example.com") == named


def _event(**event: Any) -> dict[str, Any]:
    body = {"type": "entity_details_requested", "user": "U1", "trigger_id": "1.2", **event}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": body}


def test_an_opened_pane_says_what_it_is_about_and_by_whom() -> None:
    asked = gestures.read(_event(external_ref={"id": "cus_1"}, entity_url="https://crm.example.com/c/cus_1"))
    assert asked is not None
    assert (asked.did, asked.user, asked.value, asked.trigger_id) == (Did.OPENED_ENTITY, "U1", "cus_1", "1.2")
    assert asked.links == ("https://crm.example.com/c/cus_1",)
    empty = gestures.read(_event(external_ref=None))
    assert empty is not None
    assert (empty.value, empty.links) == ("", ())


@pytest.mark.parametrize(
    ("leads", "outsider", "role"), [(True, False, "admin"), (False, False, "rep"), (True, True, "rep")]
)
def test_who_leads_the_workspace_joins_as_an_admin(leads: bool, outsider: bool, role: str) -> None:
    assert Profile("U1", "Ann", "", "UTC", outsider, False, leads).first_role == role
