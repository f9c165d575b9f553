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


def _asked(demo: Demo, refusals: int = 0) -> tuple[set[str], str]:
    if refusals:
        refusal = {"method": "chat.postMessage", "error": "invalid_blocks", "times": refusals}
        demo._post("faults", {"error": refusal})
    demo.say("ask customers by owner")
    demo._post("faults", {})
    message = demo.last(demo.direct())
    return {str(one["type"]) for one in message["blocks"]}, words_of(message)


def test_a_refused_block_comes_in_a_plainer_form_down_to_letters_and_is_remembered(workspace: Demo) -> None:
    kinds, words = _asked(workspace)
    assert {"data_table", "data_visualization"} <= kinds
    assert "Ada" in words
    kinds, words = _asked(workspace, refusals=1)
    assert "data_visualization" not in kinds
    assert "data_table" in kinds
    assert "Ada" in words
    kinds, plainer = _asked(workspace, refusals=1)
    assert "table" in kinds
    assert "data_table" not in kinds
    assert "Ada" in plainer
    kinds, _ = _asked(workspace)
    assert "data_table" not in kinds
    kinds, letters = _asked(workspace, refusals=1)
    assert not kinds & {"data_table", "table"}
    assert "█" in letters
    assert _asked(workspace)[0] == kinds
