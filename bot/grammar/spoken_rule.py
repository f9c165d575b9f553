"""Rules as people say them, such as who has not ordered for 90 days, put into the words of `segment_rule`."""

import re
from datetime import date
from typing import Final

_QUOTED: Final = re.compile(r'("[^"]*"|“[^”]*”)')
_TIMED: Final = r"(?=\s+(?:for|in|within|since)\b)"
_HAVE_NOT: Final = r"(?:(?:have|has|did|had|do|does)(?:\s+not|n['’]?t))"
_SAID: Final = tuple(
    (re.compile(rf"(?<![\w-]){said}(?![\w-])", re.IGNORECASE), put)
    for said, put in (
        (rf"{_HAVE_NOT}\s+(?:ordered|bought|purchased|order|buy|purchase)(?:\s+anything)?{_TIMED}", "no order"),
        (rf"(?:without|with\s+no)\s+(?:an?\s+|any\s+)?(?:orders?|purchases?){_TIMED}", "no order"),
        (r"(?:with\s+a\s+)?last\s+order\s+(?:over|more\s+than|at\s+least)\s+(\d+\s+\w+)\s+ago", r"no order for \1"),
        (rf"inactive{_TIMED}", "no order"),
        (
            rf"(?:never\s+(?:ordered|bought|purchased)|{_HAVE_NOT}\s+(?:ordered|bought)(?:\s+yet)?|"
            r"(?:without|with\s+no)\s+(?:an?\s+|any\s+)?(?:orders?|purchases?))",
            "exactly 0 orders",
        ),
        (r"(?:no|without(?:\s+a)?|not\s+in)\s+(?:contact|touch)\s+for", "silent for"),
        (rf"(?:(?:have|has)\s+)?not\s+(?:been\s+)?contacted{_TIMED}", "silent"),
        (r"(?:bought|purchased)(?=\s+in\b)", "ordered"),
        (r"(\d+)\s+or\s+more(?=\s+orders?\b)", r"\1+"),
        (r"between\s+(\d+)\s+and\s+(\d+)\s+orders", r"at least \1 orders, at most \2 orders"),
        (r"(not\s+)?in\s+(?:the\s+)?segment", r"\1segment"),
    )
)  # fmt: skip
_THIS: Final = re.compile(r"(?<![\w-])(?:in\s+)?this\s+(month|quarter|year)(?![\w-])", re.IGNORECASE)


def plainly(text: str, today: date) -> str:
    """The same rule in plain words; names in quotes, and what is plain already, are left as they are."""
    parts = _QUOTED.split(text)
    return "".join(part if place % 2 else _put(part, today) for place, part in enumerate(parts))


def _put(text: str, today: date) -> str:
    for pattern, put in _SAID:
        text = pattern.sub(put, text)
    return _THIS.sub(lambda match: f"since {_begun(match[1].casefold(), today).isoformat()}", text)


def _begun(unit: str, today: date) -> date:
    month = {"year": 1, "quarter": 3 * ((today.month - 1) // 3) + 1}.get(unit, today.month)
    return date(today.year, month, 1)
