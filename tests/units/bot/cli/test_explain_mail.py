"""`crm explain-mail`: files, folders and standard input."""

import json
import shutil
from pathlib import Path

from tests.units.bot.cli.conftest import Run

MAILS = Path(__file__).parents[3] / "mail"
KEYS = {
    "file", "message_id", "subject", "date", "from", "to", "cc", "kind", "forwarded", "new_text", "quoted_text",
    "signature", "attachments", "bounce", "calendar", "references", "in_reply_to", "warnings", "plan", "ms",
}  # fmt: skip


def test_a_folder_is_read_in_order_a_line_a_message(crm: Run, tmp_path: Path) -> None:
    for file in MAILS.glob("*.eml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "notes.txt").write_text("Not a mail.")
    ended = crm("explain-mail", str(tmp_path), "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert [Path(line["file"]).name for line in lines] == sorted(file.name for file in tmp_path.iterdir())
    assert all(set(line) >= KEYS for line in lines)


def test_a_forward_is_planned_as_its_inner_mail(crm: Run) -> None:
    line = json.loads(crm("explain-mail", str(MAILS / "forward_gmail.eml"), "--json").out)
    assert line["kind"] == "forward"
    assert "create Ines Ferreira" in line["plan"]


def test_without_json_people_read_who_what_and_plan(crm: Run) -> None:
    said = crm("explain-mail", str(MAILS / "forward_gmail.eml")).out
    assert "forwarded  Ines Ferreira <ines@lumen-schule.example>" in said
    assert "plan       create Ines Ferreira" in said


def test_a_path_that_is_not_there_is_one_sentence_before_any_line(crm: Run, tmp_path: Path) -> None:
    for wrong in (tmp_path / "none.eml", tmp_path):
        ended = crm("explain-mail", str(MAILS / "invitation.eml"), str(wrong), "--json")
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_a_bare_text_has_the_subject_that_is_given(crm: Run, tmp_path: Path) -> None:
    body = tmp_path / "body.txt"
    body.write_text("Hello Ada,\nplease call me.\n")
    line = json.loads(crm("explain-mail", str(body), "--text", "--subject", "A call", "--json").out)
    assert (line["subject"], line["new_text"].startswith("Hello Ada")) == ("A call", True)
    assert crm("explain-mail", str(body), "--subject", "A call").code == 2
