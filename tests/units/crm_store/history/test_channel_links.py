"""A linked channel feeds a company's timeline, one entry a thread, and its people come first in it."""

from dataclasses import replace

import pytest

from crm_store.actions import channel_links, customers, threads, undo
from crm_store.errors import Ambiguous, BadInput, NotAllowed, NotFound
from crm_store.queries import channel_links as link_queries
from crm_store.queries import customers as customer_queries
from crm_store.queries import threads as thread_queries
from crm_store.queries.timeline import timeline
from crm_store.queries.undo import recent
from crm_store.values.acts import NewCustomer
from crm_store.values.threads import Heard, Told
from tests.cast import Cast
from tests.units.crm_store.history.test_threads import REPLY, ROOT, heard, logged, message, told


@pytest.fixture
def acme(cast: Cast) -> str:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Acme")).row_id
    company_id = cast.ada.read_now(customer_queries.by_id, ann).company_id
    assert company_id is not None
    return company_id


def _take_in(cast: Cast, company_id: str, *said: Heard) -> None:
    new = replace(message("", ROOT), people=(), company_id=company_id)
    cast.ben.write_now(threads.take_in, new, said, channel="C_SALES", root_ts=ROOT)


def _texts(cast: Cast, company_id: str) -> list[str]:
    return [one.text for one in cast.ada.read_now(timeline, company_id=company_id).entries]


def test_a_thread_of_a_linked_channel_is_one_entry_of_the_company_and_of_nobodys_acts(cast: Cast, acme: str) -> None:
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    assert cast.ada.read_now(thread_queries.concerns, "C_SALES", ROOT, ROOT, new=True)
    for said in ((heard("it has arrived"),), (heard("it has arrived"), heard("good", REPLY, by="Ben Okafor"))):
        _take_in(cast, acme, *said)
    assert _texts(cast, acme) == ["Ada Lovell: it has arrived\nBen Okafor: good"]
    (ann,) = cast.ada.read_now(link_queries.people, acme)
    assert len(cast.ada.read_now(timeline, [ann]).entries) == 1
    assert _acts(cast) == ["Linked a channel to Acme"]


def test_many_messages_are_asked_about_in_one_look_and_each_team_hears_of_its_own(cast: Cast, acme: str) -> None:
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    ann = cast.ada.write_now(customers.add, NewCustomer("Bo Roth", company="Globex")).row_id
    logged(cast.ada, ann, replace(heard("elsewhere"), channel="C_OTHER"), whole=False)
    ours, theirs = cast.ada.team_id, cast.cleo.team_id
    asked = [
        Told(ours, "C_SALES", ROOT, ROOT, new=True),
        Told(theirs, "C_SALES", ROOT, ROOT, new=True),
        Told(ours, "C_QUIET", ROOT, ROOT, new=True),
        Told(ours, "C_OTHER", ROOT, ROOT, new=False),
        Told(theirs, "C_OTHER", ROOT, ROOT, new=False),
    ]
    found = cast.store.house().read_now(thread_queries.concern_all, asked)
    assert found == [True, False, False, True, False]


def _acts(cast: Cast) -> list[str]:
    acts = [*cast.ada.read_now(recent, "usr_ada"), *cast.ben.read_now(recent, "usr_ben")]
    return [one.sentence for one in acts if "channel" in one.sentence or "thread" in one.sentence]


def test_a_message_that_somebody_logged_goes_on_in_a_linked_channel(cast: Cast, acme: str) -> None:
    bo = cast.ada.write_now(customers.add, NewCustomer("Bo Roth", company="Globex")).row_id
    logged(cast.ada, bo, heard("it has arrived"), whole=False)
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    _take_in(cast, acme, heard("it has arrived"), heard("good", REPLY, by="Ben Okafor"))
    assert _texts(cast, acme) == ["Ada Lovell: it has arrived\nBen Okafor: good"]
    assert told(cast.ada, bo) == _texts(cast, acme)


def test_an_unlinked_channel_says_nothing_new_but_its_deletions_still_count(cast: Cast, acme: str) -> None:
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    _take_in(cast, acme, heard("it has arrived"))
    done = cast.ben.write_now(channel_links.unlink, "C_SALES")
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=True)
    assert cast.ada.read_now(thread_queries.concerns, "C_SALES", ROOT, ROOT, new=False)
    cast.ada.write_now(threads.follow, heard("", stamp=REPLY, gone=True))
    assert _texts(cast, acme) == ["The message was deleted in Slack."]
    assert done.undo_id is not None
    cast.ben.write_now(undo.undo, done.undo_id)
    link = cast.ada.read_now(link_queries.of_channel, "C_SALES")
    assert link is not None
    assert (link.company, link.linked_by) == ("Acme", "U_ADA")


def test_a_channel_has_one_company_and_whoever_links_another_reads_which(cast: Cast, acme: str) -> None:
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    with pytest.raises(BadInput, match="belongs to Acme"):
        cast.ben.write_now(channel_links.link, "C_SALES", acme)
    assert [one.channel for one in cast.ben.read_now(link_queries.links)] == ["C_SALES"]
    assert cast.cleo.read_now(link_queries.links) == ()
    with pytest.raises(NotFound):
        cast.ben.write_now(channel_links.unlink, "C_OTHER")


def test_outsiders_take_an_admin(cast: Cast, acme: str) -> None:
    with pytest.raises(NotAllowed):
        cast.ada.write_now(channel_links.link, "C_SHARED", acme, outsiders=True)
    assert cast.ben.write_now(channel_links.link, "C_SHARED", acme, outsiders=True).undo_id


def test_in_a_linked_channel_the_one_of_its_company_is_meant(cast: Cast, acme: str) -> None:
    other = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Globex")).row_id
    with pytest.raises(Ambiguous):
        cast.ada.read_now(customer_queries.resolve, "ann lee", "C_SALES")
    cast.ada.write_now(channel_links.link, "C_SALES", acme)
    assert cast.ada.read_now(customer_queries.resolve, "ann lee", "C_SALES").company == "Acme"
    assert cast.ada.read_now(customer_queries.by_id, other).company == "Globex"
