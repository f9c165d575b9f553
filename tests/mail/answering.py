"""Answers as many mail programs write them, in any tongue: above, below and between quotes, in text and in HTML."""

from collections.abc import Callable
from html import escape
from typing import Final

from tests.mail.tongues import Tongue

ANSWER: Final = "Thursday suits us.\n\nPlease bring the plan of the ground floor."
SECOND: Final = "And the key."
OLD: Final = "Hello Ada,\n\nwhen can we come to see the site?\nThe crane is booked for Friday.\n\nInes"
WHO: Final = "Ines Ferreira <ines.ferreira@lumen.example>"
_ADDED: Final = "Ada Quist <ada@team.example>"


def sentence(tongue: Tongue) -> str:
    """How the quote is announced."""
    return tongue.wrote.format(day=tongue.long_day, who=WHO)


def _barred(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _wrapped(tongue: Tongue, lines: int) -> str:
    """The sentence broken into so many lines of about the same length."""
    words = sentence(tongue).split(" ")
    size = -(-len(words) // lines)
    return "\n".join(" ".join(words[at : at + size]) for at in range(0, len(words), size))


def _block(tongue: Tongue) -> str:
    return (
        f"{tongue.sender}: {WHO}\n{tongue.sent}: {tongue.outlook_day}\n{tongue.to}: {_ADDED}\n"
        f"{tongue.subject}: The site\n\n{OLD}"
    )


TEXTS: Final[dict[str, Callable[[Tongue], str]]] = {
    "a sentence and bars": lambda tongue: f"{ANSWER}\n\n{sentence(tongue)}\n\n{_barred(OLD)}",
    "no gap above the bars": lambda tongue: f"{ANSWER}\n\n{sentence(tongue)}\n{_barred(OLD)}",
    "no gap above the sentence": lambda tongue: f"{ANSWER}\n{sentence(tongue)}\n\n{_barred(OLD)}",
    "two lines of sentence": lambda tongue: f"{ANSWER}\n\n{_wrapped(tongue, 2)}\n\n{_barred(OLD)}",
    "three lines of sentence": lambda tongue: f"{ANSWER}\n\n{_wrapped(tongue, 3)}\n\n{_barred(OLD)}",
    "the sentence behind bars": lambda tongue: f"{ANSWER}\n\n{_barred(sentence(tongue))}\n>\n{_barred(OLD)}",
    "bars twice": lambda tongue: f"{ANSWER}\n\n{sentence(tongue)}\n{_barred(OLD)}\n>\n{_barred(_barred(OLD))}",
    "a block": lambda tongue: f"{ANSWER}\n\n{_block(tongue)}",
    "a block below a line": lambda tongue: f"{ANSWER}\n\n{'_' * 32}\n{_block(tongue)}",
    "a block below a separator": lambda tongue: f"{ANSWER}\n\n-----{tongue.original}-----\n{_block(tongue)}",
    "a block behind bars": lambda tongue: f"{ANSWER}\n\n{_barred(_block(tongue))}",
    "two blocks": lambda tongue: f"{ANSWER}\n\n{_block(tongue)}\n\n{_block(tongue)}",
}
UNMARKED: Final = "a sentence without bars"


def unmarked(tongue: Tongue) -> str:
    """Some programs only announce the quote."""
    return f"{ANSWER}\n\n{sentence(tongue)}\n\n{OLD}"


def below(tongue: Tongue) -> str:
    """The answer stands under the quote."""
    return f"{sentence(tongue)}\n\n{_barred(OLD)}\n\n{ANSWER}"


def between(tongue: Tongue) -> str:
    """The answers stand between the quoted lines."""
    return f"{sentence(tongue)}\n{_barred(OLD)}\n\n{ANSWER}\n\n{_barred(OLD)}\n\n{SECOND}"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))


def _lines(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _html_block(tongue: Tongue) -> str:
    head = _block(tongue).split("\n\n", 1)[0]
    lines = (line.partition(":") for line in head.split("\n"))
    return "<br>".join(f"<b>{escape(label)}:</b>{escape(value)}" for label, _, value in lines)


RICH: Final[dict[str, Callable[[Tongue], str]]] = {
    "gmail": lambda tongue: (
        f'<div dir="ltr">{_lines(ANSWER)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(sentence(tongue))}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">'
        f"{_lines(OLD)}</blockquote></div>"
    ),
    "apple mail": lambda tongue: (
        f'<div>{_lines(ANSWER)}</div><br><div><blockquote type="cite"><div>{escape(sentence(tongue))}</div><br>'
        f"<div>{_paragraphs(OLD)}</div></blockquote></div>"
    ),
    "outlook": lambda tongue: (
        f'<div class="WordSection1">{_paragraphs(ANSWER)}<div style="border:none;border-top:solid #E1E1E1 1.0pt;'
        f'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{_html_block(tongue)}</p></div>{_paragraphs(OLD)}</div>'
    ),
    "outlook on the web": lambda tongue: (
        f'<div>{_paragraphs(ANSWER)}</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">'
        f"{_html_block(tongue)}<div>&nbsp;</div></div><div>{_paragraphs(OLD)}</div>"
    ),
    "thunderbird": lambda tongue: (
        f'{_paragraphs(ANSWER)}<div class="moz-cite-prefix">{escape(sentence(tongue))}<br></div>'
        f'<blockquote type="cite">{_paragraphs(OLD)}</blockquote>'
    ),
    "yahoo": lambda tongue: (
        f'<div class="ydp1">{_lines(ANSWER)}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>'
        f"<div>{escape(sentence(tongue))}</div><div>{_paragraphs(OLD)}</div></div></div>"
    ),
    "proton": lambda tongue: (
        f'<div>{_lines(ANSWER)}</div><div class="protonmail_quote">{escape(sentence(tongue))}<br>'
        f'<blockquote class="protonmail_quote" type="cite">{_paragraphs(OLD)}</blockquote></div>'
    ),
    "zoho": lambda tongue: (
        f'<div>{_lines(ANSWER)}</div><div class="zmail_extra"><div>---- {escape(sentence(tongue))} ----</div>'
        f'<blockquote id="blockquote_zmail">{_paragraphs(OLD)}</blockquote></div>'
    ),
    "gmx": lambda tongue: (
        f'<div>{_lines(ANSWER)}</div><div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid">'
        f"<div>{_html_block(tongue)}</div><div>{_paragraphs(OLD)}</div></div>"
    ),
    "a plain blockquote": lambda tongue: (
        f"{_paragraphs(ANSWER)}<p>{escape(sentence(tongue))}</p><blockquote>{_paragraphs(OLD)}</blockquote>"
    ),
    "evolution": lambda tongue: (
        f'<div>{_lines(ANSWER)}</div><div>{escape(sentence(tongue))}</div><blockquote type="cite" style="margin:0">'
        f"{_lines(OLD)}</blockquote>"
    ),
}
