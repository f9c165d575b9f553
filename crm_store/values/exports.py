"""What can be exported."""

from typing import Final

KINDS: Final = ("customers", "companies", "deals", "orders", "tasks", "timeline")
ALL: Final = "all"
MAILS: Final = "mails"
FORMAT: Final = "rapport"
"""The first word of an export of everything, with the version of its lines."""
VERSION: Final = 1
PERSON: Final = "person "
"""Before whom all that is known of one person is asked for."""
CERTIFICATE: Final = "certificate "
"""Before the erasure whose certificate is sent."""
