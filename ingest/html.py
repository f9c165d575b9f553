"""HTML of a mail to text: quotes keep their bars, what nobody sees is dropped, nothing is loaded."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml import etree
from lxml.html import HTMLParser

MOST_CHARACTERS = 2_000_000
QUOTE_MARK = "\ufdd0"  # A noncharacter, so no text can hold it: here a mail program itself says that the quote begins.
_MOST_DEPTH_OF_QUOTES = 20
_DROPPED = frozenset({"style", "script", "head", "title", "template", "noscript", "object", "svg", "iframe", "select"})
_BLOCKS = frozenset(
    {
        "address", "article", "body", "center", "dd", "dir", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
        "header", "hr", "li", "main", "menu", "nav", "ol", "section", "table", "tbody", "tr", "ul",
    }
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})
_QUOTE_IDS = ("divrplyfwdmsg", "appendonsend", "olk_src_body_section", "outlookmessageheader", "mail-editor-reference")
_QUOTE_CLASSES = (
    "gmail_quote", "gmail_extra", "moz-cite-prefix", "moz-forward-container", "yahoo_quoted", "protonmail_quote",
    "zmail_extra", "outlookmessageheader", "mail_extra", "tutanota_quote", "ms-outlook-mobile-reference-message",
)  # fmt: skip
_OUTLOOK_LINE = re.compile(r"border-top:\s*solid\s+(?:#b5c4df|#e1e1e1)", re.IGNORECASE)
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|mso-hide:\s*all|font-size:\s*0(?:px|pt|;|$)", re.IGNORECASE)
_UNSEEN_BLOCK = re.compile(r"<(?:style|script|head)\b[^<>]{0,500}>[^<]*", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|tr|li|blockquote|table|h[1-6])\b[^<>]{0,1000}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_GAPS = re.compile(r" {2,}")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    bars: int = 0
    gap: bool = False
    plain: int = 0
    marked: bool = False

    def say(self, text: str) -> None:
        """Running text; white space folds except inside `pre`."""
        if self.plain:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.current.append(first)
            for line in rest:
                self.end_line(always=True)
                self.current.append(line)
            return
        folded = _SPACES.sub(" ", text)
        if folded == " " and not self.current:
            return
        self.current.append(folded)

    def end_line(self, *, always: bool = False) -> None:
        """Finish the line that is being written."""
        text = "".join(self.current)
        if not self.plain:
            text = (_GAPS.sub(" ", text) if "  " in text else text).strip(" ")
        self.current = []
        if not text and not always:
            return
        if self.gap and self.lines and text:
            self._put("")
        self.gap = self.gap and not text
        self._put(text)

    def space(self) -> None:
        """A blank line before whatever comes next."""
        self.end_line()
        self.gap = True

    def _put(self, text: str) -> None:
        bars = ">" * min(self.bars, _MOST_DEPTH_OF_QUOTES)
        self.lines.append(f"{bars} {text}".rstrip() if bars else text)

    def mark(self) -> None:
        """Note that from here on a mail program quotes; the first mark is enough."""
        if self.marked or self.bars:
            return
        self.marked = True
        self.end_line()
        self.lines.append(QUOTE_MARK)


def to_text(html: str) -> str:
    """Readable text with `>` before quotes and QUOTE_MARK where a mail program begins to quote."""
    cut = _DECLARATION.sub("", html[:MOST_CHARACTERS])
    if not cut.strip():
        return ""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(cut.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        return _flat(cut)
    if root is None or any("depth" in entry.message for entry in parser.error_log):
        return _flat(cut)  # The library drops whatever is nested deeper than it follows.
    page = _Page()
    _walk(root, page)
    page.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(page.lines)).strip("\n")


def _flat(html: str) -> str:
    """Text without any structure but lines, for what no tree can hold."""
    seen = _UNSEEN_BLOCK.sub(" ", html)
    lines = _TAG.sub("", _BLOCK_TAG.sub("\n", seen)).split("\n")
    return re.sub(r"\n{2,}", "\n", "\n".join(unescape(line).strip() for line in lines)).strip()


def _walk(root: Any, page: _Page) -> None:
    """Depth first by hand: a mail may be nested deeper than Python recurses."""
    skipping: Any = None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        name = node.tag.lower() if isinstance(node.tag, str) else ""
        if event == "start":
            if skipping is None and _unseen(node, name):
                skipping = node
            if skipping is None:
                _open(node, name, page)
            continue
        if skipping is None:
            _close(name, page)
        if skipping is node:
            skipping = None
        if skipping is None and node is not root and node.tail:
            page.say(node.tail)


def _unseen(node: Any, name: str) -> bool:
    if name in _DROPPED or not name:
        return True
    style = node.get("style")
    return bool(style and len(style) < 2_000 and _HIDDEN.search(style)) or node.get("hidden") is not None


def _open(node: Any, name: str, page: _Page) -> None:
    if _begins_quote(node, name):
        page.mark()
    if name == "blockquote":
        page.space()
        page.bars += 1
    elif name == "br":
        page.end_line(always=True)
    elif name in _SPACED:
        page.space()
    elif name in _BLOCKS:
        page.end_line()
    elif name in {"td", "th"} and page.current:
        page.say(" ")
    _begin_content(node, name, page)


def _begin_content(node: Any, name: str, page: _Page) -> None:
    if name == "hr":
        page.lines.append("_" * 32 if not page.bars else ">" * min(page.bars, _MOST_DEPTH_OF_QUOTES) + " " + "_" * 32)
    elif name == "li":
        page.say("- ")
    elif name in {"pre", "textarea"}:
        page.plain += 1
    if node.text:
        page.say(node.text)


def _close(name: str, page: _Page) -> None:
    if name in _SPACED:
        page.space()
    elif name in _BLOCKS:
        page.end_line()
    if name == "blockquote":
        page.bars = max(0, page.bars - 1)
    elif name in {"pre", "textarea"}:
        page.plain = max(0, page.plain - 1)


def _begins_quote(node: Any, name: str) -> bool:
    if name not in {"div", "span", "table", "p", "hr", "td"}:
        return False
    identity = (node.get("id") or "").lower()
    if identity and any(mark in identity for mark in _QUOTE_IDS):
        return True
    classes = (node.get("class") or "").lower()
    if classes and any(mark in classes for mark in _QUOTE_CLASSES):
        return True
    style = node.get("style") or ""
    return bool(style and _OUTLOOK_LINE.search(style[:2_000]))
