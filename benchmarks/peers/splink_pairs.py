"""Splink on a table whose columns alone say how: comparisons as its documents teach them, no labels."""

import contextlib
import importlib
import importlib.util
import logging
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

from analytics.duplicates.shapes import Table

_PAIRS_A_ROW: Final = 30
_SHARE_IN_BLOCKS: Final = 0.01


def installed() -> bool:
    """True where there is a Splink to measure beside."""
    return importlib.util.find_spec("splink") is not None


def find(table: Table) -> list[tuple[float, str, str]]:
    """Weights in bits and pairs of ids that Splink gives a chance of one in a hundred; 0 bits are even odds."""
    # By name, since whoever only works on the product has it not installed.
    splink, library = (importlib.import_module(name) for name in ("splink", "splink.comparison_library"))
    logging.disable(logging.WARNING)
    columns = {name.replace(" ", "_"): _cells(table, at) for at, name in enumerate(table.columns)}
    blocks = _blocks(columns)
    settings = splink.SettingsCreator(
        unique_id_column_name="id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[splink.block_on(*keys) for keys in blocks],
        comparisons=[_comparison(library, name, cells) for name, cells in columns.items()],
    )
    api = splink.DuckDBAPI()
    linker = splink.Linker(api.register({"id": list(table.ids), **columns}), settings)
    linker.training.estimate_probability_two_random_records_match(
        [splink.block_on(*_sure(columns, blocks))], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for keys in blocks:
        # What is fixed by the block cannot be learnt in it, and from a block of strangers nothing can.
        with contextlib.suppress(Exception):
            linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(*keys))
    found = linker.inference.predict(threshold_match_probability=0.01).as_dict()
    return list(zip(found["match_weight"], found["id_l"], found["id_r"], strict=True))


def _cells(table: Table, at: int) -> list[str | None]:
    """A column in small letters, telephones as their last ten digits, nothing for empty cells."""
    texts = [row[at].strip().lower() for row in table.rows]
    if any(word in table.columns[at] for word in ("phone", "tel", "mobile")):
        texts = ["".join(mark for mark in text if mark.isdigit())[-10:] for text in texts]
    return [text or None for text in texts]


def _blocks(columns: dict[str, list[str | None]]) -> list[tuple[str, ...]]:
    """Single columns that part the table finely enough, and each two of the others that do so together."""
    fine = [name for name, cells in columns.items() if _pairs(cells) <= _PAIRS_A_ROW * len(cells)]
    found: list[tuple[str, ...]] = [(name,) for name in fine]
    for one, other in combinations([name for name in columns if name not in fine], 2):
        both = [f"{a}|{b}" if a and b else None for a, b in zip(columns[one], columns[other], strict=True)]
        if _pairs(both) <= _PAIRS_A_ROW * len(both):
            found.append((one, other))
    return found


def _pairs(cells: Sequence[str | None]) -> int:
    return sum(count * (count - 1) // 2 for text, count in Counter(cells).items() if text)


def _sure(columns: dict[str, list[str | None]], blocks: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The block that tells most while it still holds a hundredth of the rows twice."""
    singles = sorted((keys for keys in blocks if len(keys) == 1), key=lambda keys: _pairs(columns[keys[0]]))
    for keys in singles:
        again = sum(count - 1 for text, count in Counter(columns[keys[0]]).items() if text)
        if again >= _SHARE_IN_BLOCKS * len(columns[keys[0]]):
            return keys
    return blocks[0]


def _comparison(library: Any, name: str, cells: Sequence[str | None]) -> Any:
    """How a column is compared, by its name and by how much its cells repeat."""
    if "mail" in name:
        return library.EmailComparison(name)
    if any(word in name for word in ("dob", "birth")):
        return library.DateOfBirthComparison(name, input_is_string=True, invalid_dates_as_null=True)
    if any(word in name for word in ("phone", "tel", "mobile", "zip", "policy")):
        return library.DamerauLevenshteinAtThresholds(name, [1, 2])
    if any(word in name for word in ("name", "given", "family")):
        return library.NameComparison(name).configure(term_frequency_adjustments=True)
    if len(set(cells)) <= _SHARE_IN_BLOCKS * len(cells):
        return library.ExactMatch(name).configure(term_frequency_adjustments=True)
    return library.JaroWinklerAtThresholds(name, [0.92, 0.8])
