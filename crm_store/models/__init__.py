"""Tables by theme."""

from crm_store.models import columns, history, lookup, mail, marketing, people, plumbing, scoring, segments, trade

__all__ = ["columns", "history", "lookup", "mail", "marketing", "people", "plumbing", "scoring", "segments", "trade"]
