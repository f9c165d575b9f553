"""Tokens that run out are renewed two hours ahead, by one process at a time."""

from datetime import timedelta
from typing import Final

from bot.installations import sealed
from bot.installations.exchange import Exchange
from crm_store.actions import installations as actions
from crm_store.engine.store import Store
from crm_store.errors import CrmError, DeliveryError
from crm_store.log import get_logger
from crm_store.sealing import Seal
from crm_store.values.installations import Installation, SealedTokens

AHEAD: Final = timedelta(hours=2)
_log = get_logger(__name__)


class Renewal:
    """Trades refresh tokens for new ones and keeps these."""

    def __init__(self, store: Store, exchange: Exchange, seal: Seal) -> None:
        self._store = store
        self._exchange = exchange
        self._seal = seal
        # The old refresh token is used up once these came, so they are kept here until the store takes them.
        self._unkept: dict[str, tuple[int, SealedTokens]] = {}

    async def renew_due(self) -> int:
        """Renew what runs out soon, and say how many were renewed."""
        for team_id, (version, kept) in list(self._unkept.items()):
            await self._keep(team_id, version, kept)
        before, renewed = self._store.clock.now() + AHEAD, 0
        while due := await self._store.house().write(actions.claim_renewal, before):
            renewed += sum([await self._renew(one) for one in due])
        return renewed

    async def renew_now(self, team_id: str) -> bool:
        """Renew the token of one team that Slack calls expired, unless another process is at it."""
        before = self._store.clock.now() + timedelta(days=365)
        due = await self._store.house().write(actions.claim_renewal, before, team_id=team_id)
        return any([await self._renew(one) for one in due])

    async def _renew(self, one: Installation) -> bool:
        desk = self._store.team(one.team_id)
        try:
            tokens = await self._exchange.renew(sealed.refresh_token(self._seal, one))
        except DeliveryError as problem:
            _log.warning("token_not_renewed", team_id=one.team_id, code=problem.code)
            if problem.permanent:
                await desk.write(actions.refuse_renewal, one.version, problem.code)
            return False
        except CrmError as problem:
            _log.error("token_not_opened", team_id=one.team_id, problem=problem.sentence)
            return False
        kept = sealed.close(self._seal, one.team_id, tokens, self._store.clock.now())
        return await self._keep(one.team_id, one.version, kept)

    async def _keep(self, team_id: str, version: int, kept: SealedTokens) -> bool:
        self._unkept[team_id] = (version, kept)
        done = await self._store.team(team_id).write(actions.renew, version, kept)
        del self._unkept[team_id]
        return done
