"""What only whoever installed us can mend: a token that is refused, a permission that is missing."""

from bot import manifest, slack_errors
from bot.install import INSTALL
from bot.slack_errors import Then
from crm_store.actions import deliveries
from crm_store.engine.store import Desk
from crm_store.errors import DeliveryError
from crm_store.settings import Settings

_FROM_MANIFEST = "in the settings of the app, from manifest.yaml"


async def tell(desk: Desk, settings: Settings, problem: DeliveryError) -> None:
    """Tell the installer of a refusal that they can end, once a day; of any other nobody is told here."""
    if slack_errors.refusal(problem.code).then is Then.INSTALLER:
        about = f"{problem.code}:{problem.needed}" if problem.needed else problem.code
        await desk.write(deliveries.tell_installer, about, notice(problem, settings))


def notice(problem: DeliveryError, settings: Settings) -> str:
    """What is refused, what it is for, where it is mended, and that nothing is lost meanwhile."""
    where = f"{settings.public_url.rstrip('/')}{INSTALL}" if settings.slack_client_id and settings.public_url else ""
    mend = f"Install Rapport anew: {where or _FROM_MANIFEST}."
    if problem.code != "missing_scope":
        known = slack_errors.refusal(problem.code)
        cause = known.cause[:1].upper() + known.cause[1:]
        return f"{cause} ({problem.code}). {mend} What waits goes out by itself then; nothing is lost."
    reasons = manifest.scopes()
    asked = [one for one in problem.needed.replace(" ", "").split(",") if one]
    said = [f"{one} ({reasons[one]})" if reasons.get(one) else one for one in asked] or ["one that Slack does not name"]
    head = "A permission is" if len(said) == 1 else "Permissions are"
    return f"{head} missing: {'; '.join(said)}. {mend} What waits goes out by itself then; nothing is lost."
