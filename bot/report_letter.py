"""A report as a letter to Slack, with what to send instead where the workspace refuses newer blocks."""

from analytics.report.document import Report
from bot import ladder
from bot.cards import report as cards
from bot.letters import Letter, Picture


def letter(report: Report, slack_team_id: str, channel: str, refused: frozenset[str]) -> Letter:
    """Native charts and a table first; where charts are refused, pictures stand in."""

    def made(takes: frozenset[str]) -> Letter:
        pictures = tuple(
            Picture(f"{one.key}-{one.as_of.isoformat()}.png", one.title, one.alt_text, one.png)
            for one in cards.pictured(report.charts, takes)
        )
        user = channel if channel.startswith(("U", "W")) else ""
        return Letter(
            "post", slack_team_id, cards.written(report, takes), channel=channel, user=user, pictures=pictures
        )

    return ladder.stepped(cards.NEWER, refused, made)
