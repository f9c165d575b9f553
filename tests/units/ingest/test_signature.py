"""Signatures: where they begin, and the facts in them."""

import pytest

from ingest import signature
from ingest.parsed import Mailbox

OTTO = Mailbox("Otto Brandt", "otto.brandt@brandt-bau.de")
BELOW = "Otto Brandt\nHead of Purchasing\nBrandt Bau GmbH\nTel. 040 5550134\nFax: 040 5550199\nwww.brandt-bau.de"


@pytest.mark.parametrize("start", ["-- \n", "--\n", "Mit freundlichen Grüßen\n", "Kind regards,\n\n", ""])
def test_a_signature_is_parted_and_read(start: str) -> None:
    found = signature.read(f"The price is fine.\n\n{start}{BELOW}", OTTO)
    assert found.text == "The price is fine."
    assert found.signature is not None
    assert (found.signature.name, found.signature.title, found.signature.company) == (
        "Otto Brandt",
        "Head of Purchasing",
        "Brandt Bau GmbH",
    )
    assert found.signature.phones == ("+49405550134",)
    assert found.signature.urls == ("www.brandt-bau.de",)


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, is much easier than from my phone.",
        "We need:\n-- two chairs -- and a table",
        "Thanks for the offer. Otto will answer tomorrow.",
        "- one\n- two",
    ],
)
def test_text_is_no_signature(text: str) -> None:
    assert signature.read(text, OTTO) == signature.Signed(text, None, "")


def test_a_device_line_is_a_signature_without_facts() -> None:
    found = signature.read("Yes.\n\nSent from my iPhone", OTTO)
    assert found.text == "Yes."
    assert found.signature is not None
    assert found.signature.name is None


def test_a_legal_notice_is_folded_and_no_part_of_the_signature() -> None:
    notice = "This message is confidential and intended only for the person it is addressed to. " * 2
    found = signature.read(f"Yes.\n\n-- \nOtto Brandt\n\n{notice}", OTTO)
    assert found.signature is not None
    assert found.signature.text == "Otto Brandt"
    assert found.notice == notice.strip()


def test_a_number_without_a_country_needs_a_region() -> None:
    sender = Mailbox("Otto Brandt", "otto@brandt-bau.com")
    text = "Yes.\n\n-- \nOtto Brandt\nTel. 040 5550134"
    without, with_region = signature.read(text, sender), signature.read(text, sender, "DE")
    assert without.signature is not None
    assert with_region.signature is not None
    assert (without.signature.phones, with_region.signature.phones) == ((), ("+49405550134",))
