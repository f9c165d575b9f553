"""A plan becomes rows: each step through its action, in the unit that also ends the mail's inbox row."""

from collections.abc import Sequence

from crm_store.actions import files as file_actions
from crm_store.actions import mail_facts, mail_filing, mail_reports, mail_tray, mailroom
from crm_store.engine.work import Work
from crm_store.inbox import Claimed
from crm_store.values.files import NewFile
from crm_store.values.mail import HeldMail, MailFiling
from ingest.parsed import ParsedMail
from ingest.plan import Plan, Step


def carry_out(
    work: Work, row: Claimed, mail: ParsedMail, planned: Plan, files: Sequence[NewFile], counted_as: str = ""
) -> None:
    """Write what was planned; the mailroom's actions keep the audit. `counted_as` is the sender whose mails count."""
    match planned.step:
        case Step.FILE:
            quiet = bool(row.envelope.get("quiet"))
            filing = MailFiling(row.inbox_id, row.attempts, planned.filings, planned.sure, planned.warnings, quiet)
            if mailroom.file_mail(work, filing) is not None:
                file_actions.keep(work, files)
        case Step.ASK if planned.question is not None:
            mailroom.ask(work, row.inbox_id, row.attempts, planned.question)
        case Step.BOUNCE:
            mail_reports.note_reports(work, row.inbox_id, row.attempts, planned.bounced, by_hand=planned.by_hand)
        case Step.AWAY if planned.away:
            mail_facts.note_absences(
                work, row.inbox_id, row.attempts, planned.why, planned.away, by_hand=planned.by_hand
            )
        case Step.HOLD:
            mailroom.hold_mail(work, _held(row, mail, planned), row.attempts)
        case _:
            mailroom.drop_mail(work, row.inbox_id, row.attempts, planned.why, planned.told)
    if planned.step is not Step.FILE:
        mail_filing.remember_head(work, row.inbox_id, _sender(mail), mail.subject or "")
        mail_filing.keep_reasons(work, row.inbox_id, [(None, reason) for reason in planned.reasons])
    if counted_as:
        mail_tray.count(work, counted_as)


def _sender(mail: ParsedMail) -> str:
    return mail.from_.address or mail.from_.name or ""


def _held(row: Claimed, mail: ParsedMail, planned: Plan) -> HeldMail:
    return HeldMail(
        row.inbox_id,
        planned.why,
        _sender(mail),
        mail.subject or "",
        trust=planned.trust,
        burst=planned.burst,
        recent=planned.recent,
    )
