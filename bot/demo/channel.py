"""What the sales team wrote in its Slack channel lately: a dozen threads, some of which ask to be logged."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from bot.demo.talk import Cast, first_name
from bot.demo.values import DemoChannelLine, DemoDeal

CHANNEL = "C_SALES"
_ADA, _BEN = "U_ADA", "U_BEN"

# Each thread: days ago, then who said what. {a} and {b} are the two latest won deals, {c} and {d} the two largest open.
_THREADS: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = (
    (19, ((_BEN, "Monday round: please have your three biggest deals ready by 10."), (_ADA, "Mine are ready."))),
    (
        17,
        ((_ADA, "{a.title} is won: {a.amount}."), (_BEN, "Well done. What tipped it?"), (_ADA, "The reference call.")),
    ),
    (16, ((_BEN, "Does anybody here know somebody at {d_company}?"), (_ADA, "I met {d_first} at the fair in spring."))),
    (14, ((_ADA, "Met John Smith of Acme: the second hall needs about 25 meters, budget round is next month."),)),
    (13, ((_BEN, "{c.title} moved its closing day again."), (_ADA, "Third time. Is the CFO on board?"), (_BEN, "No."))),
    (11, ((_ADA, "Demo for Ann Lee at Globex went well, her plant manager liked the alarms."), (_BEN, "Next step?"))),
    (10, ((_BEN, "Gateways are short until the end of the month, promise no delivery before the 10th."),)),
    (8, ((_ADA, "Who took the call from The Raine Group?"), (_BEN, "Me. They want an offer for the London floors."))),
    (7, ((_BEN, "{b.title} signed today, {b.amount}."), (_ADA, "Congratulations."))),
    (
        5,
        (
            (_ADA, "{d_first} from {d_company} asks for three years' prices. Do we have a table?"),
            (_BEN, "In the wiki."),
        ),
    ),
    (4, ((_BEN, "Lunch on Thursday at the Greek place?"), (_ADA, "Yes."), (_BEN, "Table at 12:30."))),
    (3, ((_ADA, "Called Ann Lee: she wants a quote for 40 seats by Friday."),)),
    (2, ((_BEN, "Reminder: the quarter ends soon, clean up your closing days."), (_ADA, "Will do tonight."))),
)


def lines(deals: Iterable[DemoDeal], cast: Cast) -> tuple[DemoChannelLine, ...]:
    """The threads in order of time, with what the team's own deals give them to talk about."""
    by_end = sorted((deal for deal in deals if deal.state == "won"), key=lambda deal: (deal.close_on, deal.key))
    by_size = sorted((deal for deal in deals if deal.state == "open"), key=lambda deal: (deal.amount.minor, deal.key))
    largest = by_size[-1]
    words = {
        "a": by_end[-2],
        "b": by_end[-1],
        "c": by_size[-2],
        "d_company": cast.companies[largest.company].name,
        "d_first": first_name(cast.people[largest.people[0].person]),
    }
    written = []
    for number, (days_ago, said) in enumerate(_THREADS):
        start = datetime.combine(cast.today - timedelta(days=days_ago), time(8, 15 + 2 * number), UTC)
        for place, (user, text) in enumerate(said):
            moment = start + timedelta(minutes=7 * place)
            written.append(DemoChannelLine(CHANNEL, user, moment, text.format(**words), f"thread-{number:02d}"))
    return tuple(written)
