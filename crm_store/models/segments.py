"""Segments by a team's own rule, who is in them, and names that a team gives to learned ones."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


class OwnSegment(TeamRow):
    """A rule with a name; `rule` is the rule itself, `counted` how many it held for at the end of `counted_on`."""

    __tablename__ = "own_segments"
    __table_args__ = (UniqueConstraint("team_id", "name_key"),)
    segment_id: Mapped[str] = key()
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ShortText(200))
    rule: Mapped[dict[str, Any]]
    made_by: Mapped[str] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]
    counted: Mapped[int] = mapped_column(default=0)
    counted_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class OwnSegmentMember(TeamRow):
    """Who was in a segment when it was last counted, and since when."""

    __tablename__ = "own_segment_members"
    segment_id: Mapped[str] = key()
    customer_id: Mapped[str] = key()
    since: Mapped[date]


class OwnSegmentMove(TeamRow):
    """Who came into a segment or left it, between one night and the next."""

    __tablename__ = "own_segment_moves"
    segment_id: Mapped[str] = key()
    day: Mapped[date] = mapped_column(primary_key=True, sort_order=-80)
    customer_id: Mapped[str] = key()
    came: Mapped[bool]


class SegmentName(TeamRow):
    """The name that a team gave to a learned segment, told by its method and key, which stay from night to night."""

    __tablename__ = "segment_names"
    method: Mapped[str] = key(20)
    segment_key: Mapped[str] = key(60)
    name: Mapped[str]


class ScoreAlert(TeamRow):
    """A jump of a score that its owner was told of, so that each is told once."""

    __tablename__ = "score_alerts"
    about: Mapped[str] = key()
    kind: Mapped[str] = key(20)
    told_on: Mapped[date]
    point: Mapped[float]
