"""What other tools are handed: the forms they take, and nothing of a person that they need not know."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import audience_files
from campaigns.tools import csv_list, google, mailchimp, meta, webhook
from campaigns.tools.google import Event, Tags
from crm_store.values.audiences import Audience, AudiencePerson

ANN = AudiencePerson(
    "cus_ann", "ann.lee+crm@acme.example", "+442079460958", "Ann", "Lee", "Acme & Söhne", "GB", date(2026, 3, 9)
)
BOB = AudiencePerson("cus_bob", "bob@globex.example", None, "=2+2", "", None, None, None)
REGULARS = Audience("Regulars", "regulars", (ANN, BOB), (("no consent", 3),))
DAY = date(2026, 11, 25)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_list_holds_no_cell_that_a_spreadsheet_would_compute() -> None:
    head, first, second = rows(csv_list.written(REGULARS))
    assert head[0] == "email"
    assert first == ["ann.lee+crm@acme.example", "Ann", "Lee", "Acme & Söhne", "+442079460958", "GB", "2026-03-09"]
    assert second[1] == "'=2+2"


@given(st.text(max_size=30))
def test_no_cell_of_any_text_begins_like_a_formula(text: str) -> None:
    content = csv_list.table(("a",), [(text.replace("\0", ""),)])
    cell = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))[1]
    assert not cell or not cell[0].startswith(("=", "@", "\t", "-")) or cell[0][1:].isdigit()


def test_mailchimp_gets_its_own_columns_and_texts_it_can_hold() -> None:
    long = Audience("ü" * 80, "long", (ANN,), ())
    head, first = rows(mailchimp.written(long))
    assert head[0] == "Email Address"
    assert first[6] == "2026-03-09"
    assert len(first[7].encode()) == 100
    assert first[7] == "ü" * 50


def test_meta_reads_hashes_of_normalised_values_only() -> None:
    content = meta.written(REGULARS)
    head, first, second = rows(content)
    assert head == ["email", "phone", "fn", "ln", "country", "extern_id"]
    assert first[0] == hashlib.sha256(b"ann.lee+crm@acme.example").hexdigest()
    assert first[1] == hashlib.sha256(b"442079460958").hexdigest()
    assert first[2:5] == [hashlib.sha256(value).hexdigest() for value in (b"ann", b"lee", b"gb")]
    assert second[1] == second[3] == second[4] == ""
    assert b"acme" not in content


@pytest.mark.parametrize(
    ("written", "normal"),
    [("  Ann.LEE@Acme.example ", "ann.lee@acme.example"), ("a+b@c.example", "a+b@c.example")],
)
def test_an_address_is_trimmed_and_lowered_and_keeps_its_tag(written: str, normal: str) -> None:
    assert meta.normal_email(written) == normal


def test_a_name_loses_marks_and_blanks_but_keeps_its_script() -> None:
    assert meta.normal_name(" O'Neil-Smith ") == "oneilsmith"
    assert meta.normal_name("Мария") == "мария"


def test_a_small_audience_is_said_to_be_of_no_use_to_meta() -> None:
    made = audience_files.written(REGULARS, "meta", "tea_rapport", DAY)
    assert made.name == "regulars-meta-2026-11-25.csv"
    assert made.sentence.endswith("fewer than 100 people. Left out: 3 no consent.")


def test_google_is_told_nothing_by_which_a_person_is_known() -> None:
    content = google.written(REGULARS, "tea_rapport")
    assert b"cus_" not in content
    assert b"@" not in content
    assert google.written(REGULARS, "tea_other") != content


@pytest.mark.parametrize(
    ("address", "tagged"),
    [
        (
            "https://acme.example/a?x=1&y=%20#top",
            "https://acme.example/a?x=1&y=%20&utm_source=rapport&utm_medium=email&utm_campaign=spring-sale"
            "&utm_id=cam_1#top",
        ),
        (
            "https://acme.example/?UTM_Source=old&a=b",
            "https://acme.example/?a=b&utm_source=rapport&utm_medium=email&utm_campaign=spring-sale&utm_id=cam_1",
        ),
        ("mailto:ann@acme.example", "mailto:ann@acme.example"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_tags_leave_the_rest_of_an_address_as_it_is(address: str, tagged: str) -> None:
    assert google.tagged(address, Tags("Spring Sale!", "cam_1")) == tagged


def test_tagging_twice_is_tagging_once() -> None:
    once = google.tagged("https://acme.example/a#b", Tags("Spring", "cam_1", content="B"))
    assert google.tagged(once, Tags("Spring", "cam_1", content="B")) == once
    assert google.tags_of(once)["utm_content"] == "b"


def test_events_go_by_person_in_bodies_of_25_and_carry_no_personal_data() -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    events = [Event("campaign_order", "cus_ann", at, "cam_1", 12.5, "EUR")] * 30
    bodies = google.payloads("tea_rapport", [*events, Event("campaign_reply", "cus_bob", at, "cam_1")])
    assert [len(one["events"]) for one in bodies] == [25, 5, 1]
    assert bodies[0]["events"][0]["params"]["value"] == 12.5
    assert bodies[0]["client_id"] != bodies[2]["client_id"]
    with pytest.raises(ValueError, match="address"):
        google.check({"client_id": "x", "events": [{"name": "a", "params": {"who": "ann@acme.example"}}]})
    with pytest.raises(ValueError, match="name of an event"):
        google.check({"client_id": "x", "events": [{"name": "Campaign Order", "params": {}}]})


def test_a_webhook_signs_time_and_body_and_keeps_the_id_of_a_page() -> None:
    many = Audience("Many", "many", (ANN,) * 501, ())
    (first, body), (second, rest) = webhook.pages(many, "aex_1")
    assert (first, second) == ("aex_1:1", "aex_1:2")
    assert body.count(b'"id"') == 500
    assert rest.count(b'"id"') == 1
    given_then = webhook.headers("s" * 16, first, body, datetime(2026, 11, 25, tzinfo=UTC))
    assert given_then["X-Rapport-Signature"] == webhook.signature("s" * 16, given_then["X-Rapport-Timestamp"], body)
    assert webhook.signature("s" * 16, "1", body) != webhook.signature("s" * 16, "2", body)
