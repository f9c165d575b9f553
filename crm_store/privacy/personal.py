"""The register of what is kept about a person: every table, and how its rows reach one; erasure and export walk it.

A house test compares it with the tables, so that no column can be added without deciding what becomes of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class By(StrEnum):
    """Which ids of the person a column holds."""

    CUSTOMER = "customer"
    COMMUNICATION = "communication"  # Of what was said with nobody else from outside.
    POINT = "point"
    ADDRESS = "address"
    ROW = "row"  # Any of the ids above.
    INBOX = "inbox"
    SEND = "send"
    THREAD = "thread"


class Then(StrEnum):
    """What erasure does with the rows that a column finds."""

    DELETE = "delete"
    CUT_LOOSE = "cut loose"  # The row stays without the person: nobody's order, nobody's deal.


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows of a table that belong to the person by this column."""

    column: str
    by: By
    then: Then = Then.DELETE


_OWN: Final = (Reach("customer_id", By.CUSTOMER),)
_SAID: Final = (Reach("communication_id", By.COMMUNICATION),)

# In the order in which rows go, so that nothing is left pointing at what is gone.
REACHES: Final[Mapping[str, tuple[Reach, ...]]] = {
    "absences": _OWN,
    "address_reports": (Reach("value_key", By.ADDRESS),),
    "affiliations": _OWN,
    "alerts": _OWN,
    "aliases": _OWN,
    "attachments": _SAID,
    "campaign_members": _OWN,
    "consent_proofs": _OWN,
    "consents": _OWN,
    "customer_features": _OWN,
    "custom_values": (Reach("row_id", By.ROW),),
    "deal_people": _OWN,
    "dirty_customers": _OWN,
    "duplicate_pairs": (Reach("a", By.CUSTOMER), Reach("b", By.CUSTOMER)),
    "field_history": (Reach("row_id", By.ROW),),
    "followed_threads": _SAID,
    "import_changes": (Reach("row_id", By.ROW),),
    "import_rows": (Reach("row_id", By.ROW, Then.CUT_LOOSE),),
    "lookup_changes": _OWN,
    "mail_flow": (Reach("sender_key", By.ADDRESS),),
    "mail_keys": _SAID,
    "mail_reasons": (Reach("communication_id", By.COMMUNICATION), Reach("inbox_id", By.INBOX)),
    "meeting_answers": (Reach("address_key", By.ADDRESS),),
    "meetings": _SAID,
    "merge_origins": (Reach("row_key", By.ROW), Reach("origin", By.CUSTOMER), Reach("seat", By.CUSTOMER)),
    "merge_overlays": (Reach("row_key", By.ROW), Reach("seat", By.CUSTOMER)),
    "merges": (Reach("kept", By.CUSTOMER), Reach("absorbed", By.CUSTOMER)),
    "mutes": (Reach("target", By.CUSTOMER),),
    "needs": _OWN,
    "own_segment_members": _OWN,
    "own_segment_moves": _OWN,
    "pair_verdicts": (Reach("a", By.CUSTOMER), Reach("b", By.CUSTOMER)),
    "predictions": (Reach("about", By.CUSTOMER),),
    "responses": (Reach("send_id", By.SEND),),
    "score_alerts": (Reach("about", By.CUSTOMER),),
    "score_history": (Reach("about", By.CUSTOMER),),
    "scores": (Reach("about", By.CUSTOMER),),
    "segment_members": _OWN,
    "segment_moves": _OWN,
    "sends": _OWN,
    "slack_messages": (Reach("object_id", By.ROW),),
    "tasks": _OWN,
    "thread_messages": (Reach("root_ts", By.THREAD),),
    "witnesses": _SAID,
    "participants": (Reach("communication_id", By.COMMUNICATION), Reach("customer_id", By.CUSTOMER)),
    "communications": _SAID,
    "contact_points": (Reach("point_id", By.POINT),),
    "deals": (Reach("customer_id", By.CUSTOMER, Then.CUT_LOOSE),),
    "orders": (Reach("customer_id", By.CUSTOMER, Then.CUT_LOOSE),),
    "customers": _OWN,
}

# Tables with a way of their own, each said where it is done.
OWN_WAY: Final[Mapping[str, str]] = {
    "audit": "keeps keyed pseudonyms since it was written; the chain must hold, and the erasure is an entry of it",
    "inbox": "what arrived is emptied and its key kept, so that the same mail is not taken in again",
    "inbox_parts": "goes with the arrival that it is a part of",
    "imports": "the file as it was handed in goes",
    "files": "goes when no communication shows it any more",
    "outbox": "what names the person goes, sent or not",
    "undo_log": "what could bring the person back goes",
    "questions": "what asks about the person goes",
    "told": "what names the person goes",
    "never_log": "addresses become keyed digests, and the person's are added",
    "suppressions": "addresses become keyed digests, and the person's are added",
    "postings": "written anew from the customer's rows, which are gone",
    "word_pairs": "written anew from the customer's rows, which are gone",
    "phone_suffixes": "written anew from the customer's rows, which are gone",
    "tokens": "words that nobody else bears go with the last who bore them",
    "token_deletes": "go with their words",
}

# Swept for the person's names, addresses and numbers, in case somebody wrote them there.
SWEPT: Final = frozenset(
    {
        "attachments", "audience_exports", "campaigns", "charts", "communications", "companies", "company_domains",
        "custom_fields", "custom_values", "deal_events", "deals", "decisions", "duplicate_pairs", "field_history",
        "import_changes", "import_rows", "imports", "mail_flow", "mail_reasons", "mail_rules", "merges", "needs",
        "order_lines", "orders", "own_segments", "participants", "segments", "suggestions", "tasks",
        "thread_messages", "merge_overlays", "saved_mappings", "segment_names", "web_forms", "told", "staged_scores",
        "model_runs", "scores", "absences", "address_reports",
    }
)  # fmt: skip

# Nothing of a customer, each with its reason.
IMPERSONAL: Final[Mapping[str, str]] = {
    "campaign_links": "addresses that the team wrote",
    "channel_links": "a channel and a company",
    "erasures": "what was erased, counted",
    "event_marks": "how far events were looked at",
    "feature_states": "how far the features are",
    "ingest_addresses": "colleagues' own",
    "install_states": "a step of installing",
    "installations": "the team's Slack",
    "job_runs": "jobs",
    "mail_domains": "domains of mail servers, let go of when they are free",
    "pipelines": "the team's stages",
    "role_heartbeats": "our processes",
    "stages": "the team's stages",
    "teams": "the selling team",
    "user_addresses": "colleagues' own",
    "users": "colleagues; whom they saw last is an id",
}
