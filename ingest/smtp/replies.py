"""What the door says: a line with its enhanced code (RFC 2034, RFC 3463), and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Then(StrEnum):
    """What the door does after it has said something."""

    GO_ON = "go on"
    READ_MAIL = "read mail"
    ENCRYPT = "encrypt"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, of several lines where there are line ends in it."""

    text: str
    then: Then = Then.GO_ON

    @property
    def is_error(self) -> bool:
        """Whether it refuses something."""
        return self.text[0] in "45"


OK: Final = Reply("250 2.0.0 OK")
SENDER_OK: Final = Reply("250 2.1.0 OK")
RECIPIENT_OK: Final = Reply("250 2.1.5 OK")
GO_AHEAD: Final = Reply("354 End data with <CR><LF>.<CR><LF>", Then.READ_MAIL)
ENCRYPT: Final = Reply("220 2.0.0 Ready to start TLS", Then.ENCRYPT)
BYE: Final = Reply("221 2.0.0 Bye", Then.CLOSE)
NO_WEB: Final = Reply("421 4.7.0 This is a mail server", Then.CLOSE)
NO_BALANCER: Final = Reply("421 4.7.0 Not a balancer of this server", Then.CLOSE)
TOO_MANY_ERRORS: Final = Reply("421 4.7.0 Too many errors", Then.CLOSE)
TOO_MANY_LOGINS: Final = Reply("421 4.7.0 Too many failed logins", Then.CLOSE)
LINE_TOO_LONG: Final = Reply("500 5.5.2 Line too long")
KEPT: Final = "250 2.0.0 Kept"
NO_SUCH_ADDRESS: Final = "550 5.1.1 No such address"
BUSY: Final = "452 4.3.1 Too much mail in flight, try again later"
FAILED: Final = "451 4.3.0 Temporary failure, try again later"
TOO_LARGE: Final = "552 5.3.4 Message is larger than this server takes"
GOING_ROUND: Final = "554 5.4.6 Too many hops, this mail is going round"
SLOW: Final = "421 4.4.2 Too slow, closing"
TIMED_OUT: Final = "421 4.4.2 Timed out, closing"
LEAVING: Final = "421 4.3.2 Going down, try again later"
CROWDED: Final = "421 4.7.0 Too many connections, try again later"
SENDER_TOO_OFTEN: Final = "450 4.7.1 Too much mail from this sender, try again later"
TEAM_TOO_OFTEN: Final = "451 4.7.1 Too much mail for this team, try again later"
