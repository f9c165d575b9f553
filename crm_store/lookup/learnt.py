"""Words whose forms this process has written, so that a long list does not ask for each of them again and again.

They are remembered only as long as the look-up's last change is the one after which they were written: whoever else
changes the look-up, or takes a unit back, gives it another.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

Change = tuple[int, int]
"""Number and mark of a team's last change."""
Forms = Callable[[str], tuple[str, ...]]
MOST: Final = 300_000


@dataclass(slots=True)
class Learnt:
    """What is known after `change`, by how the forms are made; `fresh` was written in the unit under way."""

    team_id: str = ""
    change: Change = (0, 0)
    known: dict[Forms, set[str]] = field(default_factory=dict)
    fresh: list[tuple[Forms, Sequence[str]]] = field(default_factory=list)

    def unknown(self, words: Iterable[str], forms: Forms) -> list[str]:
        """Those of the words of which nothing is remembered; they are known once the unit is through."""
        known = self.known.get(forms)
        left = [word for word in words if word not in known] if known else list(words)
        self.fresh.append((forms, left))
        return left


_lock = threading.Lock()
_last = Learnt()


def after(team_id: str, change: Change) -> Learnt:
    """What is remembered of a team whose last change is that one."""
    with _lock:
        if (_last.team_id, _last.change) == (team_id, change):
            return Learnt(team_id, change, _last.known)
        return Learnt(team_id, change)


def keep(learnt: Learnt, change: Change) -> None:
    """The unit has written its words and made a change of its own, the last one now."""
    global _last  # noqa: PLW0603 -- one list at a time is remembered, whatever was before
    with _lock:
        known = learnt.known if sum(map(len, learnt.known.values())) < MOST else {}
        for forms, words in learnt.fresh:
            known.setdefault(forms, set()).update(words)
        _last = Learnt(learnt.team_id, change, known)
