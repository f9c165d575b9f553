"""Forms on the team's site, and what stands behind their links."""

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.consent import ConsentProof, WebForm
from crm_store.models.people import Team
from crm_store.values import links, web_forms
from crm_store.values.web_forms import FormView


def forms(work: Work) -> tuple[FormView, ...]:
    """The forms that are open, the newest first, with how many people used them."""
    rows = work.session.scalars(
        select(WebForm).where(WebForm.closed_at.is_(None)).order_by(WebForm.made_at.desc(), WebForm.form_id)
    ).all()
    counted = {
        form_id: (sent_in, confirmed)
        for form_id, sent_in, confirmed in work.session.execute(
            select(ConsentProof.form_id, func.count(), func.count(ConsentProof.confirmed_at)).group_by(
                ConsentProof.form_id
            )
        )
    }
    return tuple(_view(work, row, *counted.get(row.form_id, (0, 0))) for row in rows)


def form(work: Work, form_id: str) -> FormView:
    """One form; raises NotFound where it is closed or was never there."""
    row = work.session.get(WebForm, (work.team_id, form_id))
    if row is None or row.closed_at is not None:
        raise NotFound("This form is closed.")
    return _view(work, row)


def named(work: Work, name: str) -> FormView:
    """The open form of that name, whatever its case; raises NotFound."""
    wanted = " ".join(name.split()).casefold()
    found = [one for one in forms(work) if one.name.casefold() == wanted]
    if not found:
        raise NotFound(f"There is no open form “{name}”. `/crm settings forms` lists them.")
    return found[0]


def asked(work: Work, proof_id: str) -> tuple[str, str] | None:
    """What somebody is asked to confirm, and by whom; None where nothing of that kind is known."""
    row = work.session.get(ConsentProof, (work.team_id, proof_id))
    team = work.session.get(Team, (work.team_id,))
    return (row.wording, team.name) if row and team else None


def _view(work: Work, row: WebForm, sent_in: int = 0, confirmed: int = 0) -> FormView:
    team = work.session.get_one(Team, (work.team_id,))
    token = links.token(team.pseudonym_key, web_forms.FORM, work.team_id, row.form_id)
    return FormView(work.team_id, team.name, row.form_id, row.name, row.wording, token, row.made_at, sent_in, confirmed)
