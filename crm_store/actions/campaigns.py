"""Campaigns: what an approved suggestion becomes, with its arms and everybody left out by reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from crm_store import audit
from crm_store.actions import clicks, sends
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.ids import Prefix
from crm_store.models.marketing import Campaign, CampaignMember, Suggestion
from crm_store.queries import suggestions
from crm_store.values import drafts, plans, variants

_AT_ONCE: Final = 200


def create(work: Work, suggestion: Suggestion) -> str:
    """Make the campaign of a suggestion in the unit that approves it; who may be written to is looked up anew.

    Raises BadInput when nobody is left to write to. Not undoable: letters may be on their way.
    """
    content = suggestion.content
    drafts.check(content["subject"], content["body"])
    audience = suggestions.audience_of(work, suggestion)
    if not audience.treated:
        what = "call" if suggestions.by_phone(suggestion) else "write to"
        raise BadInput(f"Nobody is left to {what}; dismiss this suggestion, or edit its audience.")
    campaign_id = work.new_id(Prefix.CAMPAIGN)
    work.add(
        Campaign(
            campaign_id=campaign_id,
            suggestion_id=suggestion.suggestion_id,
            name=suggestion.title,
            kind=suggestion.kind,
            audience={"who": content["who"], "cap": content["cap"], "personal": content["personal"]},
            template={
                **({plans.CHANNEL: plans.CALL} if suggestions.by_phone(suggestion) else {}),
                "subject": content["subject"],
                "body": content["body"],
                "steps": content.get("steps", []),
                "variants": _variants(content),
                "send_on": content.get("send_on"),
                "send_time": content.get("send_time", ""),
            },
            window_days=content["window_days"] + _delay(work, content),
            control_share=content["holdout_share"],
            state="approved",
            approved_by=work.actor,
            created_at=work.now,
        )
    )
    arms: list[tuple[str, str, str | None]] = [
        *((one, "treated", None) for one in audience.treated),
        *((one, "holdout", None) for one in audience.holdout),
        *((one, "excluded", why) for one, why in audience.excluded),
    ]
    rows = [
        {"campaign_id": campaign_id, "customer_id": one, "arm": arm, "excluded_because": why} for one, arm, why in arms
    ]
    for start in range(0, len(rows), _AT_ONCE):
        work.insert(CampaignMember, rows[start : start + _AT_ONCE])
    clicks.fix(work, campaign_id, [content["body"], *(one.get("body", "") for one in content.get("steps", []))])
    sends.start(work, campaign_id)
    counts = {"treated": len(audience.treated), "holdout": len(audience.holdout), "excluded": len(audience.excluded)}
    audit.append(work, "create campaign", campaign_id, {"suggestion_id": suggestion.suggestion_id, **counts})
    return campaign_id


def _delay(work: Work, content: Mapping[str, Any]) -> int:
    """Days until the letters may leave: the window in which orders count is longer by them, for both sides alike."""
    chosen = content.get("send_on")
    return max(0, (date.fromisoformat(chosen) - work.now.date()).days) if chosen else 0


def _variants(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Both letters where a second subject is tried; they differ in nothing else."""
    other = content.get("other_subject") or ""
    if not other:
        return {}
    return {
        variants.FIRST: {"subject": content["subject"], "body": content["body"]},
        variants.SECOND: {"subject": other, "body": content["body"]},
    }
