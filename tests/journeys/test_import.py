"""Journey 5: customers and orders from CSV, at the terminal and dropped in chat, and taken back."""

import base64
import json
from pathlib import Path

from tests.journeys.house import Demo, action_ids, words_of

ORDERS = "customer_id,date,amount\nX-1,2026-01-05,120.50\nX-1,2026-02-05,80\nX-2,2026-03-01,33.10\n"
PEOPLE = "Name,Company,E-mail,Phone\nIda Import,Imported Ltd,ida@imported.example,+49 30 901820\n"


def _last_line(out: str) -> dict[str, object]:
    return dict(json.loads(out.strip().splitlines()[-1]))


def test_orders_are_imported_once_and_taken_back(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    dry = _last_line(demo.crm("import", str(file), "--dry-run", "--json").stdout)
    assert (dry["rows"], dry["undo"]) == (3, None)
    done = _last_line(demo.crm("import", str(file), "--json").stdout)
    assert done["rows"] == 3
    assert done["created"] == 3
    again = _last_line(demo.crm("import", str(file), "--json").stdout)
    assert (again["created"], again["duplicates"]) == (0, 3)
    assert demo.crm("import", "--undo", str(done["undo"]), "--json").returncode == 0
    third = _last_line(demo.crm("import", str(file), "--json").stdout)
    assert third["created"] == 3
    demo.crm("import", "--undo", str(third["undo"]))


def test_bad_rows_are_reported_and_good_rows_kept(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS.replace("X-", "Y-") + "Y-3,yesterday,5\nY-4,2026-03-01,much\n,2026-03-01,5\n")
    done = _last_line(demo.crm("import", str(file), "--json").stdout)
    errors = done["errors"]
    assert isinstance(errors, list)
    assert [one["row"] for one in errors] == [5, 6, 7]
    assert done["created"] == 3
    demo.crm("import", "--undo", str(done["undo"]))


def test_a_broken_encoding_and_missing_columns_get_a_sentence(demo: Demo, tmp_path: Path) -> None:
    broken, bare = tmp_path / "broken.csv", tmp_path / "bare.csv"
    broken.write_bytes("Name;E-Mail\nJörg Müller;joerg@umlaut.example\n".encode("cp1252"))
    assert _last_line(demo.crm("import", str(broken), "--dry-run", "--json").stdout)["created"] == 1
    bare.write_text("colour,size\nred,4\n")
    refused = demo.crm("import", str(bare), "--json")
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
    missing = demo.crm("import", str(tmp_path / "nowhere.csv"), "--json")
    assert missing.returncode == 2


def test_a_file_dropped_in_the_direct_channel_is_tried_imported_and_undone(demo: Demo) -> None:
    content = base64.b64encode(PEOPLE.encode()).decode()
    demo.say("", files=[{"name": "people.csv", "content_base64": content}])
    question = demo.last(demo.direct())
    assert "people.csv" in words_of(question)
    demo.press(question, "import_apply", channel=demo.direct())
    demo.type("find ida import")
    assert "Ida Import" in words_of(demo.last())
    done = next(one for one in demo.messages(demo.direct()) if "import_undo" in json.dumps(action_ids(one)))
    demo.press(done, "import_undo", channel=demo.direct())
    demo.type("find ida import")
    assert "log_dialog" not in json.dumps(action_ids(demo.last()))


def test_a_long_file_dropped_in_the_direct_channel_is_read_to_its_end(demo: Demo) -> None:
    rows = "".join(f"Person {at},person{at}@a-company-of-a-long-name.example,{'x' * 60}\n" for at in range(3_000))
    content = base64.b64encode(f"Name,E-mail,Notes\n{rows}".encode()).decode()
    demo.say("", files=[{"name": "long.csv", "content_base64": content}])
    question = demo.last(demo.direct())
    assert "long.csv has 3,000 rows" in words_of(question)
    demo.press(question, "import_cancel", channel=demo.direct())


ODD = "Wer,Woher,Schuh\nOdo Odd,Oddity Ltd,38\n"


def test_a_column_is_named_in_the_question_and_remembered(demo: Demo) -> None:
    content = base64.b64encode(ODD.replace("Wer", "Name").encode()).decode()
    demo.say("", files=[{"name": "fair.csv", "content_base64": content}])
    question = demo.last(demo.direct())
    choices = [one["accessory"] for one in question["blocks"] if one.get("accessory", {}).get("options")]
    company = next(one for one in choices[1]["options"] if one["text"]["text"] == "Company")
    demo.act(
        type="click", user="U_ADA", channel=demo.direct(), ts=question["ts"], action_id=choices[1]["action_id"],
        value=company["value"],
    )  # fmt: skip
    demo.settle()
    demo.press(question, "import_try", channel=demo.direct())
    again = next(one for one in demo.messages(demo.direct()) if one["ts"] == question["ts"])
    assert "company: Oddity Ltd" in words_of(again)
    demo.press(again, "import_apply", channel=demo.direct())
    demo.type("find odo oddity")
    assert "Oddity" in words_of(demo.last())
    done = next(one for one in demo.messages(demo.direct()) if one["ts"] == question["ts"])
    demo.press(done, "import_undo", channel=demo.direct())
    demo.say("", files=[{"name": "other.csv", "content_base64": content}])
    assert "Read as fair was" in words_of(demo.last(demo.direct()))


def test_an_export_comes_into_the_direct_channel_of_a_manager_alone(demo: Demo) -> None:
    demo.type("export customers")
    assert "Only managers and admins" in words_of(demo.last())
    demo.type("export customers", user="U_BEN")
    files = [file for one in demo.messages(demo.direct("U_BEN"), "U_BEN") for file in one.get("files") or ()]
    assert "customers.csv" in {one["name"] for one in files}
    demo.type("export everybody", user="U_BEN")
    assert "Say what to export" in words_of(demo.last(user="U_BEN"))
