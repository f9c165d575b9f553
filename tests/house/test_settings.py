"""Every setting is explained where people look for it, and nothing else is."""

import re

from crm_store.settings import names
from tests.house.sources import ROOT

_NAME = re.compile(r"\b(?:CRM_[A-Z_]+|DATABASE_URL|SLACK_[A-Z_]+|SMTP_[A-Z]+|INGEST_DOMAIN|PORT)\b")
_EXAMPLE = re.compile(r"^#?\s*([A-Z][A-Z_]+)=", re.MULTILINE)


def test_every_setting_is_in_the_page_of_settings() -> None:
    said = set(_NAME.findall((ROOT / "docs" / "settings.md").read_text()))
    assert set(names()) - said == set()


def test_the_page_of_settings_names_none_that_does_not_exist() -> None:
    said = {one for one in _NAME.findall((ROOT / "docs" / "settings.md").read_text()) if one.startswith("CRM_")}
    assert said - set(names()) == set()


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert set(_EXAMPLE.findall((ROOT / ".env.example").read_text())) == set(names())
