"""The workspace of the demo: Ada and Ben in one team, Cleo in another, and every kind of channel."""

from dataclasses import replace

from bot.local_slack.people import DEFAULT_SCOPES, Manifest, Seat, Shortcut, SlashCommand, Team, UserGroup
from bot.local_slack.state import Channel, Workspace
from crm_store.clock import Clock

MANIFEST = Manifest(
    commands=(
        SlashCommand(
            "/crm", "Log, look up and follow up without leaving Slack", "log Ann Lee: called, wants a quote by Friday"
        ),
    ),
    message_shortcuts=(Shortcut("log_to_crm", "Log to CRM"),),
    global_shortcuts=(
        Shortcut("new_contact", "New contact"),
        Shortcut("log_call", "Log a call"),
        Shortcut("new_deal", "New deal"),
    ),
    unfurl_domains=("crm.example.com",),
)

HOME_TEAM = Team("T_RAPPORT", "Rapport demo", "rapport-demo", "xoxb-local", "U_RAPPORT", "B_RAPPORT")
OTHER_TEAM = Team("T_OTHER", "Other team", "other-team", "xoxb-local-other", "U_RAPPORT_OTHER", "B_RAPPORT_OTHER")

SEATS = (
    Seat("U_ADA", "ada", "Ada Okonkwo", "ada@halyard.example", "Europe/Berlin", "Sales representative"),
    Seat("U_BEN", "ben", "Ben Hartmann", "ben@halyard.example", "Europe/London", "Sales manager", is_admin=True),
    Seat("U_GUEST", "gus.outside", "Gus Outside", "gus@acme.example", "Europe/Paris", "Guest of Acme", is_guest=True),
    Seat(
        "U_CLEO",
        "cleo",
        "Cleo Marchetti",
        "cleo@linden.example",
        "Europe/Paris",
        "Head of sales",
        "T_OTHER",
        is_admin=True,
    ),
)


def demo_workspace(clock: Clock, manifest: Manifest = MANIFEST, scopes: tuple[str, ...] = DEFAULT_SCOPES) -> Workspace:
    """A fresh demo workspace that goes by this clock, for the app of this manifest with these scopes."""
    teams = [replace(team, scopes=scopes) for team in (HOME_TEAM, OTHER_TEAM)]
    space = Workspace(clock, manifest, teams, list(SEATS))
    pair, app = ["U_ADA", "U_BEN"], HOME_TEAM.bot_user_id
    for channel in (
        Channel("C_SALES", "sales", "T_RAPPORT", [*pair, app], creator="U_BEN", topic="Deals, calls and customers"),
        Channel(
            "C_CAMPAIGNS",
            "campaigns",
            "T_RAPPORT",
            [*pair, app],
            creator="U_BEN",
            topic="What we send, and what it brought",
        ),
        Channel("C_NOAPP", "leadership", "T_RAPPORT", list(pair), creator="U_BEN", topic="Without the app"),
        Channel("C_OLD", "old-deals", "T_RAPPORT", [*pair, app], creator="U_BEN", is_archived=True),
        Channel(
            "C_SHARED",
            "acme-shared",
            "T_RAPPORT",
            [*pair, "U_GUEST", app],
            creator="U_BEN",
            topic="With a guest from Acme",
            is_shared=True,
        ),
        Channel("C_OTHER", "general", "T_OTHER", ["U_CLEO", OTHER_TEAM.bot_user_id], creator="U_CLEO"),
    ):
        space.add_channel(channel)
    for group in (
        UserGroup("S_SALES", "T_RAPPORT", "sales", "Sales", ["U_ADA"]),
        UserGroup("S_LEADS", "T_RAPPORT", "sales-leads", "Sales leads", ["U_BEN"]),
    ):
        space.groups[group.id] = group
    return space
