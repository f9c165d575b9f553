"""The DATA reader: ends, dots, line ends and budgets, however the bytes are cut."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from ingest.smtp.limits import BytesInFlight
from ingest.smtp.reader import DataReader, Trouble, hops

ODD = st.lists(st.sampled_from([b".", b"\r", b"\n", b"a", b"\r\n", b"..", b"\0"]), max_size=40).map(b"".join)


def read_in(chunks: list[bytes], most: int = 1_000, block: int = 1_000) -> tuple[DataReader, bytes | None]:
    reader = DataReader(most, BytesInFlight(10_000), block)
    rest: bytes | None = None
    for at, chunk in enumerate(chunks):
        rest = reader.feed(chunk)
        if rest is not None:
            return reader, rest + b"".join(chunks[at + 1 :])
    return reader, rest


def whole(reader: DataReader) -> bytes:
    return b"".join(reader.content())


def stuffed(content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


@given(ODD, st.integers(1, 90), st.sampled_from([16, 23, 40, 1_000]))
def test_every_mail_comes_back_whole_with_what_follows_it(content: bytes, size: int, block: int) -> None:
    wire = stuffed(content + b"\r\n") + b".\r\nNEXT"
    reader, rest = read_in([wire[at : at + size] for at in range(0, len(wire), size)], block=block)
    assert rest == b"NEXT"
    expected = (content + b"\r\n").replace(b"\r\n", b"\n")
    assert whole(reader).replace(b"\r\n", b"\n") == expected


@given(ODD, st.sampled_from([16, 23, 40]))
def test_in_parts_a_mail_is_what_it_is_as_a_whole(content: bytes, block: int) -> None:
    wire = stuffed(content + b"\r\n") + b".\r\n"
    assert whole(read_in([wire], block=block)[0]) == whole(read_in([wire])[0])


def test_a_large_mail_comes_in_parts_that_end_with_a_line_where_lines_are_short() -> None:
    reader, _ = read_in([b"a line\r\n" * 12, b".\r\n"], block=40)
    parts = reader.content()
    assert len(parts) == 3
    assert all(part.endswith(b"\r\n") and len(part) <= 40 for part in parts)


def test_a_large_mail_is_never_held_twice() -> None:
    size, line = 12_000_000, b"x" * 98 + b"\r\n"
    tracemalloc.start()
    try:
        reader = DataReader(2 * size, BytesInFlight(2 * size))
        for _ in range(size // (len(line) * 600)):
            reader.feed(line * 600)
        reader.feed(b".\r\n")
        parts = reader.content()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(map(len, parts)) == size
    assert most < 1.4 * size


def test_an_empty_mail_ends_with_a_dot_on_its_first_line() -> None:
    reader, rest = read_in([b".", b"\r", b"\n"])
    assert rest == b""
    assert whole(reader) == b""


def test_no_other_line_end_around_a_dot_ends_the_mail() -> None:
    for ending in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n"):
        _, rest = read_in([b"text" + ending + b"MAIL FROM:<x@y.example>\r\n"])
        assert rest is None, ending


def test_lone_line_feeds_become_line_ends() -> None:
    reader, _ = read_in([b"a\nb\r\nc\r\n.\r\n"])
    assert whole(reader) == b"a\r\nb\r\nc\r\n"


def test_too_large_a_mail_is_forgotten_while_it_comes() -> None:
    budget = BytesInFlight(10_000)
    reader = DataReader(10, budget)
    reader.feed(b"x" * 100)
    assert reader.trouble is Trouble.TOO_LARGE
    assert budget.free == 10_000


def test_a_full_budget_is_no_fault_of_the_sender() -> None:
    reader = DataReader(1_000, BytesInFlight(50))
    reader.feed(b"x" * 100)
    assert reader.trouble is Trouble.NO_ROOM


def test_room_is_given_back_once() -> None:
    budget = BytesInFlight(100)
    reader = DataReader(100, budget)
    reader.feed(b"x" * 60)
    assert budget.free == 40
    reader.close()
    reader.close()
    assert budget.free == 100


def test_only_received_lines_of_the_header_are_hops() -> None:
    assert hops(b"Received: a\r\nX: y\r\nreceived: b\r\n\r\nReceived: c\r\n") == 2
