"""A timeline through the real doors: pages, kinds, words, a company and a deal, and a long text unfolded."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of

LONG = " ".join(f"word{number}" for number in range(2_500))


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own in which much was said with Nora Quill."""
    demo = Demo.start(tmp_path_factory.mktemp("timeline"))
    demo.type("add Nora Quill at Quarry Works nora.quill@quarry.example")
    for number in range(13):
        demo.type(f"log nora quill: called about stone {number:02d} of the bridge")
    demo.type('order nora quill 3 x "Granite slab" 120 eur')
    demo.type("deal new nora quill 12k")
    demo.type('task "measure the bridge" nora quill')
    demo.type("done measure the bridge")
    yield demo
    assert demo.stop() == 0


def _shown(demo: Demo, line: str) -> str:
    demo.type(f"timeline {line}")
    return words_of(demo.last())


def _stones(message: dict[str, Any]) -> list[str]:
    return [f"{number:02d}" for number in range(13) if f"stone {number:02d} of" in words_of(message)]


def _choose(demo: Demo, label: str) -> None:
    message = demo.last()
    menu = next(
        one for block in message["blocks"] for one in block.get("elements", []) if one.get("type") == "static_select"
    )
    value = next(one["value"] for one in menu["options"] if one["text"]["text"] == label)
    demo.act(
        type="click", user="U_ADA", channel="C_SALES", ts=message["ts"], action_id=menu["action_id"], value=value
    )  # fmt: skip
    demo.settle()


def test_ten_a_page_turn_in_place_to_older_and_back_to_newer(talked: Demo) -> None:
    talked.type("timeline nora quill calls")
    count = len(talked.messages())
    seen = _stones(talked.last())
    assert len(seen) == 10
    first = words_of(talked.last())
    talked.press(talked.last(), "timeline_older")
    assert len(talked.messages()) == count
    seen += _stones(talked.last())
    assert sorted(seen) == [f"{number:02d}" for number in range(13)]
    assert "timeline_older" not in {one.split(":")[0] for one in action_ids(talked.last())}
    talked.press(talked.last(), "timeline_newer")
    assert words_of(talked.last()) == first


def test_what_was_bought_moved_and_done_stands_on_it_and_a_menu_narrows_it(talked: Demo) -> None:
    shown = _shown(talked, "nora quill")
    assert "Granite slab" in shown
    assert "measure the bridge" in shown
    assert "stage: " in shown
    _choose(talked, "Orders")
    assert "Granite slab" in words_of(talked.last())
    assert not _stones(talked.last())
    _choose(talked, "Calls")
    assert len(_stones(talked.last())) == 10


@pytest.mark.parametrize(
    ("line", "there", "not_there"),
    [
        ('calls with nora quill "stone 07"', "stone 07", "stone 08"),
        ("nora quill orders", "Granite slab", "stone"),
        ("nora quill tasks", "measure the bridge", "Granite"),
        ("company quarry works", "stone 12", "Nothing"),
        ("nora quill until:2020-01-01", "Nothing of that kind", "stone 12"),
    ],
)
def test_words_narrow_a_timeline(talked: Demo, line: str, there: str, not_there: str) -> None:
    shown = _shown(talked, line)
    assert there in shown
    assert not_there not in shown


def test_a_long_text_is_unfolded_for_the_asker_alone(talked: Demo) -> None:
    talked.type(f"log nora quill: met her. {LONG}")
    talked.type("timeline nora quill")
    talked.press(talked.last(), "timeline_whole")
    first = talked.last()
    assert "word900" in words_of(first)
    assert "word2499" not in words_of(first)
    while "Next part" in words_of(talked.last()):
        _next(talked)
    assert "word2499" in words_of(talked.last())
    assert not [one for one in talked.messages(user="U_BEN") if "word2499" in words_of(one)]


def _next(demo: Demo) -> None:
    message = demo.last()
    action_id = next(
        one["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if one["text"]["text"] == "Next part"
    )
    demo.act(type="click", user="U_ADA", channel="C_SALES", ts=message["ts"], action_id=action_id)
    demo.settle()
