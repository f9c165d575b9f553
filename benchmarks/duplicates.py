"""Finding duplicates among made-up contacts; the peer is Splink, where it is installed, on the same rows."""

import importlib.util
import time
from collections.abc import Iterable
from typing import Any, Final

from analytics.duplicates.engine import find
from tests.units.analytics.duplicates import made_up

_PEOPLE: Final = 4_000
_SEED: Final = 11


def measure(people: str = str(_PEOPLE)) -> dict[str, Any]:
    """Seconds of processor time and F1 at the own threshold on a register and on contacts with dependent addresses."""
    register = made_up.registered(_SEED, int(people))
    contacts = made_up.dependent_mail(_SEED, int(people))
    began = time.process_time()
    found = [find(known.left) for known in (register, contacts)]
    seconds = time.process_time() - began
    scores = [
        _f1(known, ((pair.a, pair.b) for pair in one.proposed))
        for known, one in zip((register, contacts), found, strict=True)
    ]
    told = {
        "rows": len(register.left.ids) + len(contacts.left.ids),
        "seconds": round(seconds, 2),
        "register_f1": scores[0],
        "contacts_f1": scores[1],
    }
    if any(importlib.util.find_spec(name) is None for name in ("splink", "pandas")):
        return told | {"peer": "splink or pandas is not installed"}
    began = time.process_time()
    peers = [_f1(known, _splink(known)) for known in (register, contacts)]
    took = time.process_time() - began
    return told | {
        "peer": "splink",
        "peer_seconds": round(took, 2),
        "peer_register_f1": peers[0],
        "peer_contacts_f1": peers[1],
        "ratio": round(seconds / took, 3),
    }


def _f1(known: made_up.Known, pairs: Iterable[tuple[str, str]]) -> float:
    return round(made_up.score(known, pairs)[2], 4)


def _splink(known: made_up.Known) -> list[tuple[str, str]]:
    """Splink as its documents teach it: names and dates by their own comparisons, the rest exact, EM by two columns."""
    pandas, library, splink = map(importlib.import_module, ("pandas", "splink.comparison_library", "splink"))
    columns = known.left.columns
    frame = pandas.DataFrame(known.left.rows, columns=[name.replace(" ", "_") for name in columns])
    frame = frame.astype(object).where(frame != "", None)
    frame.insert(0, "id", known.left.ids)
    wanted = list(frame.columns[1:])
    named = [name for name in wanted if "name" in name or "email" in name or "street" in name]
    comparisons = [
        library.JaroWinklerAtThresholds(name) if name in named else library.ExactMatch(name) for name in wanted
    ]
    keys = [name for name in wanted if frame[name].nunique() > len(frame) // 50]
    settings = splink.SettingsCreator(
        unique_id_column_name="id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[splink.block_on(key) for key in keys],
        comparisons=comparisons,
    )
    api = splink.DuckDBAPI()
    linker = (
        splink.Linker(api.register(frame), settings)
        if hasattr(api, "register")
        else splink.Linker(frame, settings, api)
    )
    linker.training.estimate_probability_two_random_records_match([splink.block_on(*keys[:2])], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for key in keys[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(key))
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    answer = (
        predicted.as_duckdbpyrelation().df()
        if hasattr(predicted, "as_duckdbpyrelation")
        else predicted.as_pandas_dataframe()
    )
    return list(zip(answer.id_l, answer.id_r, strict=True))
