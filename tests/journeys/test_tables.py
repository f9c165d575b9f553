"""A list that Slack refuses as a table comes in a plainer form, which is remembered."""

from collections.abc import Iterator

import pytest

from tests.journeys.house import Demo, words_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, since what was refused is remembered for a month."""
    demo = Demo.start(tmp_path_factory.mktemp("tables"))
    yield demo
    assert demo.stop() == 0


def _asked(demo: Demo, refusals: int = 0, text: str = "ask customers by owner") -> tuple[set[str], str]:
    if refusals:
        refusal = {"method": "chat.postMessage", "error": "invalid_blocks", "times": refusals}
        demo._post("faults", {"error": refusal})
    demo.say(text)
    demo._post("faults", {})
    message = max((one for one in demo.messages(demo.direct()) if one.get("blocks")), key=lambda one: float(one["ts"]))
    return {str(one["type"]) for one in message["blocks"]}, words_of(message)


def test_a_refused_block_comes_in_a_plainer_form_down_to_letters_and_is_remembered(workspace: Demo) -> None:
    kinds, words = _asked(workspace)
    assert {"data_table", "data_visualization"} <= kinds
    assert "Ada" in words
    kinds, words = _asked(workspace, refusals=1)
    assert "data_visualization" not in kinds
    assert "data_table" in kinds
    assert "Ada" in words
    table = "ask orders by company"  # Of so many parts no chart is made.
    kinds, plainer = _asked(workspace, refusals=1, text=table)
    assert "table" in kinds
    assert "data_table" not in kinds
    assert "orders" in plainer.lower()
    kinds, _ = _asked(workspace, text=table)
    assert "data_table" not in kinds
    kinds, letters = _asked(workspace, refusals=1, text=table)
    assert not kinds & {"data_table", "table"}
    assert "█" in letters
    assert _asked(workspace, text=table)[0] == kinds


def test_a_pipeline_that_no_night_has_drawn_is_the_list_of_deals(workspace: Demo) -> None:
    kinds, words = _asked(workspace, text="pipeline")
    assert "header" in kinds
    assert "open deals" in words
    assert "New deal" in words


def test_a_chart_that_slack_does_not_draw_follows_as_a_picture_with_its_words(workspace: Demo) -> None:
    pictures = [one for one in workspace.messages(workspace.direct()) if one["files"]]
    answers = {one["ts"]: words_of(one) for one in workspace.messages(workspace.direct())}
    file = pictures[0]["files"][0]
    assert "Customers: 400" in answers[pictures[0]["thread_ts"]]
    assert (file["mimetype"], file["title"]) == ("image/png", "Customers by owner")
    assert file["alt_txt"].startswith("Customers by owner: Ada Okonkwo 240, ")
