"""Which conversation a mail goes on: by the mails it names, else by subject, people and time together."""

from datetime import timedelta

from crm_store.values.mail import KnownFacts, Reason
from ingest import subjects
from ingest.people import Crowd
from ingest.reading import Seen

_LONG_AGO = timedelta(days=60)
_LEAST_WORDS = 2
_LEAST_LETTERS = 8


def of(one: Seen, crowd: Crowd, known: KnownFacts) -> tuple[str, Reason | None]:
    """The key of the conversation and why it is that one; never by the subject alone."""
    for mail_key in reversed(one.mail_keys):
        thread_key = known.threads.get(mail_key)
        if thread_key:
            return thread_key, Reason("thread", "its headers name a mail that is filed", thread_key)
    if one.thread_key in known.thread_deals or one.thread_key in known.rules.deal_of_thread:
        return one.thread_key, Reason("thread", "its headers name the same first mail", one.thread_key)
    spoken = spoken_subject(one.subject)
    for earlier in known.earlier if spoken else ():
        near = abs(earlier.happened_at - one.at) <= _LONG_AGO
        if near and spoken_subject(earlier.subject) == spoken and earlier.people & set(crowd.customers):
            return earlier.thread_key, Reason(
                "thread-by-subject",
                f"“{subjects.bare(one.subject)}” with the same people within 60 days",
                earlier.thread_key,
            )
    return one.thread_key, None


def spoken_subject(subject: str | None) -> str:
    """The subject as it is compared; empty where it is too plain to tell one conversation from another."""
    words = subjects.bare(subject).casefold().split()
    letters = sum(sign.isalpha() for word in words for sign in word)
    return " ".join(words) if len(words) >= _LEAST_WORDS and letters >= _LEAST_LETTERS else ""
