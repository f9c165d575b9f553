"""Which rows hang on a customer or a company, and so go along with a merge."""

from dataclasses import dataclass
from typing import Any, Final

from crm_store.models.columns import TeamRow
from crm_store.models.history import Participant
from crm_store.models.lookup import Alias
from crm_store.models.mail import Absence, MailRule
from crm_store.models.marketing import CampaignMember, Consent, Send
from crm_store.models.people import Affiliation, CompanyDomain, ContactPoint, Customer, CustomValue, FieldHistory, Need
from crm_store.models.scoring import Score, SegmentMember
from crm_store.models.segments import OwnSegmentMember, ScoreAlert
from crm_store.models.trade import Deal, DealPerson, Order, Task
from crm_store.values.merging import MergeKind


@dataclass(frozen=True, slots=True)
class Hung:
    """A table whose `column` names the record; of rows with the same `slot` a record can hold one."""

    model: type[TeamRow]
    column: str
    slot: tuple[str, ...] = ()

    @property
    def owner(self) -> Any:
        """The column that names the record."""
        return getattr(self.model, self.column)

    @property
    def rest(self) -> str | None:
        """What of the primary key remains beside the team and the record; no such table has more than one column."""
        names = [one.name for one in self.model.__table__.primary_key if one.name not in ("team_id", self.column)]
        return names[0] if names else None


# What follows from other rows (features, look-up words) is worked out anew; the history of scores stays where it was
# measured. Suppressions hold by address, whoever has it.
HUNG: Final[dict[MergeKind, tuple[Hung, ...]]] = {
    MergeKind.CUSTOMER: (
        Hung(Participant, "customer_id"),
        Hung(Deal, "customer_id"),
        Hung(DealPerson, "customer_id", ("deal_id",)),
        Hung(Order, "customer_id"),
        Hung(Task, "customer_id"),
        Hung(Need, "customer_id"),
        Hung(ContactPoint, "owner_row", ("kind", "value_key")),
        Hung(Affiliation, "customer_id"),
        Hung(Alias, "customer_id"),
        Hung(CustomValue, "row_id", ("field_id",)),
        Hung(FieldHistory, "row_id"),
        Hung(Consent, "customer_id", ("purpose",)),
        Hung(CampaignMember, "customer_id", ("campaign_id",)),
        Hung(Send, "customer_id"),
        Hung(Score, "about", ("kind",)),
        Hung(ScoreAlert, "about", ("kind",)),
        Hung(SegmentMember, "customer_id", ("segment_id",)),
        Hung(OwnSegmentMember, "customer_id", ("segment_id",)),
        Hung(Absence, "customer_id", ("customer_id",)),
        Hung(MailRule, "target"),
    ),
    MergeKind.COMPANY: (
        Hung(Customer, "company_id"),
        Hung(Affiliation, "company_id"),
        Hung(Deal, "company_id"),
        Hung(CompanyDomain, "company_id"),
        Hung(ContactPoint, "owner_row", ("kind", "value_key")),
        Hung(CustomValue, "row_id", ("field_id",)),
        Hung(FieldHistory, "row_id"),
        Hung(MailRule, "target"),
    ),
}
