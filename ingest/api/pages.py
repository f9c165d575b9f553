"""Pages that people outside see: one shape, no scripts, nothing loaded from elsewhere, and all words are data."""

import html
from typing import Final

from aiohttp import web

_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font-family:system-ui,sans-serif;max-width:32em;margin:3em auto;padding:0 1em;line-height:1.5}}
label{{display:block;margin:.8em 0}}input:not([type=checkbox]),textarea{{display:block;width:100%;box-sizing:border-box;
font:inherit;padding:.5em;border:1px solid #888;border-radius:4px}}button{{font:inherit;padding:.6em 1.2em}}
.wrong{{color:#a40000}}.away{{position:absolute;left:-99em}}</style>
<body><h1>{title}</h1>{text}{body}
</body></html>"""
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Robots-Tag": "noindex",
}


def page(status: int, title: str, text: str, body: str = "", *, wrong: bool = False) -> web.Response:
    """A page; title and text are data, `body` is markup that was escaped where it was made."""
    shown = f'<p class="wrong" role="alert">{html.escape(text)}</p>' if wrong else f"<p>{html.escape(text)}</p>"
    content = _PAGE.format(title=html.escape(title), text=shown if text else "", body=body)
    return web.Response(status=status, text=content, content_type="text/html", headers=HEADERS)
