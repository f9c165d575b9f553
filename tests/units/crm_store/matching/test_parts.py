"""Names, companies, addresses and numbers are read as what they are."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.matching import companies, names
from crm_store.matching import contact_points as points


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("MÜLLER, Katherine", "Katherine", "Müller"),
        ("Dr. Anna von der Leyen, PhD", "Anna", "von der Leyen"),
        ("Jan van Dijk", "Jan", "van Dijk"),
        ("Smith, Jr., John", "John", "Smith"),
        ("JOHN O'NEIL", "John", "O'Neil"),
        ("Prof. House", "", "House"),
        ("cher", "cher", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_taken_apart(text: str, first: str, last: str) -> None:
    name = names.parse(text)
    assert (name.first, name.last) == (first, last)


def test_a_middle_name_and_a_suffix_keep_their_places() -> None:
    name = names.parse("Mr. John Paul Jones Jr.")
    assert (name.title, name.first, name.middle, name.last, name.suffix) == ("Mr.", "John", "Paul", "Jones", "Jr.")
    assert names.display("JONES, JOHN PAUL") == "John Paul Jones"
    assert names.initials("Jan van Dijk") == "jv"


@pytest.mark.parametrize(
    ("text", "key", "forms"),
    [
        ("Acme Co., Ltd.", "acme", ("ltd",)),
        ("The Limited", "limited", ()),
        ("ООО Ромашка", "romashka", ("ooo",)),
        ("株式会社トヨタ", "toyota", ("kk",)),
        ("Foo GmbH & Co. KG", "foo", ("gmbhcokg",)),
        ("Bar Ltd. Şti.", "bar", ("ltdsti",)),
        ("Kowalski Sp. z o.o.", "kowalski", ("spzoo",)),
        ("GmbH", "gmbh", ()),
        ("Ashby & Partners GmbH", "ashby partners", ("gmbh",)),
        ("", "", ()),
    ],
)
def test_the_legal_form_is_kept_apart_and_never_all(text: str, key: str, forms: tuple[str, ...]) -> None:
    company = companies.parse(text)
    assert (company.key, company.forms) == (key, forms)


@given(
    st.lists(
        st.sampled_from(["The", "GmbH", "Co.", "Ltd", "&", "KG", "Acme", "AG", "of", "S.A.", "OOO"]),
        min_size=1,
        max_size=6,
    ).map(" ".join)
)
def test_a_company_with_a_word_keeps_one(text: str) -> None:
    assert companies.company_key(text) or text == "&"


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_name_company_address_or_number(text: str) -> None:
    assert companies.company_key(companies.company_key(text)) == companies.company_key(text)
    assert names.parse(text).full or not names.display(text).strip(" ,;\"'<>")
    key = points.email_key(text)
    assert points.email_key(key) == key
    assert points.registrable_domain(text) == "" or "." in points.registrable_domain(text)
    assert points.phone_digits_reversed(text)[::-1] == points.phone_digits(text)


@pytest.mark.parametrize(
    ("address", "key", "base"),
    [
        ("Ann <ANN+x@Acme.COM>", "ann+x@acme.com", "ann@acme.com"),
        ("mailto:a.b.c+news@googlemail.com", "a.b.c+news@googlemail.com", "abc@gmail.com"),
        ("ann@müller.de", "ann@xn--mller-kva.de", "ann@xn--mller-kva.de"),
        ("no address", "", ""),
        ("@acme.com", "", ""),
    ],
)
def test_an_address_has_one_key(address: str, key: str, base: str) -> None:
    assert (points.email_key(address), points.email_base(address)) == (key, base)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("x@mail.acme.co.uk", "acme.co.uk"),
        ("https://www.acme.com/about?x=1", "acme.com"),
        ("printer.local", ""),
        ("co.uk", ""),
        ("acme", ""),
    ],
)
def test_the_registrable_domain_is_found_offline(text: str, domain: str) -> None:
    assert points.registrable_domain(text) == domain


def test_free_mail_is_no_evidence_of_a_company() -> None:
    assert points.is_free_mail("ann@gmail.com")
    assert points.company_domain("ann@gmail.com") == ""
    assert points.company_domain("ann@eu.acme.com") == "acme.com"


@pytest.mark.parametrize(
    "address", ["info@a.com", "sales-emea@a.com", "no-reply@a.com", "support2@a.com", "Vertrieb@a.de"]
)
def test_a_shared_mailbox_is_told_from_a_persons(address: str) -> None:
    assert points.is_role_mailbox(address)


@pytest.mark.parametrize("address", ["ann.lee@a.com", "it.smith@a.com", "salesman@a.com", "p.mail@a.com"])
def test_a_persons_mailbox_is_no_shared_one(address: str) -> None:
    assert not points.is_role_mailbox(address)


def test_numbers_are_read_with_the_accounts_region() -> None:
    assert points.e164("0170 1234567", "de") == "+491701234567"
    assert points.e164("+49 (0)170 1234567 ext. 12") == "+491701234567"
    assert points.e164("hello") is None
    assert points.phone_digits("0049 170 123 x45") == "49170123"
    assert points.is_mobile("+491701234567")
    assert not points.is_mobile("+493012345678")


def test_the_slow_tables_are_loaded_only_when_needed() -> None:
    code = (
        "import sys, bot.grammar.parse, crm_store.matching.decide, crm_store.matching.blocking\n"
        "print({'phonenumbers', 'publicsuffixlist', 'anyascii', 'dateparser'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
