"""Words that are worked out with the rows of a list, be it elsewhere, are those that the look-up would make itself."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.models.lookup import PhoneSuffix, Posting, Token, TokenDelete
from crm_store.models.people import Customer
from ingest.files.intake import import_file
from tests.cast import Cast
from tests.units.ingest.files.test_undo import EVERYTHING, made_up

TWICE = b"name,email,phone\nAnn Lee,ann@x.example,\nAnna Leigh,ann@x.example,+44 20 7946 0917\nJo,jo@x.example,\n"


def _found_by(work: Work) -> list[set[tuple[object, ...]]]:
    return [
        {tuple(row) for row in work.session.execute(select(*columns))}
        for columns in (
            (Posting.text, Posting.customer_id, Posting.fields), (Token.text, Token.df),
            (TokenDelete.hash, TokenDelete.text), (PhoneSuffix.reversed_digits, PhoneSuffix.customer_id),
        )
    ]  # fmt: skip


def _anew(work: Work) -> None:
    tokens.refresh_many(work, work.session.scalars(select(Customer.customer_id)))


def test_whom_a_list_makes_is_found_as_after_any_later_change(cast: Cast) -> None:
    for raw in (TWICE, made_up(9, 120, "customers")):
        import_file(cast.ada, raw, "x.csv", choice=EVERYTHING)
    made = cast.ada.read_now(_found_by)
    assert all(made)
    cast.ada.write_now(_anew)
    assert cast.ada.read_now(_found_by) == made
