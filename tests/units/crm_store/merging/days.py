"""Days on which two houses do alike, while only one of them makes merges and takes them back."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.units.crm_store.merging.players import House, Twins, dump

Moves = Callable[[], tuple[House, House, Callable[[], None]]]
"""Opens the house with merges and the one without, and says how they are closed again."""

_HAPPENS = ("mail", "note", "deal", "newcomer", "trade", "order", "progress", "link", "second_thoughts")


class Day(RuleBasedStateMachine):
    """What two houses do alike, and the merges that only one of them makes and takes back."""

    moves: Moves

    def __init__(self) -> None:
        super().__init__()
        merged, control, self.close = type(self).moves()
        self.twins = Twins(merged, control)

    @rule(what=st.sampled_from(["merge", "join"]), one=st.integers(0, 3), other=st.integers(0, 3))
    def merge(self, what: str, one: int, other: int) -> None:
        """Two people, or two companies."""
        self.twins.play([(what, one, other)], to_the_end=False)

    @precondition(lambda self: self.twins.merged.edges)
    @rule(which=st.integers(0, 7))
    def take_one_back(self, which: int) -> None:
        """Any of the merges that stand, not the last alone."""
        self.twins.play([("unmerge", which, 0)], to_the_end=False)
        if not self.twins.merged.edges:
            self.compare()

    @rule(one=st.integers(0, 3), field=st.integers(0, 3))
    def edit(self, one: int, field: int) -> None:
        """A title, a name, an address or a number."""
        self.twins.play([("edit", one, field)], to_the_end=False)

    @rule(what=st.sampled_from(_HAPPENS), one=st.integers(0, 3), other=st.integers(0, 2))
    def something_happens(self, what: str, one: int, other: int) -> None:
        """Mails and notes, deals and orders and how they go on, an opt-out, a channel, somebody new at a company."""
        self.twins.play([(what, one, other)], to_the_end=False)

    def compare(self) -> None:
        """While no merge stands, nobody can tell that there ever was one."""
        here, there = dump(self.twins.merged.desk), dump(self.twins.control.desk)
        assert [table for table in here if here[table] != there[table]] == []

    def teardown(self) -> None:
        """At the end of the day every merge is taken back, the oldest first."""
        self.twins.play([])
        self.compare()
        self.close()
