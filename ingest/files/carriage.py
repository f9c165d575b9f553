"""Rows of a list as JSON and back, for the process that reads ahead."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from crm_store.money import Money
from crm_store.queries.identity import keys_of
from crm_store.values.imports import ImportedDeal, ImportedLine, ImportedOrder, ImportedRow, RowKeys
from ingest.files.contents import Contents
from ingest.files.preview import ColumnGuess, Preview


def packed(row: ImportedRow) -> list[Any]:
    """A row with all that it is compared and looked up by."""
    keys = keys_of(row)
    told = [
        keys.name, keys.shown, keys.shown_key, keys.company, keys.emails, keys.personal, keys.phones, keys.domains,
        [word for word, _ in keys.words], [fields for _, fields in keys.words],
    ]  # fmt: skip
    return [
        row.row, row.name, row.emails, row.phones, row.company, row.domain, row.title, row.owner, row.external_key,
        _packed_order(row.order), _packed_deal(row.deal), row.industry, row.country, row.company_only, told,
    ]  # fmt: skip


def unpacked(parts: Sequence[Any]) -> ImportedRow:
    """The row again."""
    number, name, emails, phones, *more, order, deal, industry, country, alone, told = parts
    company, domain, title, owner, external_key = more
    name_key, shown, shown_key, company_key, *lists, words, fields = told
    key_emails, personal, digits, domains = map(tuple, lists)
    keys = RowKeys(
        name_key, shown, shown_key, company_key, key_emails, personal, digits, domains,
        tuple(zip(words, fields, strict=True)),
    )  # fmt: skip
    return ImportedRow(
        number, name, tuple(emails), tuple(phones), company, domain, title, owner, external_key,
        _order(order) if order else None, _deal(deal) if deal else None, industry, country, alone, keys,
    )  # fmt: skip


def packed_head(contents: Contents) -> dict[str, Any]:
    """All of the contents but the rows."""
    return {
        "kind": contents.kind, "good": contents.good, "problems": contents.problems, "mapping": contents.mapping,
        "by_column": contents.by_column, "unknown": contents.unknown, "warnings": contents.warnings,
        "preview": asdict(contents.preview),
    }  # fmt: skip


def unpacked_head(told: dict[str, Any], batches: Any) -> Contents:
    """The contents again, with batches that are on their way."""
    shown = told["preview"]
    columns = tuple(ColumnGuess(one["header"], one["field"], tuple(one["samples"])) for one in shown["columns"])
    return Contents(
        kind=told["kind"],
        good=told["good"],
        batches=batches,
        problems=tuple((number, problem) for number, problem in told["problems"]),
        mapping=told["mapping"],
        by_column=told["by_column"],
        unknown=tuple(told["unknown"]),
        warnings=tuple(told["warnings"]),
        preview=Preview(columns, tuple(shown["first"]), shown["program"], shown["saved"]),
    )


def _packed_order(order: ImportedOrder | None) -> list[Any] | None:
    if order is None:
        return None
    lines = [[line.product, line.quantity, line.amount.minor, line.amount.currency] for line in order.lines]
    return [order.key, order.ordered_at.isoformat(), order.total.minor, order.total.currency, lines]


def _order(parts: Sequence[Any]) -> ImportedOrder:
    key, at, minor, currency, lines = parts
    read = tuple(ImportedLine(product, quantity, Money(*amount)) for product, quantity, *amount in lines)
    return ImportedOrder(key, datetime.fromisoformat(at), Money(minor, currency), read)


def _packed_deal(deal: ImportedDeal | None) -> list[Any] | None:
    if deal is None:
        return None
    amount = [deal.amount.minor, deal.amount.currency] if deal.amount else None
    closes, opened = (one.isoformat() if one else None for one in (deal.close_on, deal.opened_at))
    return [deal.name, deal.stage, amount, deal.currency, closes, opened, deal.state]


def _deal(parts: Sequence[Any]) -> ImportedDeal:
    name, stage, amount, currency, closes, opened, state = parts
    return ImportedDeal(
        name, stage, Money(*amount) if amount else None, currency, date.fromisoformat(closes) if closes else None,
        datetime.fromisoformat(opened) if opened else None, state,
    )  # fmt: skip
