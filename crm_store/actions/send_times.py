"""Whether letters leave at the hour at which each person usually answers: judged each night on the team's replies."""

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.people import Team
from crm_store.values import send_times
from crm_store.values.send_times import Judged


def keep(work: Work, judged: Judged) -> bool:
    """Keep what was judged, where it differs from before, and say whether it does. Not undoable: nights judge anew."""
    team = work.session.get_one(Team, (work.team_id,), with_for_update=True, populate_existing=True)
    if team.settings.get(send_times.SETTING) == judged.stored():
        return False
    team.settings = {**team.settings, send_times.SETTING: judged.stored()}
    audit.append(work, "send times", work.team_id, judged.stored())
    return True
