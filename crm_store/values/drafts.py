"""Drafts of letters: templates in a sandbox in which a missing field is an error before anybody approves."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from crm_store.errors import BadInput

if TYPE_CHECKING:
    from jinja2 import Environment, Template

FIELDS: Final = ("first_name", "company", "owner_name")
LONGEST: Final = 10_000
# Letters need plain names alone: an expression such as 'a' * 10**9 would eat a process from inside any sandbox.
_HOLES: Final = re.compile(r"\{\{(.*?)(?:\}\}|$)", re.DOTALL)
_FIELD: Final = re.compile(r"\s*[a-z_]{1,40}\s*")
_EXAMPLE: Final = {"first_name": "Ann", "company": "Acme", "owner_name": "Ada"}


def render(template: str, fields: Mapping[str, str]) -> str:
    """The template filled in; raises BadInput with a sentence that names what is wrong."""
    from jinja2 import TemplateError  # noqa: PLC0415 -- templates load where a letter is written alone

    if len(template) > LONGEST:
        raise BadInput(f"The text may have {LONGEST:,} characters at most.", field="text")
    if "{%" in template or "{#" in template or not all(_FIELD.fullmatch(one) for one in _HOLES.findall(template)):
        raise BadInput("A draft may hold fields such as {{ first_name }}, but nothing to be worked out.", field="text")
    try:
        return _compiled(template).render(dict(fields)).strip()
    except TemplateError as problem:
        known = ", ".join(f"{{{{ {one} }}}}" for one in FIELDS)
        raise BadInput(f"The draft cannot be filled in ({problem}). Known fields: {known}.", field="text") from problem


@cache
def _environment() -> "Environment":
    import jinja2.sandbox  # noqa: PLC0415 -- templates load where a letter is written alone

    return jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)


@lru_cache(maxsize=64)
def _compiled(template: str) -> "Template":
    """Compiled once for the thousands of letters of a campaign."""
    return _environment().from_string(template)


def check(subject: str, body: str) -> None:
    """Raise BadInput unless both parts can be filled in and the subject is one line."""
    shown = render(subject, _EXAMPLE)
    if not shown or "\n" in shown:
        raise BadInput("The subject must be one line.", field="subject")
    if not render(body, _EXAMPLE):
        raise BadInput("The text is empty.", field="text")
