"""What a run tells is whole: a number that is none is found wherever it stands, and a line that has one is refused."""

import math
from dataclasses import dataclass, field
from datetime import date

import pytest

from analytics.lines import lacking, told


@dataclass(frozen=True, slots=True)
class Record:
    """As the record of a model: names, days, numbers and what lies in them."""

    kind: str = "win"
    as_of: date = date(2026, 11, 26)
    metrics: dict[str, float] = field(default_factory=dict)
    groups: tuple[dict[str, float], ...] = ()


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (Record(metrics={"brier": 0.1, "auc": 1.0}, groups=({"said": 0.2},)), ""),
        (Record(metrics={"brier": 0.1, "auc": math.nan}), "metrics.auc"),
        (Record(groups=({"said": 0.2}, {"said": -math.inf})), "groups.1.said"),
    ],
)
def test_a_number_that_is_none_is_named_by_its_place(record: Record, place: str) -> None:
    assert lacking(record) == place


def test_of_several_records_the_first_that_lacks_a_number_is_named() -> None:
    assert (
        lacking((Record(), Record(metrics={"auc": math.inf}), Record(metrics={"brier": math.nan}))) == "1.metrics.auc"
    )


def test_a_line_with_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        told({"line": "record", "metrics": {"auc": math.nan}})
