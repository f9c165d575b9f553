"""Names of customers stand in a PDF as their bearers write them."""

from datetime import date

import pytest

from analytics.report import pdf, scripts
from analytics.report.document import Report, Section, Table

ALEF, LAM, SEEN, MEEM = "\u0627", "\u0644", "\u0633", "\u0645"


def test_arabic_letters_are_joined_and_drawn_from_the_right() -> None:
    final_meem, lam_with_alef, first_seen = "\ufee1", "\ufefc", "\ufeb3"
    assert scripts.visual(SEEN + LAM + ALEF + MEEM) == final_meem + lam_with_alef + first_seen


def test_numbers_keep_their_direction_among_letters_from_the_right() -> None:
    assert scripts.visual("שלום 123 (אב)") == "(בא) 123 םולש"


def test_a_name_from_the_right_leaves_the_words_around_it_in_order() -> None:
    assert scripts.visual("Ada שלום 12 (x)") == "Ada םולש 12 (x)"


@pytest.mark.parametrize("text", ["", "Ada & Ben", "Дмитрий", "山田"])
def test_text_from_the_left_stays_as_it_is(text: str) -> None:
    assert scripts.visual(text) == text


def test_signs_that_the_usual_font_lacks_are_set_in_one_that_has_them() -> None:
    assert scripts.fonts("山田 Ltd 김", lambda sign: sign < "\u3000") == [
        ("STSong-Light", "山田"), ("", " Ltd "), ("HYSMyeongJo-Medium", "김"),
    ]  # fmt: skip


def test_short_tables_of_several_sections_share_a_page() -> None:
    table = Table("Who", ("who", "what"), (("山田太郎", "call"), ("خالد", "<b>write</b>")))
    sections = tuple(Section(f"Part {at}", tables=(table,)) for at in range(4))
    report = Report("data", "Report 김", "today", "Little.", date(2026, 11, 26), sections)
    assert pdf.document(report).count(b"/Type /Page\n") == 1


def test_a_table_longer_than_a_page_goes_on_with_its_head_on_the_next() -> None:
    table = Table("Long", ("who", "paid"), tuple((f"row {at}", f"−€{at:,}") for at in range(100)), more=7)
    report = Report("data", "Report", "today", "Much.", date(2026, 11, 26), (Section("All", tables=(table,)),))
    assert pdf.document(report).count(b"/Type /Page\n") == 3
