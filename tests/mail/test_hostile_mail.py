"""Hostile mail gets its line like any other, and the same one after the pipe."""

import json

import pytest

from ingest import mime
from ingest.parsed import ParsedMail
from tests.mail import hostile


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_hostile_mail_is_read(name: str) -> None:
    mail = mime.read(hostile.mail(name, 8_000))
    assert not any("could not be read" in warning for warning in mail.warnings)
    assert ParsedMail.from_json(json.loads(json.dumps(mail.to_json()))) == mail
