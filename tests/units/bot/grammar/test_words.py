"""A line is cut into words, and Slack's signs are read once."""

from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.words import from_slack, join, split, visible, without_mention


def test_quotes_and_pairs_keep_words_together() -> None:
    words = split('task "send quote" ann deal:"acme renewal" owner:@ben http://x.y')
    assert [(word.key, word.text) for word in words] == [
        ("", "task"),
        ("", "send quote"),
        ("", "ann"),
        ("deal", "acme renewal"),
        ("owner", "@ben"),
        ("", "http://x.y"),
    ]


def test_typographic_quotes_and_an_open_quote_are_taken() -> None:
    assert [word.text for word in split('„Ann Lee“ “A. Lee” 5" screen')] == ["Ann Lee", "A. Lee", '5"', "screen"]


def test_slacks_links_become_what_people_read() -> None:
    text = "log <mailto:a@b.com|a@b.com> <tel:+49170|0170> <http://acme.com|acme.com> <https://x.y/z|doc>"
    assert from_slack(f"{text} <@U1> <#C1|sales>") == "log a@b.com 0170 acme.com doc (https://x.y/z) @U1 #sales"


def test_escaped_text_is_unescaped_once_and_never_becomes_a_sign() -> None:
    assert from_slack("a &lt;@U1&gt; &amp;lt; R&amp;D") == "a <@U1> &lt; R&D"


def test_direction_changing_characters_are_dropped() -> None:
    assert visible("An\u202en\u2066 Lee\x00") == "Ann Lee"


def test_the_bots_own_mention_is_taken_off_the_front_only() -> None:
    assert without_mention("<@UBOT> log <@UBOT>", "UBOT") == "log <@UBOT>"


@given(st.text(max_size=80))
def test_every_word_stands_where_it_says(text: str) -> None:
    for word in split(text):
        assert 0 <= word.start < word.end <= len(text)


@given(st.lists(st.text(alphabet="abcé5-@.", min_size=1, max_size=8), max_size=8))
def test_plain_words_come_back_as_they_were(words: list[str]) -> None:
    assert join(split("  ".join(words))) == " ".join(words)


@given(st.text(alphabet="ab <>|@!#&;lgtmp:", max_size=60))
def test_text_without_signs_is_left_alone_the_second_time(text: str) -> None:
    once = from_slack(text)
    if not any(sign in once for sign in "<>&"):
        assert from_slack(once) == once
