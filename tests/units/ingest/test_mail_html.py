"""HTML of mails as text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.html import QUOTE_MARK, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two   \n words</div>", "one\ntwo words"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n>>\n>> older\n\nnew"),
        ("a<hr>b", "a\n" + "_" * 32 + "\nb"),
        ("<?xml version='1.0' encoding='utf-16'?><p>x</p>", "x"),
        ("a<span style='DISPLAY: none'>trap</span>b", "ab"),
        ("a<!-- comment -->b &amp; c&nbsp;d", "ab & c\u00a0d"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_html_becomes_readable_text(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "begin",
    [
        "<div class='gmail_quote'>",
        "<div id='divRplyFwdMsg'>",
        "<div class='x_moz-cite-prefix'>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>",
        "<div class='yahoo_quoted' id='yahoo_quoted_1'>",
        "<div class='protonmail_quote'>",
    ],
)
def test_the_mark_of_a_mail_program_is_kept_once(begin: str) -> None:
    text = to_text(f"<p>new</p>{begin}old{begin}older</div></div>")
    assert text.split("\n").count(QUOTE_MARK) == 1
    assert text.index("new") < text.index(QUOTE_MARK) < text.index("old")


def test_nesting_deeper_than_python_recurses_is_read() -> None:
    text = to_text("<style>p{}</style>top &amp; " + "<div>" * 3_000 + "deep")
    assert text == "top &\ndeep"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<blockquote>", "</div>", "x", "<", "&", "<td>", "<pre>", "\n", "<hr>", "\x00"]
        ),
        max_size=40,
    )
)
def test_no_soup_raises(soup: list[str]) -> None:
    to_text("".join(soup))
