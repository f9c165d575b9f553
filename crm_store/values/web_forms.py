"""Forms on the team's own site: what somebody sent in, and the letter that asks whether it was really them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

FORM: Final = "form"
CONFIRM: Final = "confirm"
"""What the links of forms and of confirmations prove."""
PURPOSE: Final = "newsletter"


@dataclass(frozen=True, slots=True)
class FormView:
    """A form; `wording` is what people consent to, in the team's words; `sent_in` and `confirmed` count."""

    team_id: str
    team: str
    form_id: str
    name: str
    wording: str
    token: str
    made_at: datetime
    sent_in: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Submission:
    """What was sent in; `nonce` makes a second press of the button the same submission."""

    nonce: str
    name: str
    email: str
    company: str = ""
    phone: str = ""
    message: str = ""
    consents: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmationLetter:
    """A letter that asks an address whether its owner consents; `again` says that a try before it was cut off."""

    team_id: str
    proof_id: str
    attempts: int
    again: bool
    to_name: str
    to_address: str
    from_name: str
    from_address: str
    team: str
    wording: str
    token: str
    asked_at: datetime
