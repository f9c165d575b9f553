"""A forward is read the same whatever gateways, programs and encodings did to it on its way."""

from collections.abc import Iterable, Iterator
from itertools import cycle, islice

import pytest

from ingest import mime
from ingest.parsed import Forwarded, ParsedMail
from tests.mail.disturbing import ADDED, FORMS
from tests.mail.disturbing_pages import PAGES
from tests.mail.forwarding import BODY, COPIED, NOTE, OTHER, READER, SENDER, SHAPES, SUBJECT
from tests.mail.rich_forwarding import RICH_SHAPES
from tests.mail.test_forwards_of_all_clients import UNREAD
from tests.mail.tongues import TONGUES, Tongue
from tests.mail.travelling import CHARSETS, WAYS, in_charset
from tests.units.ingest.letters import letter

FORWARDED = f"Fwd: {SUBJECT}"


def turns(clients: Iterable[str], start: int) -> Iterator[tuple[str, Tongue]]:
    """Each program once, each in another tongue; another start gives them other tongues."""
    tongues = islice(cycle(TONGUES.values()), start % len(TONGUES), None)
    pairs = ((client, next(tongues)) for client in clients)
    return ((client, tongue) for client, tongue in pairs if (client, tongue.code) not in UNREAD)


def written(client: str, tongue: Tongue) -> str:
    return f"{NOTE}\n\n{SHAPES[client].write(tongue)}"


def forwarded_in(mail: ParsedMail, tongue: Tongue) -> Forwarded:
    found = mail.forwarded
    assert found is not None, tongue.code
    assert (found.from_, found.subject) == (SENDER, SUBJECT), tongue.code
    assert [box.address for box in found.to] == [READER.address, OTHER.address], tongue.code
    assert [box.address for box in found.cc] == [COPIED.address], tongue.code
    assert found.date, tongue.code
    if tongue.known:
        assert mail.new_text.split() == NOTE.split(), tongue.code
    return found


def words(text: str) -> list[str]:
    return text.replace("\ufeff", "").replace(">", " ").split()


@pytest.mark.parametrize("form", FORMS)
def test_another_form_changes_nothing(form: str) -> None:
    # No gateway that guards links writes them into the separator, where mutt alone names the sender.
    clients = [client for client in SHAPES if (form, client) != ("guarded links", "mutt")]
    for client, tongue in turns(clients, list(FORMS).index(form)):
        mail = mime.read(letter(FORMS[form](written(client, tongue)), Subject=FORWARDED, Content_Type="text/plain"))
        assert words(forwarded_in(mail, tongue).body) == words(BODY), client


@pytest.mark.parametrize("form", ADDED)
def test_what_others_add_to_the_text_stays_in_it(form: str) -> None:
    for client, tongue in turns(SHAPES, list(ADDED).index(form)):
        mail = mime.read(letter(ADDED[form](written(client, tongue)), Subject=FORWARDED, Content_Type="text/plain"))
        body = words(forwarded_in(mail, tongue).body)
        assert len(body) > len(words(BODY)), client
        assert "twelve" in body, client


@pytest.mark.parametrize("form", PAGES)
def test_another_page_changes_nothing(form: str) -> None:
    for client, tongue in turns(RICH_SHAPES, 3 * list(PAGES).index(form)):
        page = f"<html><head><style>p {{ margin: 0 }}</style></head><body>{RICH_SHAPES[client](tongue)}</body></html>"
        mail = mime.read(letter(PAGES[form](page), Subject=FORWARDED, Content_Type="text/html; charset=utf-8"))
        assert forwarded_in(mail, tongue).body.split() == BODY.split(), client


@pytest.mark.parametrize("way", WAYS)
def test_another_encoding_changes_nothing(way: str) -> None:
    for client, tongue in turns(SHAPES, 2 * list(WAYS).index(way)):
        mail = mime.read(WAYS[way](FORWARDED, written(client, tongue)))
        assert words(forwarded_in(mail, tongue).body) == words(BODY), client


@pytest.mark.parametrize(
    ("code", "declared", "real"), [(code, *names) for code, sets in CHARSETS.items() for names in sets]
)
def test_a_charset_of_ones_own_is_read_by_its_own_name_and_a_neighbours(code: str, declared: str, real: str) -> None:
    for client in ("gmail", "outlook", "apple mail", "yahoo", "gmx"):
        mail = mime.read(in_charset(FORWARDED, written(client, TONGUES[code]), declared, real))
        assert words(forwarded_in(mail, TONGUES[code]).body) == words(BODY), client
