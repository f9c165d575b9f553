"""Forwards that came as HTML alone: the same people, day and words as in plain text."""

import pytest

from ingest import mime
from ingest.parsed import Kind
from tests.mail.forwarding import BODY, COPIED, NOTE, OTHER, READER, SENDER, SUBJECT
from tests.mail.rich_forwarding import RICH_SHAPES
from tests.mail.tongues import TONGUES
from tests.units.ingest.letters import letter


@pytest.mark.parametrize("client", RICH_SHAPES)
def test_a_forward_in_html_is_read_whole(client: str) -> None:
    for code, tongue in TONGUES.items():
        page = f"<html><head><style>p {{ margin: 0 }}</style></head><body>{RICH_SHAPES[client](tongue)}</body></html>"
        mail = mime.read(letter(page, Subject=f"Fwd: {SUBJECT}", Content_Type="text/html; charset=utf-8"))
        found = mail.forwarded
        assert found is not None, code
        assert (found.from_, found.subject) == (SENDER, SUBJECT), code
        assert [box.address for box in found.to] == [READER.address, OTHER.address], code
        assert [box.address for box in found.cc] == [COPIED.address], code
        assert found.date, code
        assert found.body.split() == BODY.split(), code
        assert mail.new_text.split() == NOTE.split(), code
        assert mail.kind is Kind.FORWARD, code
