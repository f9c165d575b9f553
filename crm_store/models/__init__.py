"""Tables by theme."""

from crm_store.models import columns, history, lookup, marketing, people, plumbing, scoring, trade

__all__ = ["columns", "history", "lookup", "marketing", "people", "plumbing", "scoring", "trade"]
