"""`/f/TOKEN`: a form of the team, for its site or by itself; `/c/TOKEN`: whoever owns the mailbox says yes."""

import html
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from crm_store.actions import web_forms as actions
from crm_store.clock import Clock
from crm_store.engine.store import Store
from crm_store.errors import BadInput, CrmError, NotFound
from crm_store.log import get_logger
from crm_store.queries import teams
from crm_store.queries import web_forms as queries
from crm_store.values import links, web_forms
from crm_store.values.web_forms import FormView, Submission
from ingest.api.pages import page

_FIELDS: Final = (
    ("name", "Name", "text", "name", 200, True),
    ("email", "E-mail", "email", "email", 320, True),
    ("company", "Company", "text", "organization", 200, False),
    ("phone", "Phone", "tel", "tel", 40, False),
)
_LONGEST_MESSAGE: Final = 4_000
_MOST: Final = 20
_SPAN: Final = 600.0
_MOST_KNOWN: Final = 10_000
_CLOSED: Final = ("This form is closed", "Write to the people you know there instead.")
_TROUBLE: Final = ("Not sent yet", "Something is wrong on our side. Go back and try again in a minute.")
_log = get_logger(__name__)


class FormDoor:
    """The forms' pages; looking changes nothing, since scanners look."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lately: OrderedDict[str, list[float]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [
            web.get("/f/{token}", self.look),
            web.post("/f/{token}", self.take),
            web.get("/c/{token}", self.ask),
            web.post("/c/{token}", self.confirm),
        ]

    async def look(self, request: web.Request) -> web.Response:
        """The form."""
        form = await self._form(request)
        return page(404, *_CLOSED) if form is None else _shown(form, {})

    async def take(self, request: web.Request) -> web.Response:
        """Keep what was sent in before saying thanks; what is wrong is said above the form, with all that was typed."""
        form = await self._form(request)
        if form is None:
            return page(404, *_CLOSED)
        typed = {name: str(value) for name, value in (await request.post()).items() if isinstance(value, str)}
        if typed.get("website"):
            # No person sees this field; a machine that fills in everything is thanked and forgotten.
            return page(200, "Thank you", "We have got it.")
        if self._too_many(request.remote or ""):
            return page(429, "One moment", "That was a lot at once. Try again in ten minutes.")
        return await self._keep(form, typed)

    async def _keep(self, form: FormView, typed: Mapping[str, str]) -> web.Response:
        sent_in = Submission(
            typed.get("nonce", "")[:64] or secrets.token_urlsafe(16),
            typed.get("name", "")[:200],
            typed.get("email", "")[:320],
            typed.get("company", "")[:200],
            typed.get("phone", "")[:40],
            typed.get("message", "")[:_LONGEST_MESSAGE],
            typed.get("consent") == "yes",
        )
        try:
            asked = await self._store.team(form.team_id).write(actions.submit, form.form_id, sent_in)
        except BadInput as problem:
            return _shown(form, typed, problem.sentence)
        except CrmError:
            _log.warning("form_failed", form_id=form.form_id)
            return page(503, *_TROUBLE)
        if asked:
            return page(200, "One more step", "We have sent you a letter. Open the link in it, so we know it was you.")
        return page(200, "Thank you", "We have got it.")

    async def ask(self, request: web.Request) -> web.Response:
        """What would be consented to, with its button."""
        found = await self._proof(request)
        if found is None:
            return page(404, "This link is not complete", "Open it from the letter once more.")
        wording, team = found[2]
        text = f"You allow {team} this: {wording}"
        return page(200, "Is that right?", text, '<form method="post"><button>Yes, that is right</button></form>')

    async def confirm(self, request: web.Request) -> web.Response:
        """Consent; twice is the same as once."""
        found = await self._proof(request)
        if found is None:
            return page(404, "This link is not complete", "Open it from the letter once more.")
        try:
            done = await self._store.team(found[0]).write(actions.confirm, found[1])
        except CrmError:
            _log.warning("confirmation_failed")
            return page(503, "Not done yet", "Something is wrong on our side. Try again in a minute.")
        if not done:
            return page(410, "Too late", "This letter is more than 30 days old. Fill in the form once more.")
        return page(200, "Thank you", "That is noted. Every letter from us has a link that takes it back.")

    async def _form(self, request: web.Request) -> FormView | None:
        proven = await self._proven(request, web_forms.FORM)
        if proven is None:
            return None
        try:
            return await self._store.team(proven[0]).read(queries.form, proven[1])
        except NotFound:
            return None

    async def _proof(self, request: web.Request) -> tuple[str, str, tuple[str, str]] | None:
        proven = await self._proven(request, web_forms.CONFIRM)
        asked = await self._store.team(proven[0]).read(queries.asked, proven[1]) if proven else None
        return (*proven, asked) if proven and asked else None

    async def _proven(self, request: web.Request, purpose: str) -> tuple[str, str] | None:
        read = links.read(request.match_info["token"])
        if read is None:
            return None
        team_id, row_id, proof = read
        key = await self._store.team(team_id).read(teams.pseudonym_key)
        return (team_id, row_id) if key and links.is_proven(key, purpose, team_id, row_id, proof) else None

    def _too_many(self, address: str) -> bool:
        """A person sends a form in once or twice, from wherever; who sends twenty in ten minutes is no person."""
        now = self._clock.monotonic()
        lately = [at for at in self._lately.pop(address, []) if now - at < _SPAN]
        lately.append(now)
        self._lately[address] = lately[-_MOST - 1 :]
        while len(self._lately) > _MOST_KNOWN:
            self._lately.popitem(last=False)
        return len(lately) > _MOST


def _shown(form: FormView, typed: Mapping[str, str], wrong: str = "") -> web.Response:
    """The form with what was typed; one field for everything, none asked for but name and address."""
    parts = ['<form method="post">']
    for name, label, kind, fills, longest, needed in _FIELDS:
        value = html.escape(typed.get(name, ""), quote=True)
        parts.append(
            f'<label>{label}<input name="{name}" type="{kind}" autocomplete="{fills}" maxlength="{longest}"'
            f' value="{value}"{" required" if needed else ""}></label>'
        )
    message = html.escape(typed.get("message", ""))
    parts.append(f'<label>Message<textarea name="message" rows="4" maxlength="4000">{message}</textarea></label>')
    ticked = " checked" if typed.get("consent") == "yes" else ""
    parts.append(
        f'<label><input type="checkbox" name="consent" value="yes"{ticked}> {html.escape(form.wording)}</label>'
        '<label class="away" aria-hidden="true">Website<input name="website" tabindex="-1" autocomplete="off"></label>'
        f'<input type="hidden" name="nonce" value="{html.escape(typed.get("nonce") or secrets.token_urlsafe(16))}">'
        "<button>Send</button></form>"
    )
    title = f"{form.name} – {form.team}"
    return page(400 if wrong else 200, title, wrong, "".join(parts), wrong=bool(wrong))
