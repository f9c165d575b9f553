"""Words that are worked out with the rows of a list, be it elsewhere, are those that the look-up would make itself."""

import pytest
from sqlalchemy import select

from crm_store.actions import customers, imports
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.lookup import tokens
from crm_store.lookup.search import search
from crm_store.models.lookup import PhoneSuffix, Posting, Token, TokenDelete, WordPair
from crm_store.models.people import Customer
from crm_store.queries.customers import by_points
from crm_store.values.imports import ImportedRow
from ingest.files.intake import import_file
from tests.cast import Cast
from tests.units.ingest.files.test_undo import EVERYTHING, made_up

TWICE = b"name,email,phone\nAnn Lee,ann@x.example,\nAnna Leigh,ann@x.example,+44 20 7946 0917\nJo,jo@x.example,\n"


def _found_by(work: Work) -> list[set[tuple[object, ...]]]:
    return [
        {tuple(row) for row in work.session.execute(select(*columns))}
        for columns in (
            (Posting.text, Posting.customer_id, Posting.fields), (Token.text, Token.df),
            (TokenDelete.hash, TokenDelete.text), (WordPair.key, WordPair.customer_id),
            (PhoneSuffix.reversed_digits, PhoneSuffix.customer_id),
        )
    ]  # fmt: skip


def _anew(work: Work) -> None:
    tokens.refresh_many(work, work.session.scalars(select(Customer.customer_id)))


def test_words_that_were_forgotten_between_two_parts_of_a_list_are_learnt_again(cast: Cast) -> None:
    """What this process remembers of the words that it wrote holds only as long as nobody else changes the look-up."""
    first, second = ([ImportedRow(at, name="Zebulon Quill", emails=(f"z{at}@x.example",))] for at in (2, 3))
    import_id = cast.ada.write_now(imports.begin, "x.csv", "customers", {}, None)
    cast.ada.write_now(imports.apply_rows, import_id, first)
    zebulon = cast.ada.read_now(by_points, ["z2@x.example"])["z2@x.example"].customer_id
    cast.ada.write_now(customers.edit, zebulon, {"name": "Somebody Else"})
    cast.ada.write_now(imports.apply_rows, import_id, second)
    made = cast.ada.read_now(_found_by)
    cast.ada.write_now(_anew)
    assert cast.ada.read_now(_found_by) == made
    assert cast.ada.read_now(search, "zebulno qill").found


def test_a_part_that_fails_leaves_nothing_in_mind(cast: Cast) -> None:
    rows = [ImportedRow(2, name="Zebulon Quill", emails=("z@x.example",))]
    import_id = cast.ada.write_now(imports.begin, "x.csv", "customers", {}, None)

    def fails(work: Work) -> None:
        imports.apply_rows(work, import_id, rows)
        raise BadInput("No.")

    with pytest.raises(BadInput):
        cast.ada.write_now(fails)
    cast.ada.write_now(imports.apply_rows, import_id, rows)
    assert cast.ada.read_now(search, "zebulno qill").found


def test_whom_a_list_makes_is_found_as_after_any_later_change(cast: Cast) -> None:
    for raw in (TWICE, made_up(9, 120, "customers")):
        import_file(cast.ada, raw, "x.csv", choice=EVERYTHING)
    made = cast.ada.read_now(_found_by)
    assert all(made)
    cast.ada.write_now(_anew)
    assert cast.ada.read_now(_found_by) == made
