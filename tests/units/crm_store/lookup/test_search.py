"""People are found by whatever is typed of them, at once after a change and never after they are gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.lookup.search import search
from crm_store.models.lookup import LookupChange, PhoneSuffix, Posting, Token, TokenDelete, WordPair
from crm_store.models.people import Customer
from crm_store.values.acts import NewCustomer
from tests.cast import Cast

PEOPLE = (
    NewCustomer("Ann Lee", ("ann.lee@globex.example",), ("+44 20 7946 0917",), company="Globex"),
    NewCustomer("John Smith", ("john.smith@acme.example",), ("+1 646 555 0142",), company="Acme Corporation"),
    NewCustomer("Katherine Müller", ("k.muller@ashbypartners.example",), company="Ashby & Partners GmbH"),
    NewCustomer("Freya Delaney", ("freya@raine.example",), company="The Raine Group"),
    NewCustomer("Joan Smythe", company="Initech"),
)


@pytest.fixture
def known(cast: Cast) -> dict[str, str]:
    return {person.name: cast.ada.write_now(customers.add, person).row_id for person in PEOPLE}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann lee", "Ann Lee"),
        ("jhon smiht acme", "John Smith"),
        ("muller katheirne ashby", "Katherine Müller"),
        ("kate muller ashby", "Katherine Müller"),
        ("k muller ashbyy", "Katherine Müller"),
        ("kat mull ashb", "Katherine Müller"),
        ("k.muller@ashb", "Katherine Müller"),
        ("k.mulller@ashbypartners.example", "Katherine Müller"),
        ("555 0142", "John Smith"),
        ("0207946 0917", "Ann Lee"),
        ("kathrine muelelr ashby", "Katherine Müller"),
        ("rayn group", "Freya Delaney"),
        ("john.smith@acme.example", "John Smith"),
    ],
)
def test_a_customer_is_found_through_typing_errors_and_parts(
    cast: Cast, known: dict[str, str], typed: str, meant: str
) -> None:
    answer = cast.ada.read_now(search, typed)
    assert answer.found[0].customer.customer_id == known[meant]
    assert answer.found[0].why


def test_nonsense_and_nothing_find_nobody(cast: Cast, known: dict[str, str]) -> None:
    for typed in ("", "  ", "!!!", "zzqqxx wvvw", "@", "\x00", "%_'\"", "a" * 5000):
        assert cast.ada.read_now(search, typed).found == ()
    assert known


def test_another_team_finds_nobody_of_ours(cast: Cast, known: dict[str, str]) -> None:
    assert known
    assert cast.cleo.read_now(search, "ann lee").found == ()


def test_a_name_that_two_bear_is_not_certain_and_the_askers_own_comes_first(cast: Cast, known: dict[str, str]) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Umbra", owner="usr_ben"))
    mine = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Vandelay", owner="usr_ada"))
    answer = cast.ada.read_now(search, "ann lee", prefer_owner="usr_ada")
    assert not answer.certain
    assert answer.found[0].customer.customer_id == mine.row_id
    assert known


def test_what_the_team_calls_somebody_finds_them_for_certain(cast: Cast, known: dict[str, str]) -> None:
    assert not cast.ada.read_now(search, "the boss").certain
    cast.ada.write_now(customers.learn_alias, "The Boss", known["John Smith"])
    answer = cast.ben.read_now(search, "the boss")
    assert answer.certain
    assert answer.found[0].customer.name == "John Smith"


def test_a_private_customer_is_found_by_the_owner_alone(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Secret Sam", level="private"))
    assert cast.ada.read_now(search, "secret sam").found
    assert not cast.ben.read_now(search, "secret sam").found


def test_a_new_name_is_found_at_once_and_the_old_one_no_longer(cast: Cast, known: dict[str, str]) -> None:
    cast.ada.write_now(customers.edit, known["Ann Lee"], {"name": "Ann Zuckerfeld"})
    assert cast.ada.read_now(search, "zukerfeld").found[0].customer.customer_id == known["Ann Lee"]
    assert not _token(cast, "lee") or cast.ada.read_now(search, "ann lee").found[0].score < 1.0


def _token(cast: Cast, word: str) -> int | None:
    def of(work: Work) -> int | None:
        return work.session.scalar(select(Token.df).where(Token.text == word))

    return cast.ada.read_now(of)


def test_removed_people_leave_no_trace_in_the_look_up(cast: Cast, known: dict[str, str]) -> None:
    for customer_id in known.values():
        cast.ada.write_now(customers.remove, customer_id)

    def left(work: Work) -> list[int | None]:
        return [
            work.session.scalar(select(func.count()).select_from(model))
            for model in (Token, TokenDelete, Posting, PhoneSuffix, WordPair)
        ]

    assert cast.ada.read_now(left) == [0, 0, 0, 0, 0]
    assert cast.ada.read_now(search, "ann lee").found == ()


def test_refreshing_again_changes_nothing_but_the_sequence(cast: Cast, known: dict[str, str]) -> None:
    def words(work: Work) -> list[tuple[str, int]]:
        return list(work.session.execute(select(Token.text, Token.df).order_by(Token.text)).all())

    def changes(work: Work) -> list[int]:
        team = LookupChange.team_id == work.team_id
        return list(work.session.scalars(select(LookupChange.seq).where(team).order_by(LookupChange.seq)))

    before = cast.ada.read_now(words)
    cast.ada.write_now(tokens.refresh_many, list(known.values()))
    assert cast.ada.read_now(words) == before
    assert cast.ada.read_now(changes) == list(range(1, 11))


def test_a_merged_customer_is_found_no_longer(cast: Cast, known: dict[str, str]) -> None:
    def merge(work: Work) -> None:
        work.session.execute(
            update(Customer).where(Customer.customer_id == known["Joan Smythe"]).values(merged_into=known["John Smith"])
        )
        tokens.refresh(work, known["Joan Smythe"])

    cast.ada.write_now(merge)
    assert all(one.customer.name != "Joan Smythe" for one in cast.ada.read_now(search, "joan smythe").found)


def test_a_recent_contact_comes_before_an_old_one_of_the_same_name(cast: Cast) -> None:
    first = cast.ada.write_now(customers.add, NewCustomer("Max Bauer", company="Umbra")).row_id
    second = cast.ada.write_now(customers.add, NewCustomer("Max Bauer", company="Vandelay")).row_id

    def touch(work: Work) -> None:
        for customer_id, days in ((first, 200), (second, 2)):
            work.session.execute(
                update(Customer)
                .where(Customer.customer_id == customer_id)
                .values(last_touch_at=work.now - timedelta(days=days), last_touch_kind="call")
            )

    cast.ada.write_now(touch)
    assert cast.ada.read_now(search, "max bauer").found[0].customer.customer_id == second


def test_a_person_is_named_before_the_company(cast: Cast) -> None:
    meant = cast.ada.write_now(customers.add, NewCustomer("Jan Krueger", company="Webers Tools")).row_id
    other = cast.ada.write_now(customers.add, NewCustomer("Jan Webers", company="Krueger Tools")).row_id
    assert [one.customer.customer_id for one in cast.ada.read_now(search, "krueger webers").found] == [meant, other]
    assert [one.customer.customer_id for one in cast.ada.read_now(search, "webers krueger").found] == [other, meant]


def test_of_three_words_two_are_a_persons_rather_than_a_companys(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("James Evans", company="Smith & Wright Corporation"))
    meant = cast.ada.write_now(customers.add, NewCustomer("James Smith", company="Wright Interiors Ltd")).row_id
    assert cast.ada.read_now(search, "james smith wright").found[0].customer.customer_id == meant


def test_a_mailbox_is_found_whose_dot_was_typed_as_a_letter(cast: Cast) -> None:
    mailbox = NewCustomer("S. W.", ("stanislaw.wilroka84@mail.example",))
    meant = cast.ada.write_now(customers.add, mailbox).row_id
    cast.ada.write_now(customers.add, NewCustomer("Stan Lawson", ("stan.lawson@mail.example",)))
    answer = cast.ada.read_now(search, "stanislawowilroka84@mail.example")
    assert answer.found[0].customer.customer_id == meant
