"""The people of the tests: Ada (rep) and Ben (manager) of one team, Cleo of another."""

from dataclasses import dataclass

from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.people import Team, User, UserAddress


@dataclass(frozen=True, slots=True)
class Cast:
    """Desks to act from."""

    store: Store
    ada: Desk
    ben: Desk
    cleo: Desk


def _seat(work: Work, team: str, slack_team: str, people: dict[str, tuple[str, str, str]]) -> None:
    work.add(
        Team(
            team_id=team,
            name=team.removeprefix("tea_").title(),
            slack_team_id=slack_team,
            settings={"channel": "C_SALES", "currency": "EUR"},
            pseudonym_key="k" * 32,
            created_at=work.now,
        )
    )
    for user_id, (slack_id, name, role) in people.items():
        work.add(
            User(team_id=team, user_id=user_id, slack_user_id=slack_id, name=name, role=role, time_zone="Europe/Berlin")
        )
        address = f"{name.split()[0].lower()}@{team.removeprefix('tea_')}.example"
        work.add(UserAddress(team_id=team, address_key=address, user_id=user_id))


def gather(store: Store) -> Cast:
    """Seat everybody."""
    house = store.house()
    house.write_now(
        _seat,
        "tea_rapport",
        "T_RAPPORT",
        {"usr_ada": ("U_ADA", "Ada Lovell", "rep"), "usr_ben": ("U_BEN", "Ben Okafor", "manager")},
    )
    house.write_now(_seat, "tea_other", "T_OTHER", {"usr_cleo": ("U_CLEO", "Cleo Marsh", "rep")})
    return Cast(
        store,
        store.team("tea_rapport", "usr_ada"),
        store.team("tea_rapport", "usr_ben"),
        store.team("tea_other", "usr_cleo"),
    )
