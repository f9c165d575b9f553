"""No pattern of the reader takes more than a moment for any text of the length that reaches it."""

import time

import pytest

from tests.mail.bombs import patterns, texts

PATTERNS = patterns()
# A pattern that doubles its work with each sign is caught at the first size, a cubic one at the second.
SIZES = (24, 320)
MOMENT = 0.1  # Seconds of processor time, hundreds of times what the costliest needs.


def test_every_pattern_is_found() -> None:
    assert len(PATTERNS) > 150
    assert "ingest.signature._PIECES" in PATTERNS


@pytest.mark.parametrize("size", SIZES)
def test_no_text_keeps_a_pattern_busy(size: int) -> None:
    for name, pattern in PATTERNS.items():
        for text in texts(pattern, size):
            began = time.process_time()
            pattern.search(text if isinstance(pattern.pattern, str) else text.encode())
            assert time.process_time() - began < MOMENT, f"{name} on {text[:40]!r}"
