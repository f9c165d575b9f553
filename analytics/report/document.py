"""A report as every door shows it: a finding in words, sections with tables, and charts."""

from dataclasses import dataclass
from datetime import date

from crm_store.values.marketing import ChartView


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head; `more` says how many were left out."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences and tables below a heading; `details` and `detail_tables` are for the file, not for a chat."""

    heading: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    details: tuple[str, ...] = ()
    detail_tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; `finding` is one paragraph that stands alone, `span` says of which days and on how much."""

    which: str
    title: str
    span: str
    finding: str
    as_of: date
    sections: tuple[Section, ...] = ()
    charts: tuple[ChartView, ...] = ()
