"""The same mail as programs forward it in HTML, in any tongue."""

from collections.abc import Callable
from html import escape
from typing import Final

from ingest.parsed import Mailbox
from tests.mail.forwarding import BODY, COPIED, NOTE, OTHER, READER, SENDER, SUBJECT
from tests.mail.tongues import Tongue


def _linked(box: Mailbox) -> str:
    return f'{box.name} &lt;<a href="mailto:{box.address}">{box.address}</a>&gt;'


def _paragraphs(text: str, kind: str = "") -> str:
    parts = (escape(part).replace("\n", "<br>\n") for part in text.split("\n\n"))
    return "".join(f"<p{kind}>{part}</p>" for part in parts)


def _lines(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _rows(tongue: Tongue, day: str, when: str) -> list[tuple[str, str]]:
    return [
        (tongue.sender, _linked(SENDER)),
        (day, when),
        (tongue.to, f"{_linked(READER)}; {_linked(OTHER)}"),
        (tongue.cc, _linked(COPIED)),
        (tongue.subject, SUBJECT),
    ]


def _broken(rows: list[tuple[str, str]]) -> str:
    return "<br>\n".join(f"<b>{label}:</b> {value}" for label, value in rows)


def _gmail(tongue: Tongue) -> str:
    return (
        f'<div dir="ltr">{_lines(NOTE)}<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"---------- Forwarded message ---------<br>{tongue.sender}: <strong class='gmail_sendername' dir='auto'>"
        f"{SENDER.name}</strong> <span dir='auto'>&lt;<a href='mailto:{SENDER.address}'>{SENDER.address}</a>&gt;</span>"
        f"<br>Date: {tongue.long_day}<br>Subject: {SUBJECT}<br>To:  &lt;<a href='mailto:{READER.address}'>"
        f"{READER.address}</a>&gt;, &lt;<a href='mailto:{OTHER.address}'>{OTHER.address}</a>&gt;<br>Cc: "
        f"{_linked(COPIED)}<br></div><br><br>{_paragraphs(BODY)}</div></div>"
    )


def _outlook(tongue: Tongue) -> str:
    head = _broken(_rows(tongue, tongue.sent, tongue.outlook_day))
    return (
        f'<div class="WordSection1">{_paragraphs(NOTE, " class=MsoNormal")}<p class="MsoNormal">&nbsp;</p>'
        f'<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{head}</p></div></div><p class="MsoNormal">&nbsp;</p>{_paragraphs(BODY)}</div>'
    )


def _outlook_web(tongue: Tongue) -> str:
    head = _broken(_rows(tongue, tongue.sent, tongue.outlook_day))
    return (
        f'{_paragraphs(NOTE)}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font>{head}</font><div>&nbsp;</div></div>{_paragraphs(BODY)}'
    )


def _outlook_mac(tongue: Tongue) -> str:
    rows = "".join(f"<b>{label}: </b>{value}<br>" for label, value in _rows(tongue, tongue.date, tongue.outlook_day))
    return (
        f'<div>{_paragraphs(NOTE)}<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f"<p class=MsoNormal><span>{rows}</span></p></div><div>{_paragraphs(BODY)}</div></div>"
    )


def _apple(tongue: Tongue) -> str:
    rows = "".join(
        f'<div style="margin:0px"><span><b>{label}: </b></span><span>{value}<br></span></div>'
        for label, value in _rows(tongue, tongue.date, tongue.long_day)
    )
    return (
        f'{_lines(NOTE)}<div><br><blockquote type="cite"><div>{tongue.begin}:</div><br>{rows}<br>'
        f"<div>{_paragraphs(BODY)}</div></blockquote></div>"
    )


def _thunderbird(tongue: Tongue) -> str:
    rows = "".join(
        f'<tr><th valign="BASELINE" align="RIGHT" nowrap="nowrap">{label}: </th><td>{value}</td></tr>'
        for label, value in _rows(tongue, tongue.date, "Mon, 2 Nov 2026 17:40:08 +0100")
    )
    return (
        f'{_paragraphs(NOTE)}<div class="moz-forward-container"><br>-------- {tongue.forwarded} --------'
        f'<table class="moz-email-headers-table" cellspacing="0"><tbody>{rows}</tbody></table><br><br>'
        f"{_paragraphs(BODY)}</div>"
    )


def _yahoo(tongue: Tongue) -> str:
    rows = "".join(
        f"<div><b>{label}:</b> {value}</div>" for label, value in _rows(tongue, tongue.sent, tongue.long_day)
    )
    return (
        f'<div class="ydp1yahoo-style-wrap">{_lines(NOTE)}</div><div id="yahoo_quoted_7" class="yahoo_quoted"><div>'
        f"<div>----- {tongue.forwarded} -----</div>{rows}<div><br></div><div>{_paragraphs(BODY)}</div></div></div>"
    )


def _zoho(tongue: Tongue) -> str:
    rule = f"============ {tongue.forwarded} ============"
    return (
        f'{_lines(NOTE)}<br><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">{rule}<br>'
        f"{_broken(_rows(tongue, tongue.date, 'Mon, 02 Nov 2026 17:40:08 +0100'))}<br>{rule}<br></div><br>"
        f"<blockquote id='blockquote_zmail'>{_paragraphs(BODY)}</blockquote></div>"
    )


def _notes(tongue: Tongue) -> str:
    rows = "".join(
        f'<tr valign="top"><td width="1%"><font size="1" color="#5F5F5F">{label}:        </font></td>'
        f'<td width="99%"><font size="1">{value}</font></td></tr>'
        for label, value in _rows(tongue, tongue.date, "02.11.2026 17:40")
    )
    return (
        f'{_paragraphs(NOTE)}<font size="1" color="#800080">----- Forwarded by Ada Quist/Team on 02.11.2026 18:00 -----'
        f"</font><br><br><table>{rows}</table><hr width='100%'><br>{_paragraphs(BODY)}"
    )


RICH_SHAPES: Final[dict[str, Callable[[Tongue], str]]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "outlook on the web": _outlook_web,
    "outlook for mac": _outlook_mac,
    "apple mail": _apple,
    "thunderbird": _thunderbird,
    "yahoo": _yahoo,
    "zoho": _zoho,
    "notes": _notes,
}
