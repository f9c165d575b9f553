"""No table and no column comes in without a word on what becomes of it when a person asks to be erased."""

import pytest
from sqlalchemy import LargeBinary, Table

from crm_store import models
from crm_store.models.columns import Base
from crm_store.privacy.personal import IMPERSONAL, OWN_WAY, REACHES, SWEPT, Then
from crm_store.privacy.sweep import texts

TABLES = list(Base.metadata.sorted_tables)
OF_COLLEAGUES = {"users": "name", "user_addresses": "address_key"}
# Ids of customers in columns that do not say so by their name, beside those in the register.
_HOLDS_CUSTOMERS = {"customer_id", "absorbed", "kept", "origin", "seat"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_register_knows_what_becomes_of_every_table(table: Table) -> None:
    known = [name for name in (REACHES, OWN_WAY, IMPERSONAL) if table.name in name]
    assert len(known) == 1 or (not known and table.name in SWEPT), table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_holds_a_customer_is_reached(table: Table) -> None:
    if table.name in OWN_WAY or table.name in IMPERSONAL:
        return
    holding = {column.name for column in table.columns if column.name in _HOLDS_CUSTOMERS}
    assert holding <= {reach.column for reach in REACHES.get(table.name, ())}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_that_tells_of_a_person_is_erased_or_swept(table: Table) -> None:
    personal = {column.name for column in table.columns if column.info.get("personal")}
    if not personal or table.name in OF_COLLEAGUES:
        return
    assert table.name in REACHES or table.name in OWN_WAY or table.name in SWEPT


@pytest.mark.parametrize("name", sorted(REACHES))
def test_rows_that_stay_without_the_person_are_swept(name: str) -> None:
    stays = any(reach.then is Then.CUT_LOOSE for reach in REACHES[name])
    assert not stays or name in SWEPT


@pytest.mark.parametrize("name", sorted(SWEPT))
def test_the_sweep_reads_every_column_of_words(name: str) -> None:
    table = Base.metadata.tables[name]
    words = {column.name for column in table.columns if column.info.get("personal") and not column.primary_key}
    blobs = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    assert words - blobs <= {column.name for column in texts(table)}


def test_the_register_names_only_columns_that_are_there() -> None:
    assert models.__doc__
    for name, reaches in REACHES.items():
        for reach in reaches:
            assert reach.column in Base.metadata.tables[name].c, f"{name}.{reach.column}"
    there = {table.name for table in TABLES}
    assert {*OWN_WAY, *IMPERSONAL, *SWEPT} <= there
