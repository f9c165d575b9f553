"""What happens to a forwarded page on its way: programs rename, guard, hide and wrap what is in it."""

import re
from collections.abc import Callable
from typing import Final

_MAILTO: Final = re.compile(r"href=(['\"])mailto:([^'\"]+)\1")
_LABEL: Final = re.compile(r"<b>([^<:]+): ?</b>")


def _top(extra: str) -> Callable[[str], str]:
    return lambda page: page.replace("<body>", f"<body>{extra}", 1)


def _in_table(page: str) -> str:
    """The whole page in a table, as programs that lay out for print do."""
    page = page.replace("<body>", '<body><table width="100%"><tbody><tr><td valign="top">', 1)
    return page.replace("</body>", "</td></tr></tbody></table></body>", 1)


def _guarded(page: str) -> str:
    link = (
        r'href="https://eur02.safelinks.protection.example/?url=mailto%3A\2&amp;data=05%7C02" originalsrc="mailto:\2"'
    )
    return _MAILTO.sub(link, page)


def _scripted(page: str) -> str:
    """A right-to-left page with marks around each label."""
    return _LABEL.sub(r"<b>&rlm;\1:&lrm; </b>", page.replace("<html>", '<html dir="rtl">', 1))


PAGES: Final[dict[str, Callable[[str], str]]] = {
    "renamed marks": lambda page: re.sub(r"(class|id)=(['\"]?)(?=[a-z])", r"\1=\2x_", page),
    "no marks at all": lambda page: re.sub(r"\s(?:class|id|style)=(?:'[^']*'|\"[^\"]*\"|[^\s>]+)", "", page),
    "guarded links": _guarded,
    "no links": lambda page: re.sub(r"</?a\b[^>]*>", "", page),
    "capital tags": lambda page: re.sub(r"</?[a-z]+\d?(?=[\s>])", lambda one: one[0].upper(), page),
    "labels in pieces": lambda page: _LABEL.sub(r"<b><span>\1</span></b><b><span>:</span></b> ", page),
    "the colon outside": lambda page: _LABEL.sub(r"<b>\1</b>: ", page),
    "strong labels": lambda page: _LABEL.sub(r"<strong>\1:</strong>&nbsp;", page),
    "labels without weight": lambda page: _LABEL.sub(r"\1: ", page),
    "no-break spaces": lambda page: _LABEL.sub(r"<b>\1&nbsp;:</b>&nbsp;", page),
    "marks of direction": _scripted,
    "invisible signs": lambda page: _LABEL.sub(r"<b>&#8203;\1:&#65279;</b> ", page),
    "lines broken anywhere": lambda page: re.sub(r"(?<=>)(?=<)", "\r\n", page),
    "words broken anywhere": lambda page: page.replace(" ", "\r\n "),
    "office paragraphs": lambda page: page.replace("<p>", "<p class=MsoNormal><o:p></o:p>"),
    "a hidden preview above": _top('<div style="display:none;max-height:0">From: Shop &lt;s@x.example&gt; 2026</div>'),
    "a pixel above": _top('<img src="https://t.example/p.gif" width="1" height="1">'),
    "conditional comments": _top("<!--[if mso]><p>From: X</p><![endif]-->"),
    "a table around it": _in_table,
    "boxes around it": lambda page: page.replace("<body>", "<body>" + "<div>" * 30, 1),
    "an old document": lambda page: '<?xml version="1.0"?><!DOCTYPE html>' + page,
    "never closed": lambda page: re.sub(r"</(?:div|td|tr|body|html)>", "", page),
}
