"""Slack's limits that do not belong to one block: messages, views, clocks and the pace of calls."""

from dataclasses import dataclass

MESSAGE_BLOCKS = 50
MESSAGE_TEXT = 40_000
MESSAGE_BLOCK_TEXT = 13_200  # Undocumented; seen in the field as msg_blocks_too_long.
MESSAGE_ATTACHMENTS = 100
MESSAGE_CHARTS = 2
MARKDOWN_TOTAL = 12_000
IDENTIFIER = 255

VIEW_BLOCKS = 100
VIEW_TITLE = 24
VIEW_METADATA = 3_000
VIEW_STACK = 3
VIEW_BYTES = 250_000
SUGGESTED_OPTIONS = 100

ACK_SECONDS = 3.0
TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)  # Pauses before the first, second and third repeat of an event.
SOCKETS = 10
REFRESH_WARNING_SECONDS = 10.0
SCHEDULE_DAYS = 120
PAGE_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something may be called: `burst` at once, then `per_minute`."""

    burst: int
    per_minute: int


# Slack tolerates that ten sockets connect at once and that an app reconnects after each drop.
CONNECTING = Pace(60, 60)
TIER_2 = Pace(20, 20)
TIER_3 = Pace(50, 50)
TIER_4 = Pace(100, 100)
HUNDREDS = Pace(300, 300)
CHANNEL_POSTS = Pace(3, 60)
TEAM_POSTS = Pace(600, 600)
