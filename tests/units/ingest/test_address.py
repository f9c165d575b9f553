"""Personal ingest addresses and their verbs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import address

SECRET = "abcdefghijklmnopqrstuvwxyz"
DOMAIN = "in.team.example"


def read(local: str) -> address.Reading:
    found = address.read(f"{local}@{DOMAIN}", DOMAIN)
    assert found is not None
    return found


def test_a_minted_address_is_recognised_and_short_enough_for_a_local_part() -> None:
    minted = address.mint("Ada Lovelace-Ångström")
    assert len(minted.local_part) <= 64
    assert read(minted.local_part).secret == minted.secret
    assert len(minted.secret) == 26


def test_two_minted_addresses_differ() -> None:
    assert address.mint("ada").secret != address.mint("ada").secret


def test_case_does_not_matter_but_values_keep_theirs() -> None:
    found = address.read(f"ADA-{SECRET.upper()}+DEAL.Acme-Renewal@IN.Team.EXAMPLE", DOMAIN)
    assert found == address.Reading(SECRET, (address.FileOnDeal("Acme Renewal"),), "ada")


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("deal.acme-renewal", address.FileOnDeal("acme renewal")),
        ("deal.new.acme", address.FileOnDeal("acme", create=True)),
        ("task.2w", address.MakeTask("2w")),
        ("note", address.NoteOnly()),
        ("fw", address.AutoForwarded()),
        ("private", address.PrivateTo()),
        ("for.ann.lee", address.FileFor("ann lee")),
        ("taks.fri", address.UnknownVerb("taks.fri")),
        ("deal", address.UnknownVerb("deal")),
        ("note.x", address.UnknownVerb("note.x")),
    ],
)
def test_a_verb_is_read_and_a_typing_error_is_told(text: str, verb: address.Verb) -> None:
    assert read(f"ada-{SECRET}+{text}").verbs == (verb,)


def test_several_verbs_keep_their_order() -> None:
    verbs = read(f"ada-{SECRET}+private+task.fri").verbs
    assert verbs == (address.PrivateTo(), address.MakeTask("fri"))


@pytest.mark.parametrize(
    "rcpt", ["", "@", "ada@in.team.example", f"ada-{SECRET}@other.example", f"ada-{SECRET}a@in.team.example"]
)
def test_anything_else_is_no_ingest_address(rcpt: str) -> None:
    assert address.read(rcpt, DOMAIN) is None


@given(st.text(max_size=80), st.text(max_size=20))
def test_reading_never_raises(rcpt: str, domain: str) -> None:
    address.read(rcpt, domain)
    address.read(f"{rcpt}@{domain}", domain)


def test_a_secret_is_kept_as_a_hash_that_ignores_case() -> None:
    assert address.secret_hash(SECRET) == address.secret_hash(SECRET.upper())
    assert len(address.secret_hash(SECRET)) == 64
