"""What follows a night that ended well: owners hear of jumps, and the team's own segments are counted."""

from datetime import date

from crm_store.actions import score_alerts, segments
from crm_store.engine.store import Desk
from crm_store.queries import own_segments


async def run(desk: Desk, day: date) -> None:
    """Tell each jump of a score once, and note who came into the team's own segments and who left them."""
    await desk.write(score_alerts.tell, day)
    for segment in await desk.read(own_segments.every):
        while await desk.write(segments.note_members, segment.segment_id, day):
            continue
    await desk.write(segments.forget_members)
