"""On real input, where it lies beside the project: the CDNOW orders, and real mails through SMTP."""

import json
import random
from pathlib import Path

import pytest

from tests.journeys.house import ROOT, Demo

DATA = ROOT.parent / "shared" / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.numbers,
    pytest.mark.skipif(not DATA.exists(), reason="the real data do not lie beside the project"),
]
MAILS = 50


def test_real_orders_and_mails_go_all_the_way(tmp_path: Path) -> None:
    demo = Demo.start(tmp_path, "--no-seed")
    try:
        orders = DATA / "analytics" / "cdnow_sample_orders.csv"
        done = json.loads(
            demo.crm("import", str(orders), "--team", "Rapport demo", "--json").stdout.strip().splitlines()[-1]
        )
        assert done["rows"] == 6919
        assert done["created"] + done["duplicates"] + done["skipped"] + len(done["errors"]) == 6919
        night = demo.crm("run-job", "nightly", "--team", "Rapport demo", "--as-of", "1998-06-30", "--json")
        assert night.returncode == 0, night.stderr
        assert json.loads(night.stdout)["state"] == "done"
        files = sorted(one for one in (DATA / "mail").rglob("*") if one.is_file() and one.parent.parent.name != "mail")
        chosen = random.Random(7).sample([one for one in files if one.suffix not in (".jsonl", ".md")], MAILS)
        for file in chosen:
            demo.mail(file.read_bytes(), demo.ready["ingest_addresses"]["U_ADA"])
        demo.settle(120)
        lines = [json.loads(line) for line in demo.crm("inbox", "--json").stdout.splitlines()]
        arrived = [line for line in lines if line["source"] == "mail"]
        assert len(arrived) == len({file.read_bytes() for file in chosen})
        assert not [line for line in arrived if line["state"] in ("waiting", "working")]
    finally:
        assert demo.stop() == 0
