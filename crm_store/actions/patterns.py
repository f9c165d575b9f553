"""Which products go together surely: found each night, so that an order between two nights is not compared with all."""

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.people import Team
from crm_store.values.patterns import SETTING, ProductPair


def keep(work: Work, pair: ProductPair | None) -> bool:
    """Keep the pair, or that there is none, and say whether that is new. Not undoable: nights look anew."""
    team = work.session.get_one(Team, (work.team_id,), with_for_update=True, populate_existing=True)
    stored = pair.stored() if pair else None
    if team.settings.get(SETTING) == stored:
        return False
    team.settings = {**team.settings, SETTING: stored}
    audit.append(work, "products that go together", work.team_id, {"compared": pair.compared if pair else 0})
    return True
