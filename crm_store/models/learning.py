"""Where letters' links lead, and up to where events were looked at for suggestions."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import TeamRow, key


class CampaignLink(TeamRow):
    """An address that a campaign's letters name; a redirect leads to such a row and nowhere else."""

    __tablename__ = "campaign_links"
    campaign_id: Mapped[str] = key()
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    url: Mapped[str]


class EventMark(TeamRow):
    """The last entry of the audit trail that was looked at for a purpose."""

    __tablename__ = "event_marks"
    name: Mapped[str] = key()
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
