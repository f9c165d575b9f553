"""Journey: a pasted link becomes an object with a side pane, or blocks; before guests it is a name."""

import json
from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of

SITE = "https://crm.example.com"


def _paste(demo: Demo, url: str, channel: str = "C_SALES", user: str = "U_ADA") -> dict[str, Any]:
    """The message with the link, once its cards are there."""
    said = demo.act(type="message", user=user, channel=channel, text=f"see {url}")
    demo.settle()
    (message,) = [one for one in demo.messages(channel, user) if one["ts"] == said["ts"]]
    return message


def _customer(demo: Demo) -> str:
    demo.type("john smith acme")
    return _carried(demo.last(), "log_dialog")["customer"]


def _deal(demo: Demo) -> str:
    demo.type("add Aslaug Moe at Moelven aslaug@moelven.example")
    demo.type('deal new aslaug@moelven.example "Unfurled" 4k')
    return _carried(demo.last(), "deal")["deal"]


def _carried(message: dict[str, Any], action: str) -> dict[str, str]:
    buttons = [one for block in message["blocks"] for one in block.get("elements") or []]
    return dict(json.loads(next(one["value"] for one in buttons if one.get("action_id", "").split(":")[0] == action)))


def _entities(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["entity"] for one in message.get("unfurls") or [] if "entity" in one]


def test_a_customer_becomes_an_object_whose_pane_shows_more_to_the_one_who_opens_it(demo: Demo) -> None:
    url = f"{SITE}/c/{_customer(demo)}"
    message = _paste(demo, url)
    (entity,) = _entities(message)
    assert entity["entity_payload"]["attributes"]["title"]["text"] == "John Smith"
    assert "@" not in json.dumps(entity["entity_payload"]["custom_fields"]), "a channel sees no address"
    demo.act(type="open_entity", user="U_ADA", channel="C_SALES", ts=message["ts"], url=url)
    demo.settle()
    pane = demo.state()["pane"]
    labels = {one["label"] for one in pane["metadata"]["entity_payload"]["custom_fields"]}
    assert {"Company", "Reach them at"} <= labels
    assert not pane.get("error")


def test_a_deal_becomes_an_object_with_a_button_that_shows_it(demo: Demo) -> None:
    url = f"{SITE}/deals/{_deal(demo)}?from=mail"
    message = _paste(demo, url)
    (entity,) = _entities(message)
    fields = {one["label"]: one.get("value") for one in entity["entity_payload"]["custom_fields"]}
    assert fields["Amount"] == "€4,000"
    demo.act(type="press_entity", user="U_ADA", channel="C_SALES", ts=message["ts"], url=url, action_id="deal")
    demo.settle()
    assert "deal_stage" in {one.split(":")[0] for one in action_ids(demo.last())}


@pytest.mark.parametrize("what", ["customer", "deal"])
def test_before_a_guest_there_is_the_name_and_nothing_more(demo: Demo, what: str) -> None:
    row = _customer(demo) if what == "customer" else _deal(demo)
    url = f"{SITE}/{row}"
    message = _paste(demo, url, channel="C_SHARED")
    (entity,) = _entities(message)
    payload = entity["entity_payload"]
    assert payload["custom_fields"] == []
    assert "Acme" not in json.dumps(payload)
    assert "Moelven" not in json.dumps(payload)
    demo.act(type="open_entity", user="U_GUEST", channel="C_SHARED", ts=message["ts"], url=url)
    demo.settle()
    assert demo.state("U_GUEST")["pane"]["error"]["status"] == "restricted"


def test_an_address_is_unfurled_among_colleagues_alone(demo: Demo) -> None:
    demo.type("add Ulla Vik at Vikholm ulla@vikholm.example")
    url = f"{SITE}/c/ulla@vikholm.example"
    assert _entities(_paste(demo, url))
    assert not _paste(demo, url, channel="C_SHARED").get("unfurls")


@pytest.mark.parametrize(
    "url",
    [f"{SITE}/c/cus_nobody", f"{SITE}/about", f"{SITE}/deals/dea_gone", "https://crm.example.com.evil.example/cus_1"],
)
def test_what_is_not_ours_or_not_there_stays_a_bare_link(demo: Demo, url: str) -> None:
    assert not _paste(demo, url).get("unfurls")


def _pane(demo: Demo) -> dict[str, Any]:
    pane: dict[str, Any] = demo.state()["pane"]
    return pane


def test_a_deal_is_changed_in_its_side_pane_and_what_cannot_be_read_is_said_there(demo: Demo) -> None:
    url = f"{SITE}/{_deal(demo)}"
    message = _paste(demo, url)
    place = {"user": "U_ADA", "channel": "C_SALES", "ts": message["ts"], "url": url}
    demo.act(type="open_entity", **place)
    demo.settle()
    demo.act(type="save_entity", **place, values={"amount": "6k", "close": "eom"})
    demo.settle()
    said = words_of(demo.last(demo.direct()))
    assert "€4,000 → €6,000" in said
    fields = {one["key"]: one.get("value") for one in _pane(demo)["metadata"]["entity_payload"]["custom_fields"]}
    assert fields["amount"] == "€6,000"
    demo.act(type="save_entity", **place, values={"amount": "lots"})
    demo.settle()
    assert _pane(demo)["error"]["status"] == "edit_error"
    assert "is no amount" in _pane(demo)["error"]["custom_message"]


def test_a_workspace_that_takes_no_objects_gets_blocks_and_is_not_asked_again(demo: Demo) -> None:
    """The last of these journeys, since the workspace stays so for 30 days."""
    url = f"{SITE}/c/{_customer(demo)}"
    fault = {"error": {"method": "chat.unfurl", "error": "invalid_metadata_format", "times": 1}}
    demo._post("faults", fault)
    for _ in range(2):
        message = _paste(demo, url)
        assert not _entities(message)
        assert "John Smith" in json.dumps(message["unfurls"])
    calls = [one for one in demo._get("log")["entries"] if one.get("method") == "chat.unfurl"][-3:]
    assert [one["answer"]["ok"] for one in calls] == [False, True, True]
