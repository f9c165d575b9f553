"""Forwards of every client in every tongue: who wrote, to whom, what, and what the forwarder said above."""

from datetime import date

import pytest

from ingest import forwarded
from ingest.parsed import Forwarded, Mailbox
from tests.mail import forwarding
from tests.mail.forwarding import BODY, COPIED, NAME_ONLY, NOTE, OTHER, READER, SENDER, SHAPES, SUBJECT
from tests.mail.tongues import TONGUES, Tongue

# Without colons and in a tongue that no table knows nothing tells a label from a word.
UNREAD = {("em client", "invented")}


def read(text: str, tongue: Tongue) -> Forwarded:
    found = forwarded.unwrap(f"{NOTE}\n\n{text}", f"{tongue.forward_prefix}: {SUBJECT}")
    assert found is not None
    return found


def addresses(boxes: tuple[Mailbox, ...]) -> list[str | None]:
    return [box.address for box in boxes]


@pytest.mark.parametrize("client", SHAPES)
def test_a_forward_is_read_whole(client: str) -> None:
    for code in (one for one in TONGUES if (client, one) not in UNREAD):
        found = read(SHAPES[client].write(TONGUES[code]), TONGUES[code])
        # Outside the bars, a sentence in an unknown tongue may be the forwarder's own and stays.
        outside = client == "apple mail on a phone" and not TONGUES[code].known
        said = f"{NOTE}\n\n{TONGUES[code].begin}:" if outside else NOTE
        assert (found.from_, found.subject, found.body, found.message) == (SENDER, SUBJECT, BODY, said), code
        assert addresses(found.to) == [READER.address, OTHER.address], code
        assert addresses(found.cc) == [COPIED.address], code
        assert found.date, code
        if TONGUES[code].known:
            assert found.date_at is not None, code
            assert found.date_at.date() == date(2026, 11, 2), code


@pytest.mark.parametrize("code", [code for code, tongue in TONGUES.items() if tongue.known])
def test_a_sender_without_an_address_keeps_the_name(code: str) -> None:
    found = read(NAME_ONLY.write(TONGUES[code]), TONGUES[code])
    assert found.from_ == Mailbox(SENDER.name, None)
    assert (found.subject, found.body) == (SUBJECT, BODY)
    assert found.sure < 0.5


@pytest.mark.parametrize("code", TONGUES)
def test_of_a_forward_in_a_forward_the_outer_one_counts(code: str) -> None:
    tongue = TONGUES[code]
    inner = SHAPES["outlook"].write(tongue).replace("Ines Ferreira", "Zoe Inner").replace("ines.ferreira", "zoe")
    outer = SHAPES["gmail"].write(tongue).replace(BODY, f"See below.\n\n{inner}")
    found = read(outer, tongue)
    assert found.from_ == SENDER
    assert found.body == f"See below.\n\n{inner}"


@pytest.mark.parametrize("code", TONGUES)
def test_an_answer_with_a_header_block_beneath_is_no_forward(code: str) -> None:
    tongue = TONGUES[code]
    text = f"{NOTE}\n\n{SHAPES['outlook'].write(tongue)}"
    assert forwarded.unwrap(text, f"RE: {SUBJECT}", replied=True) is None
    assert forwarded.unwrap(text, f"{tongue.reply_prefix}: {SUBJECT}", replied=True) is None


def test_every_shape_is_different() -> None:
    written = {shape.write(TONGUES["en"]) for shape in SHAPES.values()}
    assert len(written) == len(SHAPES)
    assert forwarding.BODY in SHAPES["outlook"].write(TONGUES["de"])
