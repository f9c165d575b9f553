"""Replies: what is new is kept, what is old is folded, nothing is lost."""

import pytest

from ingest import replies

PROSE = "On Monday I wrote: nothing.\nOn your host run:\n\n  ls\n\n- a\n- b"
CASES = {
    "below a sentence": ("Yes.\n\nOn Mon, 2 Nov 2026 at 17:40, Ann <ann@x.example> wrote:\n> old\n> older", "Yes."),
    "wrapped sentence": ("Yes.\n\nOn Mon, 2 Nov 2026 at 17:40,\nAnn <ann@x.example>\nwrote:\n\n> old", "Yes."),
    "german": ("Ja.\n\nAm 02.11.26 um 17:40 schrieb Ann:\n> alt", "Ja."),
    "no table knows it": ("Zu.\n\nFnord 02.11.26 17:40 Ann <ann@x.example> blorp:\n> plugh", "Zu."),
    "no bars": ("Yes.\n\nOn Mon, Nov 2, 2026 at 5:40 PM Ann <ann@x.example> wrote:\nold\nolder", "Yes."),
    "outlook": ("Yes.\n\nFrom: Ann <ann@x.example>\nSent: 2 Nov 2026 17:40\nTo: Ada\nSubject: offer\n\nold", "Yes."),
    "original message": ("Yes.\n\n-----Ursprüngliche Nachricht-----\nold", "Yes."),
    "same line": ("Yes. On Mon, 2 Nov 2026, Ann <ann@x.example> wrote:\n> old", "Yes."),
    "between the lines": ("> one?\n\nYes.\n\n> two?\n\nNo.", "Yes.\n\nNo."),
    "below": ("On 2 Nov 2026, Ann wrote:\n> old\n\nYes, below.", "Yes, below."),
    "prose": (PROSE, PROSE),
    "list footer": ("Yes.\n\n_______________________________________\nwood mailing list\nwood@lists.example", "Yes."),
    "emoji": ("👍\n\nOn 2 Nov 2026, Ann <ann@x.example> wrote:\n> old", "👍"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_only_the_new_text_is_kept(name: str) -> None:
    text, new = CASES[name]
    assert replies.split(text).new_text == new


@pytest.mark.parametrize("name", CASES)
def test_no_line_is_lost(name: str) -> None:
    text, _ = CASES[name]
    found = replies.split(text)
    both = f"{found.new_text}\n{found.quoted_text}"
    assert all(line.strip() in both for line in text.split("\n") if "Yes. On Mon" not in line)


def test_a_mail_that_only_quotes_has_no_new_text() -> None:
    found = replies.split("> old\n> older")
    assert (found.new_text, found.answered) == ("", True)
