"""Audiences for Mailchimp: its import file, and its own client for those who set a key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from campaigns.tools.csv_list import table
from campaigns.tools.refusal import NotTaken
from crm_store.values.audiences import Audience, AudiencePerson

if TYPE_CHECKING:
    from mailchimp_marketing.api_client import ApiClientError

AT_ONCE: Final = 500
"""Most members in one call of `POST /lists/{list_id}`, by the description of that call."""
_TAG: Final = 100
_TEXT: Final = 255
_TOO_MANY: Final = 429
_FAULT: Final = 500
_COLUMNS: Final = (
    "Email Address",
    "First Name",
    "Last Name",
    "Company",
    "Phone Number",
    "Country",
    "Last Order",
    "Tags",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What Mailchimp did: new members, members brought up to date, and those it refused with its own words."""

    new: int
    updated: int
    refused: tuple[tuple[str, str], ...]


def written(audience: Audience) -> bytes:
    """The file that Mailchimp's import takes: one address a row, dates as YYYY-MM-DD, texts of 255 bytes at most."""
    tag = cut(audience.name, _TAG)
    rows = [
        (
            one.email,
            cut(one.first_name, _TEXT),
            cut(one.last_name, _TEXT),
            cut(one.company or "", _TEXT),
            one.phone or "",
            one.country or "",
            one.last_order.isoformat() if one.last_order else "",
            tag,
        )
        for one in audience.people
    ]
    return table(_COLUMNS, rows)


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes, never in the middle of a letter."""
    return text.encode("utf-8")[:most].decode("utf-8", "ignore")


class Mailchimp:
    """One list at Mailchimp. Every call blocks, so it is made from a thread."""

    def __init__(self, key: str, list_id: str, host: str = "", timeout: float = 30.0) -> None:
        import mailchimp_marketing.api_client  # noqa: PLC0415 -- loads long, and only those who set a key need it

        self._refused = mailchimp_marketing.api_client.ApiClientError
        self._client = mailchimp_marketing.Client({"api_key": key, "timeout": timeout})
        if host:
            # The client builds its host from the key's data centre; a gateway or a double stands elsewhere.
            self._client.api_client.host = host.rstrip("/")
            self._client.api_client.server = ""
        self._list = list_id

    def take_in(self, audience: Audience) -> Taken:
        """Bring the audience into the list, in calls of 500; who unsubscribed there stays unsubscribed.

        A member new to the list is subscribed; of a member known there only names and tags change, since
        `status_if_new` never overrides what the person chose. Raises NotTaken.
        """
        new = updated = 0
        refused: list[tuple[str, str]] = []
        for some in _groups(audience.people):
            body = {
                "members": [_member(one, cut(audience.name, _TAG)) for one in some],
                "update_existing": True,
                "sync_tags": False,
            }
            answer = self._call(body)
            new += len(answer.get("new_members") or ())
            updated += len(answer.get("updated_members") or ())
            refused += [(str(one.get("email_address")), str(one.get("error"))) for one in answer.get("errors") or ()]
        return Taken(new, updated, tuple(refused))

    def _call(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._client.lists.batch_list_members(self._list, body)
        except self._refused as problem:
            raise _refusal(problem) from problem
        if not isinstance(answer, dict):
            raise NotTaken("Mailchimp answered with something that is no list of members.", passing=True)
        return answer


def _member(one: AudiencePerson, tag: str) -> dict[str, Any]:
    fields = {"FNAME": cut(one.first_name, _TEXT), "LNAME": cut(one.last_name, _TEXT)}
    if one.phone:
        fields["PHONE"] = one.phone
    return {
        "email_address": one.email,
        "email_type": "html",
        "status_if_new": "subscribed",
        "merge_fields": fields,
        "tags": [tag],
    }


def _refusal(problem: "ApiClientError") -> NotTaken:
    status = problem.status_code
    if status is None:
        return NotTaken("Mailchimp cannot be reached.", passing=True)
    if status == _TOO_MANY or status >= _FAULT:
        return NotTaken(f"Mailchimp is busy (it answered {status}).", passing=True)
    sentences = {
        401: "Mailchimp does not know the key. Set CRM_MAILCHIMP_KEY to a key that is live.",
        403: "Mailchimp does not let this key change the list. Choose a key of a manager or admin there.",
        404: "Mailchimp has no such list. Set CRM_MAILCHIMP_LIST to the id of an audience.",
    }
    return NotTaken(sentences.get(status, f"Mailchimp refused it (it answered {status})."), passing=False)


def _groups(people: Sequence[AudiencePerson]) -> Iterable[Sequence[AudiencePerson]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]
