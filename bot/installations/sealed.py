"""Between tokens in clear, which only a process knows, and sealed ones, which only the store knows."""

from datetime import datetime, timedelta

from crm_store.sealing import Seal
from crm_store.values.installations import Installation, SealedTokens, Tokens


def close(seal: Seal, team_id: str, tokens: Tokens, now: datetime) -> SealedTokens:
    """Tokens as they go into the store."""
    until = now + timedelta(seconds=tokens.expires_in) if tokens.expires_in else None
    again = seal.close(tokens.refresh_token, team_id) if tokens.refresh_token else None
    return SealedTokens(seal.close(tokens.bot_token, team_id), again, seal.key_id, until)


def bot_token(seal: Seal, one: Installation) -> str:
    """The bot token of an installation, empty once it has gone; raises BadSetting where its key is missing."""
    return seal.open(one.tokens.bot_token, one.team_id, one.tokens.key_id) if one.tokens else ""


def refresh_token(seal: Seal, one: Installation) -> str:
    """The refresh token of an installation, empty where it has none."""
    if one.tokens is None or one.tokens.refresh_token is None:
        return ""
    return seal.open(one.tokens.refresh_token, one.team_id, one.tokens.key_id)


def anew(seal: Seal, one: Installation) -> SealedTokens | None:
    """The tokens of an installation under the key that seals now; None where that is so already, or they are gone."""
    if one.tokens is None or one.tokens.key_id == seal.key_id:
        return None
    again = refresh_token(seal, one)
    return SealedTokens(
        seal.close(bot_token(seal, one), one.team_id),
        seal.close(again, one.team_id) if again else None,
        seal.key_id,
        one.tokens.expires_at,
    )
