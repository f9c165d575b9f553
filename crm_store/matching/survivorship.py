"""Which of several values of a field survives a merge: the better source, then the newer; an empty one never."""

from collections.abc import Sequence
from typing import Final

from crm_store.values.merging import Statement

_MANUAL: Final = frozenset({"manual", "chat", "slack", "dialog", "web", "api"})
_SIGNATURE: Final = frozenset({"signature", "vcard"})
_HEADER: Final = frozenset({"mail", "header"})
_CALLED: Final = {3: "typed by a colleague", 2: "from a mail signature", 1: "from a mail header", 0: "from an import"}
# Who looks after a customer is agreed on rather than found out, so a later record does not take it away.
AGREED: Final = frozenset({"owner", "channel_id"})


def rank(source: str) -> int:
    """How far a source is trusted: 3 manual, 2 signature, 1 mail header, 0 import and whatever else."""
    if source in _MANUAL:
        return 3
    if source in _SIGNATURE:
        return 2
    return 1 if source in _HEADER else 0


def winner(field: str, statements: Sequence[Statement]) -> Statement | None:
    """The statement that survives; None where every value is empty."""
    filled = [one for one in statements if (one.value or "").strip()]
    if not filled:
        return None
    if field in AGREED:
        return max(filled, key=lambda one: (one.chosen, one.first, rank(one.source), one.at, one.row_id))
    return max(filled, key=lambda one: (rank(one.source), one.at, one.chosen, one.first, one.row_id))


def why(field: str, won: Statement, statements: Sequence[Statement]) -> str:
    """Why a statement won, in a few words."""
    others = [one for one in statements if one is not won and (one.value or "").strip()]
    if won.chosen:
        return "chosen by hand"
    if not others:
        return "the other is empty"
    if all(one.value == won.value for one in others):
        return "the same on both"
    if field in AGREED or (won.first and not won.source):
        return "of the record that is kept"
    best = max(rank(one.source) for one in others)
    said = _CALLED[rank(won.source)]
    if rank(won.source) > best:
        return said
    newest = max(one.at for one in others if rank(one.source) == best)
    return f"{said}, and newer" if won.at > newest else f"{said}, of the record that is kept"
