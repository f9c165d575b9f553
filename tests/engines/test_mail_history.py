"""Mails of a mailbox file on both engines: written together, looked at twice where need be, taken back as one."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from crm_store import audit
from crm_store.actions import imports, jobs, mail_history
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication, StoredFile
from crm_store.models.people import Customer
from crm_store.models.plumbing import InboxRow
from crm_store.queries import mail_history as history
from crm_store.values.acts import NewAttachment, NewCommunication, NewCustomer, Person
from crm_store.values.files import NewFile
from crm_store.values.mail import NEW, Filing, MailIdentity, NewPerson
from crm_store.values.mail_history import HistoricMail
from tests.cast import gather

AT = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
ANN = "ann@acme.com"


def _mail(row: int, key: str, words: str) -> HistoricMail:
    new = NewCommunication(
        kind="mail",
        direction="outgoing",
        happened_at=AT,
        text="Hello",
        source="mail",
        source_key=key,
        people=(Person("to", "Ann Lee", ANN, NEW + ANN), Person("from", "Ada", None, None, "usr_ada")),
        attachments=(NewAttachment("a.txt", "text/plain", 2, "0" * 64),),
    )
    person = NewPerson(ANN, NewCustomer("Ann Lee", emails=(ANN,), source="mail", needs_check=True))
    filing = Filing(new, (person,), identity=MailIdentity(f"id:{key}", words, 20, AT))
    return HistoricMail(
        row, "file", raw=b"raw", key=key, sent_at=AT, filings=(filing,), files=(NewFile("0" * 64, "text/plain", b"hi"),)
    )


def _count(work: Work, model: type[TeamRow]) -> int:
    return work.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_batch_is_written_once_and_taken_back(store: Store) -> None:
    ada = gather(store).ada
    import_id = ada.write_now(imports.begin, "x.mbox", mail_history.KIND, {"fingerprint": "f"}, None)
    batch = [
        _mail(1, "mail:one", "words:one"),
        _mail(2, "mail:two", "words:two"),
        _mail(3, "mail:one", "words:one"),
        HistoricMail(4, "skip", "It is an automatic reply."),
        HistoricMail(5, "error", "The mail could not be read."),
    ]
    counts = ada.write_now(mail_history.file_mails, import_id, batch, 700)
    assert (counts.created, counts.duplicates, counts.skipped, counts.errors) == (
        2, 1, 1, ((5, "The mail could not be read."),),
    )  # fmt: skip
    under_way = ada.read_now(history.under_way, "f")
    assert under_way is not None
    assert (under_way.import_id, under_way.at, under_way.mails, under_way.created) == (import_id, 700, 5, 2)
    sizes = {model: ada.read_now(_count, model) for model in (Communication, Customer, InboxRow, StoredFile)}
    assert sizes == {Communication: 2, Customer: 1, InboxRow: 2, StoredFile: 1}
    ada.write_now(imports.finish, import_id)
    # The mails are years old, and kept all the same: each may be read again.
    assert ada.write_now(jobs.prune) == 0
    assert ada.read_now(_count, InboxRow) == 2
    receipt = ada.write_now(imports.undo_import, import_id)
    assert receipt.sentence == "Took back x.mbox: 2 mails and 1 customer removed"
    assert all(ada.read_now(_count, model) == 0 for model in (Communication, Customer, InboxRow))
    assert ada.read_now(audit.verify).ok
