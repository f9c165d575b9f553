"""Audiences as files: which bytes under which name for each tool, and what is to be known about them."""

from dataclasses import dataclass
from datetime import date

from campaigns.hand_over import stayed
from campaigns.tools import csv_list, google, mailchimp, meta
from crm_store.values.audiences import Audience, Tool


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """A file with its name, and the sentence that goes with it."""

    name: str
    content: bytes
    sentence: str


def written(audience: Audience, tool: Tool, team_id: str, day: date) -> AudienceFile:
    """The file of an audience for a tool."""
    name = f"{audience.key[:60]}-{tool}-{day.isoformat()}.csv"
    count = len(audience.people)
    people = "1 person" if count == 1 else f"{count} people"
    if tool == "mailchimp":
        content, how = mailchimp.written(audience), "Mailchimp takes it under Audience › Import contacts."
    elif tool == "meta":
        content, how = meta.written(audience), "Addresses, numbers and names in it are hashed, as Meta wants them."
        if count < meta.FEWEST:
            how += f" Meta shows nothing to fewer than {meta.FEWEST} people."
    elif tool == "google":
        content, how = google.written(audience, team_id), "It holds ids that tell Google nothing of the people."
    else:
        content, how = csv_list.written(audience), "Cells that a spreadsheet would compute have an apostrophe in front."
    return AudienceFile(name, content, f"“{audience.name}” for {tool}: {people}. {how}{stayed(audience)}")
