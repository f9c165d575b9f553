"""Installations on both engines: they come, are renewed once, go with all that waits kept, and come back."""

from datetime import timedelta

from sqlalchemy import select

from crm_store import inbox, outbox
from crm_store.actions import installations as actions
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.inbox import Arrival
from crm_store.models.plumbing import Audit
from crm_store.queries import installations as queries
from crm_store.values.installations import Grant, Installation, SealedTokens, Standing, Tokens
from tests.cast import Cast


def _grant(team: str) -> Grant:
    return Grant(team, "Rapport", "A01", "U_BOT", "U_BEN", ("chat:write", "commands"), Tokens("x"))


def _sealed(clock: MovableClock, mark: bytes) -> SealedTokens:
    return SealedTokens(b"bot " + mark, b"again " + mark, "k1", clock.now() + timedelta(hours=12))


def _only(store: Store, team_id: str) -> Installation:
    return next(one for one in store.house().read_now(queries.every) if one.team_id == team_id)


def _audited(work: Work) -> list[tuple[str, str]]:
    return [(row.verb, str(row.change)) for row in work.session.scalars(select(Audit).order_by(Audit.seq))]


def test_a_workspace_comes_goes_and_comes_back(store: Store, cast: Cast, clock: MovableClock) -> None:
    ada, house = cast.ada, store.house()
    assert ada.write_now(actions.install, _grant("T_RAPPORT"), _sealed(clock, b"1"))
    assert cast.cleo.write_now(actions.install, _grant("T_OTHER"), _sealed(clock, b"2"))
    ada.write_now(outbox.enqueue, "post", "post:C", "owed", {"channel": "C", "text": "hello"})
    (row,) = house.write_now(outbox.claim)
    arrived = house.write_now(inbox.put, Arrival(ada.team_id, "slack", "event:1", b"{}", {}))
    (claimed,) = house.write_now(inbox.claim, ["slack"])
    at = clock.advance(2)
    assert ada.write_now(actions.leave, claimed.inbox_id, claimed.attempts, at, "app_uninstalled")
    gone = _only(store, ada.team_id)
    assert (gone.standing, gone.tokens, gone.because) == (Standing.GONE, None, "app_uninstalled")
    assert [one.team_id for one in house.read_now(queries.installed)] == [cast.cleo.team_id]
    (line,) = house.read_now(inbox.lines)
    assert (line.inbox_id, line.state) == (arrived, "done")
    assert ada.write_now(actions.hold_message, row)
    house.write_now(inbox.put, Arrival(ada.team_id, "slack", "event:2", b"{}", {}))
    (late,) = house.write_now(inbox.claim, ["slack"])
    assert ada.write_now(actions.hold_arrival, late.inbox_id, late.attempts)
    clock.advance(3600)
    assert house.write_now(outbox.claim) == []
    assert house.write_now(inbox.claim, ["slack"]) == []
    assert (house.read_now(outbox.depth).waiting, house.read_now(inbox.depth).waiting) == (0, 0)
    assert ada.write_now(actions.install, _grant("T_RAPPORT"), _sealed(clock, b"3"))
    assert [one.kind for one in house.write_now(outbox.claim)] == ["post", "notice"]
    assert [one.key for one in house.write_now(inbox.claim, ["slack"])] == ["event:2"]
    assert not ada.write_now(actions.leave, claimed.inbox_id, claimed.attempts, at - timedelta(seconds=9), "late")
    back = _only(store, ada.team_id)
    assert back.tokens is not None
    assert (back.standing, back.tokens.bot_token) == (Standing.INSTALLED, b"bot 3")
    audited = ada.read_now(_audited)
    assert [verb for verb, _ in audited if verb in ("install", "leave")] == ["install", "leave", "install"]
    assert not any("bot 1" in change or "again 1" in change for _, change in audited)


def test_a_token_is_claimed_by_one_and_renewed_for_its_version_alone(
    store: Store, cast: Cast, clock: MovableClock
) -> None:
    cast.ada.write_now(actions.install, _grant("T_RAPPORT"), _sealed(clock, b"1"))
    house, soon = store.house(), clock.now() + timedelta(hours=13)
    (one,) = house.write_now(actions.claim_renewal, soon)
    assert house.write_now(actions.claim_renewal, soon) == ()
    assert not cast.cleo.write_now(actions.renew, one.version, _sealed(clock, b"9"))
    assert cast.ada.write_now(actions.renew, one.version, _sealed(clock, b"2"))
    assert not cast.ada.write_now(actions.renew, one.version, _sealed(clock, b"3"))
    assert not cast.ada.write_now(actions.refuse_renewal, one.version, "invalid_refresh_token")
    kept = _only(store, cast.ada.team_id).tokens
    assert kept is not None
    assert kept.bot_token == b"bot 2"
    assert house.read_now(queries.stamp) == (1, one.version + 1)


def test_a_state_is_good_once_and_until_its_time(store: Store, clock: MovableClock) -> None:
    house, until = store.house(), clock.now() + timedelta(minutes=10)
    assert [house.write_now(actions.use_state, "a", until) for _ in range(2)] == [True, False]
    clock.advance(600)
    assert not house.write_now(actions.use_state, "a", until)
    assert house.write_now(actions.use_state, "b", until)
    clock.advance(1)
    assert not house.write_now(actions.use_state, "c", until)
    assert not house.write_now(actions.use_state, "b", until)


def test_what_meets_no_token_by_chance_is_tried_again_soon(store: Store, cast: Cast, clock: MovableClock) -> None:
    house = store.house()
    cast.ada.write_now(actions.install, _grant("T_RAPPORT"), _sealed(clock, b"1"))
    for desk in (cast.ada, cast.cleo):
        desk.write_now(outbox.enqueue, "post", "post:C", "owed", {"channel": "C", "text": "hello"})
        house.write_now(inbox.put, Arrival(desk.team_id, "slack", "event:1", b"{}", {}))
    for message in house.write_now(outbox.claim):
        assert store.team(message.team_id).write_now(actions.hold_message, message)
    for row in house.write_now(inbox.claim, ["slack"]):
        assert store.team(row.team_id).write_now(actions.hold_arrival, row.inbox_id, row.attempts)
    states = {row.state: row.verdict for row in house.read_now(inbox.lines)}
    assert states == {"waiting": actions.WAITS, "done": "nobody of ours"}
    clock.advance(31)
    assert [row.attempts for row in house.write_now(outbox.claim)] == [1, 1]
