"""Who can read a place, and so what may be shown there: the least trusted reader decides."""

from dataclasses import dataclass
from typing import Literal

PlaceKind = Literal["ephemeral", "dm", "private", "public", "shared"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card is shown; `shared` means that a guest or another company's member reads along."""

    kind: PlaceKind

    @property
    def asker_alone(self) -> bool:
        """Whether one person of the team reads this."""
        return self.kind in ("ephemeral", "dm")

    @property
    def only_name(self) -> bool:
        """Somebody from outside reads along: the name, and a button that answers the asker alone."""
        return self.kind == "shared"

    @property
    def scores(self) -> bool:
        """Whether value and potential may be shown."""
        return self.kind in ("ephemeral", "dm", "private")

    @property
    def mail_text(self) -> bool:
        """Whether what was written may be shown; in a channel it never is unasked."""
        return self.asker_alone

    @property
    def private_lines(self) -> bool:
        """Whether private notes may so much as be counted."""
        return self.asker_alone

    @property
    def contact_points(self) -> bool:
        """Whether addresses and numbers may be shown."""
        return self.kind in ("ephemeral", "dm", "private")


def place(*, channel_kind: str, ephemeral: bool, outsiders: bool) -> Place:
    """The place of an answer; `channel_kind` is `im`, `private` or `public`, and what is unknown counts as public."""
    if ephemeral:
        return Place("ephemeral")
    if channel_kind == "im":
        return Place("dm")
    if outsiders:
        return Place("shared")
    return Place("private") if channel_kind == "private" else Place("public")
