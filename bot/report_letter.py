"""A report as a letter to Slack, with what to send instead where the workspace refuses newer blocks."""

from dataclasses import replace

from analytics.report.document import Report
from bot.cards import report as cards
from bot.letters import Letter, Picture


def letter(report: Report, slack_team_id: str, channel: str, refused: frozenset[str]) -> Letter:
    """Native charts and a table first; each step down the ladder gives one kind of block up, and pictures stand in."""
    takes = frozenset(cards.NEWER) - refused
    steps: list[tuple[str, Letter]] = []
    for kind in cards.NEWER:
        if kind in takes:
            takes -= {kind}
            steps.append((kind, _with(report, slack_team_id, channel, takes)))
    first = _with(report, slack_team_id, channel, frozenset(cards.NEWER) - refused)
    return replace(first, plainer=tuple(steps))


def _with(report: Report, slack_team_id: str, channel: str, takes: frozenset[str]) -> Letter:
    pictures = tuple(
        Picture(f"{one.key}-{one.as_of.isoformat()}.png", one.title, one.alt_text, one.png)
        for one in cards.pictured(report.charts, takes)
    )
    message = cards.written(report, takes)
    user = channel if channel.startswith(("U", "W")) else ""
    return Letter("post", slack_team_id, message, channel=channel, user=user, pictures=pictures)
