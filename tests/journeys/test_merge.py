"""Journey: two cards of one person become one after a look at both, and two again."""

from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of


def _dialog(demo: Demo, user: str = "U_ADA") -> dict[str, Any]:
    view: dict[str, Any] = demo.state(user)["views"][-1]
    return view


def _add(demo: Demo, line: str) -> None:
    demo.type(f"add {line}")
    assert "Added" in words_of(demo.last())


def _submit(demo: Demo, verdict: str = "merge", name_of: str = "k") -> dict[str, Any]:
    """Send the dialog, with the name of the one that is kept; the receipt of a dialog comes by direct message."""
    picked = {"verdict:verdict": verdict, "value:0:value": name_of}
    chosen: dict[str, Any] = {}
    for place, value in picked.items():
        block, _, action = place.rpartition(":")
        chosen[block] = {action: {"selected_option": {"value": value}}}
    demo.act(type="submit", user="U_ADA", view_id=_dialog(demo)["id"], values=chosen)
    demo.settle()
    return demo.last(demo.direct())


def test_two_records_are_looked_at_merged_and_taken_apart_again(demo: Demo) -> None:
    _add(demo, "Zora Quill at Larkspur zora@larkspur.example")
    _add(demo, "Z. Quill at Larkspur z.quill@larkspur.example")
    demo.type("merge zora@larkspur.example z.quill@larkspur.example")
    assert "Zora Quill" in words_of(_dialog(demo))
    assert "Z. Quill" in words_of(_dialog(demo))
    receipt = _submit(demo)
    assert "Merged Z. Quill into Zora Quill" in words_of(receipt)
    demo.type("z.quill@larkspur.example")
    assert "Zora Quill, Larkspur" in words_of(demo.last())
    demo.press(receipt, "undo", channel=demo.direct())
    demo.type("z.quill@larkspur.example")
    assert "Z. Quill" in words_of(demo.last())


def test_unmerge_lists_what_was_merged_and_takes_it_back(demo: Demo) -> None:
    _add(demo, "Yara Pell at Larkspur yara@larkspur.example")
    _add(demo, "Y. Pell at Larkspur y.pell@larkspur.example")
    demo.type("merge yara@larkspur.example y.pell@larkspur.example")
    _submit(demo)
    demo.type("unmerge y. pell")
    listed = demo.last()
    assert "unmerge" in {one.split(":")[0] for one in action_ids(listed)}
    demo.press(listed, "unmerge")
    assert "Took Y. Pell out of Yara Pell again" in words_of(demo.last())


def test_a_log_since_the_merge_goes_back_with_the_address_that_was_typed(demo: Demo) -> None:
    _add(demo, "Wilma Tarn at Larkspur wilma@larkspur.example")
    _add(demo, "W. Tarn at Larkspur w.tarn@larkspur.example")
    demo.type("merge wilma@larkspur.example w.tarn@larkspur.example")
    receipt = _submit(demo)
    demo.type("edit wilma@larkspur.example title: Buyer")
    demo.type("log w.tarn@larkspur.example: called, wants 3 gauges")
    demo.type("log wilma@larkspur.example: called, wants 5 valves")
    demo.press(receipt, "undo", channel=demo.direct())
    # Each need goes with its call, so that nothing is left of which nobody knows whose it is.
    apart = words_of(demo.last(demo.direct()))
    assert "1 log since then went to the one it came through" in apart
    assert "tells of neither" not in apart
    demo.type("w.tarn@larkspur.example")
    assert "3 gauges" in words_of(demo.last())
    demo.type("wilma@larkspur.example")
    assert "5 valves" in words_of(demo.last())
    assert "Buyer" in words_of(demo.last())
    assert "3 gauges" not in words_of(demo.last())


def test_keep_separate_is_remembered_and_merges_nothing(demo: Demo) -> None:
    _add(demo, "Xanthe Roth at Larkspur xanthe@larkspur.example")
    _add(demo, "X. Roth at Larkspur x.roth@larkspur.example")
    demo.type("merge xanthe@larkspur.example x.roth@larkspur.example")
    assert "stay two records" in words_of(_submit(demo, "different"))
    demo.type("x.roth@larkspur.example")
    assert "X. Roth" in words_of(demo.last())


@pytest.mark.parametrize(("typed", "said"), [("merge ann", "Say both"), ("unmerge", "Say whom")])
def test_half_a_line_is_answered_with_what_is_missing(demo: Demo, typed: str, said: str) -> None:
    demo.type(typed)
    assert said in words_of(demo.last())
