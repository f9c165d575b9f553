"""Deals on both engines: stages in a new order and back, one answer to a question, undo lists and who may see what."""

from concurrent.futures import ThreadPoolExecutor

from crm_store.actions import deals, stages, teams
from crm_store.actions import undo as undo_actions
from crm_store.engine.store import Desk, Store
from crm_store.errors import Stale
from crm_store.money import Money
from crm_store.queries import deals as queries
from crm_store.queries import undo as undo_queries
from crm_store.values.acts import NewDeal
from crm_store.values.deals import DealChange
from tests.cast import gather

USUAL = [("A", "open"), ("B", "open"), ("Won", "won"), ("Lost", "lost")]


def _names(desk: Desk) -> list[str]:
    return [one.name for one in desk.read_now(queries.stages)]


def test_stages_change_places_and_an_undo_puts_them_back(store: Store) -> None:
    ada = gather(store).ada
    ada.write_now(deals.add_pipeline, "Sales", USUAL)
    changed = ada.write_now(stages.arrange, "", [("B", "open"), ("C", "open"), ("A", "open")])
    assert _names(ada) == ["B", "C", "A", "Won", "Lost"]
    assert changed.undo_id is not None
    ada.write_now(undo_actions.undo, changed.undo_id)
    assert _names(ada) == ["A", "B", "Won", "Lost"]
    ada.write_now(stages.arrange, "", [("B", "open")])
    again = ada.write_now(stages.arrange, "", [("A", "open"), ("B", "open")])
    assert _names(ada) == ["A", "B", "Won", "Lost"]
    assert again.undo_id is not None


def test_of_two_answers_at_once_one_counts_and_the_other_is_told(store: Store) -> None:
    cast = gather(store)

    def answer(desk: Desk) -> str:
        try:
            desk.write_now(deals.decide, "que_1", "dea_1", "confirmed")
        except Stale as told:
            return told.sentence
        return "first"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(answer, (cast.ada, cast.ben)))
    assert said.count("first") == 1
    assert [one for one in said if "confirmed at" in one]


def test_a_deal_ends_with_its_reason_and_comes_back(store: Store) -> None:
    cast = gather(store)
    made = cast.ada.write_now(deals.add, NewDeal("Renewal", None, None, "usr_ada", Money(100, "EUR"), company="Acme"))
    done = cast.ada.write_now(deals.carry_out, made.row_id, DealChange(outcome="lost", reason="too dear"))
    assert cast.ada.read_now(queries.details, made.row_id).lost_reason == "too dear"
    assert cast.ada.read_now(queries.owned, "usr_ada") == ()
    assert done.undo_id is not None
    first, *_ = cast.ada.read_now(undo_queries.listed, "usr_ada")
    assert (first.undo_id, first.since) == (done.undo_id, "")
    cast.ben.write_now(undo_actions.undo, done.undo_id)
    back = cast.ada.read_now(queries.details, made.row_id)
    assert (back.view.state, back.view.company, back.lost_reason) == ("open", "Acme", None)
    assert cast.ben.read_now(undo_queries.verb, made.undo_id or "") == "deal"


def test_the_limit_and_the_roles_are_kept(store: Store) -> None:
    cast = gather(store)
    cast.ben.write_now(teams.set_limit, Money(500, "EUR"))
    assert cast.ada.read_now(queries.limit) == Money(500, "EUR")
    cast.ben.write_now(teams.set_role, "usr_ben", "admin")
    assert cast.ada.read_now(undo_queries.verb, "und_nothing") == ""
