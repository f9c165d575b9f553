"""What a card says of files, and when it offers to bring them."""

import pytest

from bot.cards import files
from crm_store.values.files import FileView


def view(name: str = "offer.pdf", size: int = 12_345, *, kept: bool = True, verdict: str | None = None) -> FileView:
    return FileView(name, "application/pdf", size, "0" * 64, kept, None, verdict)


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (12_345, "12 KB"), (1_250_000, "1.2 MB")]
)
def test_sizes_are_said_as_people_say_them(octets: int, said: str) -> None:
    assert files.size(octets) == said


def test_files_are_named_with_their_sizes_and_many_are_counted() -> None:
    assert files.line([]) == ""
    assert files.line([view()]) == "File: offer.pdf (12 KB)"
    assert files.line([view()] * 7).endswith("and 2 more")


def test_the_button_is_there_only_where_something_was_kept() -> None:
    assert files.button([view(kept=False)], "cmm_1") is None
    assert files.button([view(kept=False), view()], "cmm_1") is not None
    assert files.row([], "cmm_1") is None


def test_a_file_in_which_something_was_found_is_named() -> None:
    said = files.coming(1, [view("bad.exe", verdict="Eicar-Signature")])
    assert "found Eicar-Signature" in str(said.blocks)
    assert not view(verdict="clean").is_refused
    assert view(verdict="Eicar-Signature").is_refused
