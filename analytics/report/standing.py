"""How customers, value, pipeline and data stand, in words."""

from typing import Final

from analytics.report.document import Section, Table
from analytics.report.phrases import amount, counted, listed, percent, upper
from crm_store.money import from_major
from crm_store.values.marketing import SegmentView
from crm_store.values.outcomes import Move
from crm_store.values.quality import Quality, Share
from crm_store.values.report_facts import ReportFacts

_ROWS: Final = 8
_MANY: Final = 0.1
_DRAWN_BY_NIGHT: Final = (
    "There is nothing to draw yet: the nightly job has not run. A manager can say `/crm run nightly`."
)
_NOTHING_DRAWN: Final = (
    "The last night found nothing to draw here: orders and open deals bring charts, once there are some."
)
_NO_DEAL_DRAWN: Final = "There was no open deal on the last night, so there is nothing to draw."
_TO_DO: Final = (
    ("e-mail address", "Forward a mail of theirs, or say `/crm edit NAME`."),
    ("telephone", "Say `/crm edit NAME`, or forward a mail with a signature."),
    ("without a company", "Say `/crm edit NAME` and name the company."),
    ("without an owner", "A manager says `/crm edit NAME` and names who looks after them."),
    ("same address", "Open one of the two and merge it with the other."),
    ("of one name", "Open one of the two and merge it with the other, if they are one person."),
    ("without a contact", "Call them, or remove whom nobody will call."),
    ("past their closing day", "Say `/crm deal NAME` and set a day that holds, or close the deal."),
    ("without a next step", "Say `/crm task NAME: what and when`."),
    ("another currency", "They are counted nowhere; import them again in the team's currency if they should be."),
    ("returns", "They are subtracted nowhere from orders; nothing is to be done."),
)


def from_charts(facts: ReportFacts) -> str:
    """The findings of the charts as one paragraph, or why there is none."""
    if not facts.charts:
        if facts.shown_as_of is None:
            return _DRAWN_BY_NIGHT
        return _NO_DEAL_DRAWN if facts.which == "pipeline" else _NOTHING_DRAWN
    return " ".join(f"{one.title.rstrip('.')}." for one in facts.charts)


def segments_finding(facts: ReportFacts) -> str:
    """The largest group, how many groups there are, and who moved."""
    found = facts.segments
    if not found:
        return "There are no segments yet. They are made each night, once there are enough customers."
    top = found[0]
    people = sum(one.size for one in found)
    if len(found) == 1 and top.share >= 1:
        whole = f"All {people:,} buyers are" if people > 1 else "The only buyer is"
        return f"{whole} in one group, {top.name}: too few, or too much alike, to be parted."
    moved = sum(one.customers for one in facts.moves)
    # After the first night there is nothing to compare with, so that nothing noted is not nobody moved.
    went = f"{upper(counted(moved, 'customer'))} changed groups" if moved else "No change of groups was noted"
    went += " within the last 31 days"
    largest = _largest(facts.moves)
    return (
        f"{counted(people, 'buyer')} fall into {counted(len(found), 'group')}; the largest is {top.name} "
        f"({top.size:,}, {percent(top.share)}). {went}{largest}."
    )


def _largest(moves: tuple[Move, ...]) -> str:
    known = [one for one in moves if one.before and one.after]
    if not known:
        return ""
    first = known[0]
    return f", most of them from {first.before} to {first.after} ({first.customers:,})"


def segments_sections(facts: ReportFacts) -> tuple[Section, ...]:
    """Groups with their rules, and who moved."""
    if not facts.segments:
        return ()
    rows = tuple(_segment(one) for one in facts.segments[:_ROWS])
    groups = Section(
        "Groups", (),
        (Table("Groups of the last night", ("group", "customers", "rule"), rows, max(len(facts.segments) - _ROWS, 0)),),
    )  # fmt: skip
    if not facts.moves:
        return (groups,)
    moved = tuple(
        (one.before or "no group", one.after or "no group", f"{one.customers:,}") for one in facts.moves[:_ROWS]
    )
    table = Table("Within the last 31 days", ("from", "to", "customers"), moved, max(len(facts.moves) - _ROWS, 0))
    return (groups, Section("Who moved", (), (table,)))


def _segment(one: SegmentView) -> tuple[str, ...]:
    return (one.name, f"{one.size:,} ({percent(one.share)})", one.rule)


def value_finding(facts: ReportFacts) -> str:
    """What is expected in all, of whom, and how far that can be trusted."""
    found = facts.expected
    if found is None:
        why = next((one.sentence for one in facts.records if one.kind == "value"), "")
        return why or "There is no expected value yet. It is worked out each night, once there are enough orders."
    total = amount(from_major(round(found.total), facts.currency))
    return (
        f"{total} are expected of {counted(found.buyers, 'buyer')} within the next "
        f"{counted(found.horizon_days, 'day')}; the best tenth brings {percent(found.top_share)} of it."
    )


def value_sections(facts: ReportFacts) -> tuple[Section, ...]:
    """How the sum was judged."""
    said = tuple(one.sentence for one in facts.records if one.kind in ("value", "alive") and one.sentence)
    return (Section("How it was tested", said),) if said and facts.expected else ()


def data_finding(told: Quality) -> str:
    """The largest faults of the data in one paragraph."""
    if not told.customers:
        return "There are no customers yet, so there is nothing to judge. `crm import` or a forwarded mail brings some."
    faults = sorted(_faults(told), key=lambda one: -(one.n / max(one.of, 1)))
    if not faults:
        return f"Nothing is missing, double or stale among {counted(told.customers, 'customer')}."
    worst = [_said(one) for one in faults[:3]]
    on_file = counted(told.customers, "customer is", "customers are")
    return f"{upper(on_file)} on file. Most is to be gained here: {listed(worst)}."


def data_sections(told: Quality) -> tuple[Section, ...]:
    """What is missing, double, stale, odd and counted apart, each with what to do."""
    groups = (
        ("Missing", told.missing),
        ("Double", told.double),
        ("Stale", told.stale),
        ("Counted apart", told.apart),
    )
    found = []
    for heading, shares in groups:
        rows = tuple((one.what, f"{one.n:,} of {one.of:,}", _to_do(one)) for one in shares if one.n)
        if rows:
            found.append(Section(heading, (), (Table(heading, ("what", "how many", "what to do"), rows),)))
    if told.odd_count and told.usual is not None:
        first = told.odd[0]
        found.append(
            Section(
                "Odd amounts",
                (
                    f"{upper(counted(told.odd_count, 'order is', 'orders are'))} far from the usual "
                    f"{told.usual:,.0f} {told.currency}, the largest {first.amount:,.0f} {told.currency}. "
                    "Look whether a sign or a comma is wrong; an order that is right may stay.",
                ),
            )
        )
    return tuple(found)


def _said(one: Share) -> str:
    """`36 of 60 open deals without a next step`."""
    if one.what.startswith("pairs"):
        return f"{one.n:,} {one.what}"
    what = one.what
    if one.of == 1:
        what = what.replace("customers ", "customer ", 1).replace("deals ", "deal ", 1)
    return f"{one.n:,} of {one.of:,} {what}"


def _faults(told: Quality) -> list[Share]:
    return [one for one in (*told.missing, *told.double, *told.stale) if one.n]


def _to_do(one: Share) -> str:
    return next((what for words, what in _TO_DO if words in one.what), "")
