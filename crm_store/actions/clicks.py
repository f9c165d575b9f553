"""Clicks on links of letters, each link of a letter once; which links there are is fixed by the approval."""

from collections.abc import Sequence

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.learning import CampaignLink
from crm_store.models.marketing import Response, Send
from crm_store.queries import clicks as queries
from crm_store.values import clicks
from crm_store.values.responses import Answer


def fix(work: Work, campaign_id: str, texts: Sequence[str]) -> int:
    """Keep the addresses that a campaign's letters name, and say how many; none where clicks are not counted.

    Part of approving it, and not undoable: letters may be on their way.
    """
    if not queries.is_on(work):
        return 0
    found = clicks.links_in(texts)
    for number, url in enumerate(found):
        work.add(CampaignLink(campaign_id=campaign_id, number=number, url=url))
    audit.append(work, "fix links", campaign_id, {"links": len(found)})
    return len(found)


def note(work: Work, send_id: str, number: int) -> bool:
    """A person followed a link: counted once, and says whether it is new. Not undoable: it happened."""
    if work.session.get(Send, (work.team_id, send_id)) is None:
        return False
    row = {
        "response_id": work.new_id(Prefix.RESPONSE),
        "send_id": send_id,
        "kind": Answer.CLICK.value,
        "source_id": clicks.row_of(send_id, number)[-40:],
        "at": work.now,
    }
    new = bool(work.insert(Response, [row], or_nothing=True))
    if new:
        audit.append(work, "click", send_id, {"link": number})
    return new
