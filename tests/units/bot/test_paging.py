"""Pages of a view: none begins with buttons that belong to the page before, and none is lost."""

import json
from typing import Any

import pytest

from bot import paging
from bot.names import Action


def _blocks(*kinds: str) -> list[dict[str, Any]]:
    return [{"type": kind, "block_id": str(number)} for number, kind in enumerate(kinds)]


def test_what_fits_stays_as_it_is() -> None:
    few = _blocks("header", "section", "actions")
    assert paging.page(few, 3, Action.HOME_REFRESH, 5) == few


def test_a_row_of_buttons_stays_with_what_it_is_about() -> None:
    pages = paging.pages(_blocks("section", "section", "actions", "context", "section"), 2)
    assert [[one["type"] for one in page] for page in pages] == [
        ["section", "section", "actions", "context"], ["section"],
    ]  # fmt: skip


def test_a_header_begins_a_page() -> None:
    assert [len(page) for page in paging.pages(_blocks("header", "section", "header", "section"), 60)] == [2, 2]


@pytest.mark.parametrize(("number", "turns"), [(0, [1]), (1, [0, 2]), (2, [1]), (9, [1]), (-3, [1])])
def test_each_page_leads_to_its_neighbours(number: int, turns: list[int]) -> None:
    made = paging.page(_blocks(*["section"] * 9), number, Action.HOME_REFRESH, 3)
    buttons = next(one for one in made if one["type"] == "actions")["elements"]
    assert [json.loads(one["value"])["page"] for one in buttons] == turns


def test_all_blocks_are_on_exactly_one_page() -> None:
    whole = _blocks(*["section", "actions", "context"] * 40)
    shown = [one for page in paging.pages(whole, 30) for one in page]
    assert shown == whole
