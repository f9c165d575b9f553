"""Charts that a workspace does not draw: the answer goes at once in words, and its picture follows when it is drawn."""

from collections.abc import Mapping
from typing import Any

from analytics.charts import apart
from analytics.charts.apart import Figures, NotDrawn
from bot.letters import Letter, Picture
from crm_store import outbox
from crm_store.actions import deliveries
from crm_store.engine.work import Work
from crm_store.outbox import Outgoing

KIND = "drawing"


def delivered(work: Work, row: Outgoing, ref: str, letter: Letter) -> None:
    """Record where a letter is; what it could not show as a chart follows as a picture.

    Pictures of a team are drawn one after another and hold up nothing else, since they have a place of their own.
    """
    if not deliveries.delivered(work, row, ref, letter.object_id, letter.purpose) or not letter.undrawn:
        return
    channel, _, ts = ref.partition(":")
    # What the asker alone reads has no thread, so its picture comes by direct message.
    where = {"channel": channel, "thread_ts": letter.thread_ts or ts} if channel else {"channel": letter.user}
    outbox.enqueue(work, KIND, KIND, f"{KIND}:{row.outbox_id}", {"charts": list(letter.undrawn), **where})


async def letter(row: Outgoing, slack_team_id: str) -> Letter | None:
    """The pictures of one answer, each with its words; None where none could be drawn."""
    pictures = []
    for chart in row.payload["charts"]:
        figures = _figures(chart)
        try:
            drawn = await apart.picture(figures)
        except NotDrawn:
            continue
        pictures.append(Picture("chart.png", figures.title, figures.alt_text, drawn))
    if not pictures:
        return None
    channel, thread_ts = str(row.payload["channel"]), str(row.payload.get("thread_ts", ""))
    return Letter("pictures", slack_team_id, channel=channel, thread_ts=thread_ts, pictures=tuple(pictures))


def _figures(block: Mapping[str, Any]) -> Figures:
    """What a chart's block holds, with its numbers in words for those who do not see them."""
    series = block["chart"]["series"][0]
    labels = tuple(str(one["label"]) for one in series["data"])
    values = tuple(float(one["value"]) for one in series["data"])
    shown = tuple(f"{value:,.2f}".removesuffix(".00") for value in values)
    told = ", ".join(f"{label} {text}" for label, text in zip(labels, shown, strict=True))
    title, name = str(block["title"]), str(series["name"])
    return Figures(title, name, labels, values, shown, f"{title}: {told}.", over_time=block["chart"]["type"] == "line")
