"""Customers, deals and tasks for the cards, with texts that try to ping, to format, and to pass every limit."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.blocks import Block, Message
from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view, message_blocks
from crm_store.money import Money
from crm_store.values.alerts import MeetingLine, Risk, Waits
from crm_store.values.day import Health, MyDay
from crm_store.values.filed import FiledView, QuestionView
from crm_store.values.noise import Kind
from crm_store.values.people import (
    ContactPointView,
    CustomerBrief,
    CustomerCard,
    DealView,
    Found,
    GoodToKnow,
    NeedView,
    ScoreView,
    TaskView,
)
from crm_store.values.undo import UndoView

NOW: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
BERLIN: Final = ZoneInfo("Europe/Berlin")
NASTY: Final = (
    "Ann Lee",
    "<!channel> & <@U_BEN> <https://evil.example|click> *bold* `code` ~x~",
    "\u202eeeL nnA\u202c \u0645\u062d\u0645\u062f \u2066x\u2069",
    "👩‍👩‍👧‍👦 Zoë O’Neill-Østergård 山田太郎",
    "N" * 4_000,
    "&" * 4_000,
    "🦊" * 4_000,
    "a\x00b\x07c\r\nd\te\u2028f\ud800g",
    "",
    "   ",
)


def words_of(value: object) -> Iterator[str]:
    """Every text shown anywhere in blocks, without what buttons carry."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "text" and isinstance(one, str):
                yield one
            elif name not in ("value", "private_metadata"):
                yield from words_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from words_of(one)


def shown(message: Message) -> str:
    """All that a reader sees."""
    return " ".join(words_of(message.blocks))


def buttons(value: object) -> list[Block]:
    """Every button anywhere."""
    if isinstance(value, dict):
        own = [value] if value.get("type") == "button" else []
        return own + [found for one in value.values() for found in buttons(one)]
    if isinstance(value, list | tuple):
        return [found for one in value for found in buttons(one)]
    return []


def labels(message: Message) -> list[str]:
    """What the buttons say."""
    return [one["text"]["text"] for one in buttons(message.blocks)]


def takes(message: Message, surface: Surface = Surface.MESSAGE) -> Message:
    """Slack takes it: as the local workspace checks it, in JSON, with words for those who see no blocks."""
    blocks = json.loads(json.dumps(list(message.blocks)))
    json.dumps(message.to_json(), ensure_ascii=False).encode("utf-8")
    if surface is Surface.HOME:
        checked_view({"type": "home", "blocks": blocks}, Surface.HOME)
    else:
        message_blocks(blocks)
    assert message.text.strip()
    assert len(message.text) <= 4_000
    assert "<" not in message.text, "nothing but data could bring this sign, and data is escaped"
    assert not _kinds(blocks, "mrkdwn"), "cards show data, and data is never markup"
    assert not _kinds(blocks, "broadcast")
    return message


def takes_dialog(view: Block) -> Block:
    """Slack takes the dialog."""
    checked_view(json.loads(json.dumps(view)), Surface.MODAL)
    assert sum(not one.get("optional", False) for one in view["blocks"] if one["type"] == "input") <= 1
    return view


def _kinds(value: object, kind: str) -> list[object]:
    if isinstance(value, dict):
        own: list[object] = [value] if value.get("type") == kind else []
        return own + [found for one in value.values() for found in _kinds(one, kind)]
    if isinstance(value, list):
        return [found for one in value for found in _kinds(one, kind)]
    return []


def brief(name: str = "Ann Lee", number: int = 1, **more: Any) -> CustomerBrief:
    """A customer in a list."""
    known: dict[str, Any] = {
        "company": name if name in NASTY[1:] else "Globex",
        "company_id": "com_1",
        "email": "ann@globex.example",
        "owner": "U_BEN",
        "last_touch_at": NOW - timedelta(days=12),
        "last_touch_kind": "mail",
        "last_touch_by": "U_ADA",
    }
    return CustomerBrief(f"cus_{number}", name, **{**known, **more})


def found(name: str = "Ann Lee", number: int = 1) -> Found:
    """An answer to a look-up."""
    return Found(brief(name, number), 0.81, f"name like {name}")


def score(kind: str = "potential", reason: str = "Ordered 3 times since May", **more: Any) -> ScoreView:
    """A score with more reasons than a card shows."""
    known: dict[str, Any] = {
        "point": 0.42,
        "low": 0.31,
        "high": 0.55,
        "band": None,
        "reasons": (reason, "Answered within a day", "A third reason"),
        "n": 240,
        "as_of": date(2026, 11, 24),
    }
    return ScoreView(kind, **{**known, **more})


def task(title: str = "send quote", number: int = 1, due: datetime | None = NOW + timedelta(days=2)) -> TaskView:
    """Something to do for Ann."""
    return TaskView(f"tsk_{number}", title, due, "U_ADA", "cus_1", "Ann Lee", "open", 1)


def deal(name: str = "Renewal", number: int = 1) -> DealView:
    """An open deal."""
    close_on = date(2026, 12, 31)
    return DealView(
        f"dea_{number}", name, "Proposal", "stg_1", Money(1_200_000, "EUR"), close_on, "open", "U_ADA", "Globex",
        "Ann Lee", 1,
    )  # fmt: skip


def card(name: str = "Ann Lee", **more: Any) -> CustomerCard:
    """A full card."""
    known: dict[str, Any] = {
        "title": "Head of Purchasing",
        "points": (ContactPointView("email", "ann@globex.example", "mail", NOW),),
        "value": score("value", point=12_000.0, low=4_000.0, high=20_000.0),
        "potential": score(reason=name or "reason"),
        "alive": None,
        "next_task": task(name or "send quote"),
        "needs": tuple(NeedView(f"nee_{number}", f"{name} wants 40 seats", NOW) for number in range(7)),
        "deals": tuple(deal(name or "Renewal", number) for number in range(4)),
        "deals_more": 2,
        "segments": (name or "Regulars",),
        "private_notes": 1,
        "version": 1,
    }
    return CustomerCard(brief(name), **{**known, **more})


def known(name: str = "Ann Lee") -> GoodToKnow:
    """What a receipt gives back."""
    return GoodToKnow(brief(name), task(name or "send quote"), f"{name} wants 40 seats")


def filed(subject: str | None = "Your quote", **more: Any) -> FiledView:
    """A filed mail."""
    known: dict[str, Any] = {"customers": (brief(),), "deal": "Renewal", "witnesses": ("U_BEN",), "level": "team"}
    return FiledView("cmm_1", "mail", "in", NOW - timedelta(days=1), subject, **{**known, **more})


def question(what: str = "Your quote", wanted: str = "Ann") -> QuestionView:
    """An open question about a mail."""
    candidates = tuple(brief(wanted or "Ann", number) for number in range(5))
    return QuestionView("que_1", "open", what, wanted, candidates)


def my_day(name: str = "Ann Lee", **more: Any) -> MyDay:
    """A full day of somebody who may see how the team's mail and jobs are."""
    known: dict[str, Any] = {
        "tasks": tuple(task(name or "send quote", number, NOW + timedelta(days=number - 5)) for number in range(9)),
        "waiting": tuple(Waits(f"cus_{number}", name, NOW - timedelta(days=number)) for number in range(7)),
        "meetings": (MeetingLine(name, NOW + timedelta(hours=3), (name, "Bo Li", name, name)),) * 7,
        "risks": (Risk(Kind.STEP, deal(name or "Renewal"), NOW - timedelta(days=20)),) * 7,
        "leads": tuple(brief(name, number) for number in range(5)),
        "leads_in_all": 12,
        "questions": (question(name, name),) * 5,
        "questions_in_all": 9,
        "recent": (UndoView("und_1", name, NOW),) * 5,
        "health": Health(NOW - timedelta(minutes=2), 3, True, NOW, 2, ((name or "nightly", NOW),)),
    }
    return MyDay(**{**known, **more})
