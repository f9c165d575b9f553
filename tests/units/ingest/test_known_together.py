"""Mails that are read at the same moment are asked about together, and each gets its own answer."""

import asyncio

import pytest

from crm_store.actions import mail_tray
from crm_store.errors import NotFound
from crm_store.values.mail import Sought
from ingest.known_together import KnownTogether
from tests.units.ingest.post import ADA, Post, john


def _about(address: str) -> Sought:
    return Sought(addresses=(address,), mail_from=ADA)


async def test_each_mail_learns_what_it_sought(post: Post) -> None:
    john(post)
    john(post, "Ann Lee", "ann.lee@globex.example")
    together = KnownTogether(post.cast.ada.store)
    addresses = ["john.smith@acme.example", "ann.lee@globex.example", "nobody@far.example"] * 8
    asked = (together.ask(post.cast.ada.team_id, "usr_ada", _about(one)) for one in addresses)
    for address, known in zip(addresses, await asyncio.gather(*asked), strict=True):
        assert (address in known.by_point) == (address != "nobody@far.example")
        assert known.owner.user_id == "usr_ada"


async def test_of_several_mails_of_one_sender_each_counts_those_before_it(post: Post) -> None:
    post.cast.ada.write_now(mail_tray.count, ADA)
    together = KnownTogether(post.cast.ada.store)
    asked = [together.ask(post.cast.ada.team_id, "usr_ada", _about("a@b.example")) for _ in range(5)]
    found = await asyncio.gather(*asked)
    assert [one.recent for one in found] == [1, 2, 3, 4, 5]


async def test_a_question_of_somebody_who_is_gone_spoils_no_other(post: Post) -> None:
    together = KnownTogether(post.cast.ada.store)
    team = post.cast.ada.team_id
    good, bad, also = await asyncio.gather(
        together.ask(team, "usr_ada", _about("a@b.example")),
        together.ask(team, "usr_gone", _about("a@b.example")),
        together.ask(team, "usr_ben", _about("a@b.example")),
        return_exceptions=True,
    )
    assert isinstance(bad, NotFound)
    assert not isinstance(good, BaseException)
    assert not isinstance(also, BaseException)
    assert (good.owner.user_id, also.owner.user_id) == ("usr_ada", "usr_ben")


async def test_who_gives_up_waiting_takes_nobody_with_them(post: Post) -> None:
    together = KnownTogether(post.cast.ada.store)
    team = post.cast.ada.team_id
    asked = [asyncio.ensure_future(together.ask(team, "usr_ada", _about("a@b.example"))) for _ in range(4)]
    await asyncio.sleep(0)
    asked[1].cancel()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in found] == [False, True, False, False]
    with pytest.raises(NotFound):
        await together.ask(team, "usr_gone", _about("a@b.example"))
