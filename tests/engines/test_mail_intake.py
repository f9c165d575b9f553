"""The store behind the mail doors on both engines: committed in groups, and a revoked address is refused at once."""

import asyncio
from datetime import UTC, datetime

import pytest

from crm_store import inbox
from crm_store.actions import teams
from crm_store.clock import SystemClock
from crm_store.engine.store import Desk, Store
from crm_store.errors import StoreUnavailable
from ingest import address
from ingest.intake import StoreIntake
from ingest.smtp.received import AddressGone, Owner, ReceivedMail, key_of
from tests.cast import Cast
from tests.engines.conftest import Opens

DOMAIN = "in.rapport.example"
AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def minted(desk: Desk, user_id: str, *, anew: bool = False) -> str:
    made = address.mint(user_id.removeprefix("usr_"))
    action = teams.rotate if anew else teams.mint_address
    desk.write_now(action, user_id, made.local_part, address.secret_hash(made.secret))
    return f"{made.local_part}@{DOMAIN}"


def mail(name: str, *rcpts: str, login: Owner | None = None) -> ReceivedMail:
    raw = f"Message-ID: <{name}@acme.example>\r\nSubject: {name}\r\n\r\nhello\r\n".encode()
    return ReceivedMail(raw, "ann@acme.example", rcpts, "192.0.2.1", "mx", AT, key_of(raw, rcpts), login)


async def test_mails_that_come_together_are_all_kept_once(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    mails = [mail(f"n{number:03}", to) for number in range(60)]
    await asyncio.gather(*(intake.keep(one) for one in [*mails, *mails[:20]]))
    lines = cast.ada.read_now(inbox.lines)
    assert sorted(str(line.message_id) for line in lines) == [f"n{number:03}@acme.example" for number in range(60)]


async def test_what_arrives_during_a_commit_is_committed_together_after_it(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    rung = cast.store.bells.rung(inbox.bell("mail"))
    await asyncio.gather(*(intake.keep(mail(f"n{number}", to)) for number in range(40)))
    assert cast.store.bells.rung(inbox.bell("mail")) - rung <= 2


@pytest.mark.parametrize(("coming", "commits"), [(True, 1), (False, 2)])
async def test_a_commit_waits_a_moment_for_a_mail_that_is_just_coming_in(
    cast: Cast, *, coming: bool, commits: int
) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    rung = cast.store.bells.rung(inbox.bell("mail"))
    first = asyncio.ensure_future(intake.keep(mail("first", to), lambda: coming))
    for _ in range(3):
        await asyncio.sleep(0)
    await asyncio.gather(first, intake.keep(mail("second", to)))
    assert cast.store.bells.rung(inbox.bell("mail")) - rung == commits


async def test_a_colleague_of_each_team_gets_a_row(cast: Cast) -> None:
    intake = StoreIntake(cast.store, DOMAIN)
    ada, ben, cleo = minted(cast.ada, "usr_ada"), minted(cast.ben, "usr_ben"), minted(cast.cleo, "usr_cleo")
    await intake.keep(mail("all", ben, cleo, ada, login=Owner("tea_rapport", "usr_ada")))
    house = cast.store.house()
    rows = await house.write(inbox.claim, ["mail"])
    assert sorted((row.team_id, row.envelope["user_id"]) for row in rows) == [
        ("tea_other", "usr_cleo"),
        ("tea_rapport", "usr_ada"),
        ("tea_rapport", "usr_ben"),
    ]
    told = {row.envelope["user_id"]: row.envelope.get("authenticated_user") for row in rows}
    assert told == {"usr_ada": "usr_ada", "usr_ben": "usr_ada", "usr_cleo": None}


async def test_a_revoked_address_is_forgotten_with_the_commit_that_revokes_it(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    assert await intake.owner_of(to) == ("tea_rapport", "usr_ada")
    assert intake.recall(to) == ("tea_rapport", "usr_ada")
    minted(cast.ada, "usr_ada", anew=True)
    assert intake.recall(to) is None
    assert await intake.owner_of(to) is None


async def test_the_address_of_a_colleague_who_left_is_refused(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    await intake.owner_of(to)
    await cast.ben.write(teams.deactivate, "usr_ada")
    assert intake.recall(to) is None
    assert await intake.owner_of(to) is None


async def test_an_address_that_another_process_revoked_takes_no_mail_though_it_was_known(
    cast: Cast, opens: Opens
) -> None:
    intake, gone, kept = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada"), minted(cast.ben, "usr_ben")
    await intake.owner_of(gone)
    elsewhere = opens()
    minted(elsewhere.team("tea_rapport", "usr_ada"), "usr_ada", anew=True)
    elsewhere.close()
    assert intake.recall(gone) is not None
    with pytest.raises(AddressGone) as refused:
        await intake.keep(mail("late", gone, kept))
    assert refused.value.rcpts == {gone}
    assert intake.recall(gone) is None
    await intake.keep(mail("late", kept))
    assert [line.message_id for line in cast.ben.read_now(inbox.lines)] == ["late@acme.example"]


async def test_what_is_known_of_an_owner_is_at_most_a_second_old(cast: Cast, opens: Opens) -> None:
    to = minted(cast.ada, "usr_ada")

    class Ticking(SystemClock):
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

    clock = Ticking()
    store = opens()
    store.clock = clock
    intake = StoreIntake(store, DOMAIN)
    await intake.owner_of(to)
    clock.seconds = 0.9
    assert intake.recall(to) is not None
    clock.seconds = 1.1
    assert intake.recall(to) is None
    store.close()


async def test_a_mail_that_cannot_be_kept_fails_alone(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    good = [mail(f"n{number}", to) for number in range(10)]
    poison = mail("poison", to)
    object.__setattr__(poison, "mail_from", object())  # No JSON holds it.
    outcomes = await asyncio.gather(*(intake.keep(one) for one in [*good, poison]), return_exceptions=True)
    assert outcomes[:10] == [None] * 10
    assert isinstance(outcomes[10], Exception)
    assert len(cast.ada.read_now(inbox.lines)) == 10


async def test_a_store_that_is_gone_fails_everybody_as_a_passing_failure(cast: Cast, opens: Opens) -> None:
    to = minted(cast.ada, "usr_ada")
    store: Store = opens()
    intake = StoreIntake(store, DOMAIN)
    store.close()
    outcomes = await asyncio.gather(*(intake.keep(mail(f"n{n}", to)) for n in range(5)), return_exceptions=True)
    assert all(isinstance(one, StoreUnavailable) for one in outcomes)


async def test_who_logs_in_needs_the_secret_and_an_address_of_their_own(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    local = to.partition("@")[0]
    secret = local.rpartition("-")[2]
    assert await intake.login("Ada@rapport.example", secret) == ("tea_rapport", "usr_ada")
    assert await intake.login("ada@rapport.example", local) == ("tea_rapport", "usr_ada")
    for name, given in (
        ("ben@rapport.example", secret),
        ("ada@rapport.example", secret[:-1] + ("a" if secret[-1] != "a" else "b")),
        ("ada@rapport.example", ""),
        ("", secret),
        ("cleo@other.example", secret),
    ):
        assert await intake.login(name, given) is None, name
    await cast.ben.write(teams.deactivate, "usr_ada")
    assert await intake.login("ada@rapport.example", secret) is None


async def test_the_raw_bytes_come_back_as_they_came(cast: Cast) -> None:
    intake, to = StoreIntake(cast.store, DOMAIN), minted(cast.ada, "usr_ada")
    raw = bytes(range(256)) * 40
    await intake.keep(ReceivedMail(raw, "", (to,), "192.0.2.1", "mx", AT, "k"))
    [row] = await cast.store.house().write(inbox.claim, ["mail"])
    assert row.raw == raw
