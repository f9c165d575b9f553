"""How much mail campaigns may send: the budget of a week, a person's month, and the pause after any mail."""

from typing import Final

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.people import Team
from crm_store.values import clicks, limits
from crm_store.values.acts import Receipt
from crm_store.values.limits import Limits

_SAYS: Final = {
    limits.BUDGET: lambda new: (
        f"Campaigns send at most {new.budget:,} letters a week"
        if new.budget is not None
        else "No budget limits letters"
    ),
    limits.MONTHLY: lambda new: f"Nobody gets more than {new.monthly} letters in 30 days",
    limits.PAUSE: lambda new: f"Campaigns wait {new.pause_hours} hours after any mail of the team to a person",
}


def change(work: Work, name: str, value: int | None) -> Receipt:
    """Set one limit of the team, by the name of its setting; None takes it away. Letters that wait keep to it too."""
    team = work.session.get_one(Team, (work.team_id,), with_for_update=True, populate_existing=True)
    kept = {key: one for key, one in team.settings.items() if key != name}
    after = kept if value is None else {**kept, name: value}
    said = _SAYS[name](Limits.read(after))
    with audit.record(work, "settings", work.team_id, said) as ledger:
        ledger.change(team)
        team.settings = after
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)


def change_clicks(work: Work, *, on: bool) -> Receipt:
    """Count clicks on links of letters, or not; campaigns that are approved already stay as they are."""
    team = work.session.get_one(Team, (work.team_id,), with_for_update=True, populate_existing=True)
    said = "Clicks on links of letters are counted" if on else "Clicks on links of letters are not counted"
    with audit.record(work, "settings", work.team_id, said) as ledger:
        ledger.change(team)
        team.settings = {**team.settings, clicks.SETTING: "on" if on else "off"}
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)
