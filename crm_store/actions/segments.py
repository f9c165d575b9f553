"""Segments by a team's own rule: made, changed, removed, counted each night; and learned ones given a name."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import delete, select

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, Stale
from crm_store.ids import Prefix
from crm_store.matching.normalise import clean
from crm_store.models.scoring import Segment
from crm_store.models.segments import OwnSegment, OwnSegmentMember, OwnSegmentMove, SegmentName
from crm_store.queries import own_segments, rule_segments
from crm_store.values.acts import Receipt
from crm_store.values.rule_codec import from_json, to_json
from crm_store.values.segment_rules import Rule

AT_ONCE: Final = 2_000
"""Members that one unit writes."""
MOST: Final = 200
"""Segments of one's own a team may have, since each is counted when the list is shown and every night."""
_LONGEST: Final = 80


def save(work: Work, name: str, rule: Rule) -> Receipt:
    """Keep a rule under a name; raises BadInput where the name is taken."""
    shown = _free_name(work, name)
    if len(work.session.scalars(select(OwnSegment.segment_id)).all()) >= MOST:
        raise BadInput(f"A team can have {MOST} segments of its own. Delete one that is no longer needed first.")
    with audit.record(work, "segment", sentence=f"Saved the segment {shown}") as ledger:
        row = OwnSegment(
            segment_id=work.new_id(Prefix.SEGMENT),
            name=shown,
            name_key=own_segments.name_key(shown),
            rule=to_json(rule),
            made_by=work.actor,
            created_at=work.now,
        )
        ledger.add(row)
        ledger.row_id = row.segment_id
    return Receipt(row.segment_id, ledger.undo_id, ledger.sentence)


def change(work: Work, segment_id: str, version: int, name: str, rule: Rule) -> Receipt:
    """Another name or rule; raises Stale where somebody changed the segment since it was shown."""
    row = _row(work, segment_id)
    if row.version != version:
        raise Stale(f"Somebody changed the segment {row.name} since you opened it. Look at it again and repeat.")
    shown = row.name if own_segments.name_key(name) == row.name_key == name else _free_name(work, name, segment_id)
    if shown == row.name and to_json(rule) == row.rule:
        return Receipt(segment_id, None, f"Nothing changed in the segment {row.name}")
    with audit.record(work, "segment-edit", segment_id, f"Changed the segment {shown}") as ledger:
        ledger.change(row)
        row.name, row.name_key = shown, own_segments.name_key(shown)
        row.rule = to_json(rule)
        row.version += 1
    return Receipt(segment_id, ledger.undo_id, ledger.sentence)


def remove(work: Work, segment_id: str) -> Receipt:
    """Delete a segment; who was in it is forgotten at night, so that an undo before finds it."""
    row = _row(work, segment_id)
    with audit.record(work, "segment-delete", segment_id, f"Deleted the segment {row.name}") as ledger:
        ledger.remove(row)
    return Receipt(segment_id, ledger.undo_id, ledger.sentence)


def call_learned(work: Work, segment_id: str, name: str) -> Receipt:
    """Give a learned segment a name of the team's, which stays from night to night; an empty one takes it away."""
    learned = work.session.get(Segment, (work.team_id, segment_id))
    if learned is None or not learned.current:
        raise NotFound("That segment is no longer there; a newer night made others. `/crm segment` lists them.")
    row = work.session.get(SegmentName, (work.team_id, learned.method, learned.key))
    before = row.name if row else learned.name
    back = not clean(name).strip() or own_segments.name_key(name) == own_segments.name_key(learned.name)
    after = learned.name if back else _free_name(work, name)
    with audit.record(work, "segment-name", segment_id, f"Segment {before} is called {after} now") as ledger:
        if back and row is not None:
            ledger.remove(row)
        elif row is not None:
            ledger.change(row)
            row.name = after
        elif not back:
            ledger.add(SegmentName(method=learned.method, segment_key=learned.key, name=after))
    return Receipt(segment_id, ledger.undo_id if after != before else None, ledger.sentence)


def note_members(work: Work, segment_id: str, day: date) -> bool:
    """Note who came into a segment and who left it since it was last counted; True says that there is more to note.

    The first count makes no moves: all were there before anybody looked. Not audited: follows the rule.
    """
    row = work.session.get(OwnSegment, (work.team_id, segment_id))
    if row is None:
        return False
    now = set(rule_segments.members(work, from_json(row.rule), own_segments.zone(work)))
    known = set(
        work.session.scalars(select(OwnSegmentMember.customer_id).where(OwnSegmentMember.segment_id == segment_id))
    )
    came, went = sorted(now - known)[:AT_ONCE], sorted(known - now)[:AT_ONCE]
    first = row.counted_on is None or (not known and row.counted > 0)
    _write(work, segment_id, day, came, went, told=not first)
    if len(came) == AT_ONCE or len(went) == AT_ONCE:
        return True
    row.counted, row.counted_on = len(now), day
    return False


def forget_members(work: Work) -> int:
    """Let go of members and moves of segments that were deleted, and say of how many segments.

    Not audited: only what was derived goes.
    """
    known = set(work.session.scalars(select(OwnSegment.segment_id)))
    gone = sorted(set(work.session.scalars(select(OwnSegmentMember.segment_id).distinct())) - known)
    gone += sorted(set(work.session.scalars(select(OwnSegmentMove.segment_id).distinct())) - known - set(gone))
    for model in (OwnSegmentMember, OwnSegmentMove):
        work.session.execute(delete(model).where(model.segment_id.in_(gone)))
    return len(gone)


def _write(work: Work, segment_id: str, day: date, came: Sequence[str], went: Sequence[str], *, told: bool) -> None:
    members = [{"segment_id": segment_id, "customer_id": one, "since": day} for one in came]
    work.insert(OwnSegmentMember, members, or_nothing=True)
    for start in range(0, len(went), 500):
        left = OwnSegmentMember.customer_id.in_(went[start : start + 500])
        work.session.execute(delete(OwnSegmentMember).where(OwnSegmentMember.segment_id == segment_id, left))
    if told:
        _tell(work, segment_id, day, {**dict.fromkeys(came, True), **dict.fromkeys(went, False)})


def _tell(work: Work, segment_id: str, day: date, moved: Mapping[str, bool]) -> None:
    """Note moves; who comes and goes on one day, as two counts of a day may see, did not move."""
    same = (OwnSegmentMove.segment_id == segment_id, OwnSegmentMove.day == day)
    back = set(work.session.scalars(select(OwnSegmentMove.customer_id).where(*same))) & moved.keys()
    for one in sorted(back):
        work.session.execute(delete(OwnSegmentMove).where(*same, OwnSegmentMove.customer_id == one))
    rows = [
        {"segment_id": segment_id, "customer_id": one, "day": day, "came": came}
        for one, came in moved.items()
        if one not in back
    ]
    work.insert(OwnSegmentMove, rows, or_nothing=True)


def _row(work: Work, segment_id: str) -> OwnSegment:
    row = work.session.get(OwnSegment, (work.team_id, segment_id))
    if row is None:
        raise NotFound("That segment is no longer there. `/crm segment` lists those that are.")
    return row


def _free_name(work: Work, name: str, segment_id: str = "") -> str:
    """The name as it is shown; raises BadInput where it is empty, too long, or another segment's."""
    shown = " ".join(clean(name).replace('"', "").split())
    if not shown:
        raise BadInput("Give the segment a name, such as save:regulars.", field="name")
    if len(shown) > _LONGEST:
        raise BadInput(f"A segment's name has at most {_LONGEST} characters.", field="name")
    key = own_segments.name_key(shown)
    other = work.session.scalars(select(OwnSegment).where(OwnSegment.name_key == key)).one_or_none()
    learned = work.session.scalars(select(Segment.name).where(Segment.current.is_(True))).all()
    names = {own_segments.name_key(one) for one in (*learned, *own_segments.given_names(work).values())}
    if (other is not None and other.segment_id != segment_id) or key in names:
        raise BadInput(f"There is a segment called “{shown}” already. Choose another name.", field="name")
    return shown
