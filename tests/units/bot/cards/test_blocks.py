"""The atoms keep Slack's limits, and nothing from outside becomes markup."""

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import blocks
from bot.blocks import Message
from bot.names import VALUE_LIMIT, Action, decode, encode
from tests.units.bot.cards.figures import NASTY, takes

_ANY = st.text(max_size=300) | st.sampled_from(NASTY)


@given(_ANY)
def test_no_sign_of_markup_from_data_stays_unescaped(text: str) -> None:
    escaped = blocks.escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert not re.search(r"&(?!amp;|lt;|gt;)", escaped)


@given(_ANY)
def test_what_was_escaped_reads_as_it_was_written(text: str) -> None:
    assert html.unescape(blocks.escape(text)) == html.unescape(html.escape(blocks.clean(text), quote=False))


@given(_ANY, st.integers(min_value=1, max_value=120))
def test_a_cut_never_falls_inside_an_entity(text: str, limit: int) -> None:
    escaped = blocks.escape(text, limit)
    assert len(escaped) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", escaped)


@given(_ANY)
def test_signs_that_turn_or_control_are_dropped(text: str) -> None:
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]", blocks.clean(text))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=900) | st.integers(), max_size=6))
def test_what_a_button_carries_comes_back_within_the_limit(value: dict[str, str | int]) -> None:
    text = encode(value)
    assert len(text) <= VALUE_LIMIT
    text.encode("utf-8")
    back = decode(text)
    if len(json.dumps(value, ensure_ascii=False)) < VALUE_LIMIT:
        assert back == value


@pytest.mark.parametrize("text", ["", "no json", "[1]", "null", '{"a": [1]}', '{"a": true}', "[" * 5_000])
def test_what_cannot_be_read_is_nothing(text: str) -> None:
    assert decode(text) == {}


def test_a_long_value_is_cut_and_the_id_beside_it_stays() -> None:
    assert decode(encode({"customer": "cus_1", "text": '"' * 3_000}))["customer"] == "cus_1"


def test_a_message_that_is_too_long_says_what_was_left_out_and_keeps_its_buttons() -> None:
    row = blocks.actions(blocks.button("Undo", Action.UNDO, {"undo": "und_1"}))
    long = [blocks.section(f"{number} " + "w" * 2_500) for number in range(12)]
    whole = takes(blocks.message("Long", *long, row))
    assert "parts were left out" in str(whole.blocks[-1])
    assert row in whole.blocks
    assert long[0] == whole.blocks[0]


def test_fifty_blocks_pass_as_they_are_and_the_fifty_first_is_told_of() -> None:
    fifty = [blocks.section(str(number)) for number in range(50)]
    assert len(blocks.message("50", *fifty).blocks) == 50
    more = takes(blocks.message("51", *fifty, blocks.section("51")))
    assert len(more.blocks) == 50
    assert "2 parts were left out" in str(more.blocks[-1])


def test_a_message_of_buttons_alone_still_fits() -> None:
    rows = [blocks.actions(blocks.button("Undo", Action.UNDO)) for _ in range(60)]
    assert len(takes(blocks.message("Undo", *rows)).blocks) == 50


def test_a_long_fallback_is_cut_between_entities() -> None:
    text = blocks.fit(Message("&amp;" * 2_000)).text
    assert len(text) <= 4_000
    assert re.fullmatch(r"(&amp;)+…", text)


def test_a_message_survives_the_outbox() -> None:
    message = blocks.message("Hello", blocks.section("Hello"))
    assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message


def test_buttons_of_one_row_have_names_of_their_own() -> None:
    row = blocks.actions(*(blocks.button(str(number), Action.CARD) for number in range(3)))
    assert row is not None
    assert [one["action_id"] for one in row["elements"]] == ["card:0", "card:1", "card:2"]


@pytest.mark.parametrize("name", ["<!channel>", "not an id", "U<x>", "<@U_BEN>"])
def test_only_a_slack_id_becomes_a_mention(name: str) -> None:
    assert blocks.person(name) == name


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "https://a|b", "http://" + "a" * 4_000])
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    assert blocks.link(url, "label") == "label"


def test_the_atoms_that_cards_seldom_need_are_taken_too() -> None:
    for text in NASTY:
        menu = blocks.overflow(Action.CARD, [(text, {"customer": "cus_1"}), ("long", {"customer": "c" * 200})])
        assert menu is not None
        assert len(menu["options"]) == 1
        section = blocks.section(text, accessory=menu)
        picture = blocks.image("https://crm.example/a.png", text, text)
        takes(blocks.message(text, section, blocks.fields([text] * 20), blocks.divider(), picture))


def test_nothing_to_show_makes_no_block() -> None:
    none = (blocks.fields([" "]), blocks.lines(), blocks.bullets([]), blocks.quote(" "), blocks.context(""))
    assert none == (None,) * 5
    assert blocks.actions(None) is None
    assert blocks.together(None) is None
    assert blocks.overflow(Action.CARD, []) is None


def test_markup_of_our_own_is_cut_at_the_limit() -> None:
    assert len(blocks.mrkdwn("*a*" * 2_000)["text"]) == 3_000
