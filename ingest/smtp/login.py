"""AUTH PLAIN and AUTH LOGIN (RFC 4616, RFC 4954) as lines in and steps out, without I/O."""

import base64
import binascii
from dataclasses import dataclass

MOST_CHARACTERS = 12_288


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a secret, as the client gave them."""

    name: str
    secret: str


class LoginDialogue:
    """What is asked for next, and what was given so far."""

    def __init__(self, mechanism: str) -> None:
        self._plain = mechanism == "PLAIN"
        self._name: str | None = None

    @property
    def question(self) -> str:
        """The challenge that asks for the next line, in base64."""
        if self._plain:
            return ""
        return _encoded("Username:" if self._name is None else "Password:")

    def answer(self, text: str) -> Credentials | None:
        """Take a line; None asks for another. Raises ValueError for what is not base64 of the right shape."""
        given = _decoded(text)
        if self._plain:
            parts = given.split("\0")
            if len(parts) != 3 or not parts[1]:
                raise ValueError("three parts are wanted")
            return Credentials(parts[1], parts[2])
        if self._name is None:
            self._name = given
            return None
        return Credentials(self._name, given)


def _decoded(text: str) -> str:
    if text == "=":
        return ""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as problem:
        raise ValueError("no base64 of a text") from problem


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")
