"""Which mails are one: a forward, a blind copy and a list's copy of the same words become one communication."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.models.history import Communication
from crm_store.models.mail import MailKey
from crm_store.values.mail import FEW_WORDS, MailIdentity

_NEAR: Final = timedelta(hours=36)
_SAME_ZONES: Final = timedelta(hours=26)
_UNDATED: Final = timedelta(days=14)
_QUARTER: Final = 900
_MINUTE: Final = 60


def same(work: Work, identity: MailIdentity) -> Communication | None:
    """The communication that already holds this mail, though it came with other headers. Not audited: reads only."""
    if not identity.words_key:
        return None
    found = work.session.scalars(
        select(Communication)
        .join(
            MailKey,
            (MailKey.team_id == Communication.team_id) & (MailKey.communication_id == Communication.communication_id),
        )
        .where(MailKey.mail_key == identity.words_key, Communication.removed_at.is_(None))
        .order_by(Communication.communication_id)
    ).all()
    for row in found:
        keys = _keys_of(work, row.communication_id)
        ids = {key for key in keys if key.startswith("id:")}
        if identity.id_key and ids:
            if identity.id_key in ids:
                return row
            # Two Message-IDs are two mails, however alike their words.
            continue
        if _near(identity, row.happened_at, undated=f"undated:{identity.words_key}"[:80] in keys):
            return row
    return None


def remember(work: Work, ledger: Ledger, identity: MailIdentity, communication_id: str, *, new: bool = False) -> None:
    """Keep what a later copy will be known by; of a new communication nothing is kept yet."""
    undated = f"undated:{identity.words_key}"[:80] if identity.words_key and identity.at is None else ""
    known = set() if new else _keys_of(work, communication_id)
    for mail_key in dict.fromkeys((identity.id_key, identity.words_key, undated)):
        if mail_key and mail_key not in known:
            ledger.add(MailKey(mail_key=mail_key, communication_id=communication_id))


def _keys_of(work: Work, communication_id: str) -> set[str]:
    return set(work.session.scalars(select(MailKey.mail_key).where(MailKey.communication_id == communication_id)))


def _near(identity: MailIdentity, happened_at: datetime, *, undated: bool) -> bool:
    """Forwards localise dates: many words may be a day apart, few must agree but for whole quarters of an hour."""
    enough = identity.words >= FEW_WORDS
    if identity.at is None:
        return enough
    apart = abs(identity.at - happened_at)
    if undated:
        return enough and apart <= _UNDATED
    if enough:
        return apart <= _NEAR
    odd = apart.total_seconds() % _QUARTER
    return apart <= _SAME_ZONES and min(odd, _QUARTER - odd) <= _MINUTE
