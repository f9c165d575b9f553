"""Charsets under the names that mail programs give them."""

import pytest

from ingest import charsets


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("iso-8859-1", b"\x93Gr\xfc\xdfe\x94", "“Grüße”"),
        ("ISO_8859-1:1987", b"\x93Gr\xfc\xdfe\x94", "“Grüße”"),
        ("iso8859_1", b"\x80 5", "€ 5"),
        ("x-windows-1252", b"\x80 5", "€ 5"),
        ("WIN-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("windows1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("koi8r", "Привет".encode("koi8-r"), "Привет"),
        ("GB2312", "镕基".encode("gb18030"), "镕基"),
        ("cp936", "你好".encode("gbk"), "你好"),
        ("x-sjis", "①番".encode("cp932"), "①番"),
        ("Shift-JIS", "①番".encode("cp932"), "①番"),
        ("csISO2022JP", "会議".encode("iso2022_jp"), "会議"),
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("ISO-8859-8-I", "שלום".encode("iso-8859-8"), "שלום"),
        ("TIS-620", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("unicode-1-1-utf-7", b"Gr+APw-n", "Grün"),
        ("utf8", "Grün".encode(), "Grün"),
        ("unknown-8bit", "Grün".encode(), "Grün"),
        ("iso-8859-1", "Grün".encode(), "Grün"),
        ("windows-1251", "Привет".encode(), "Привет"),
        ("macintosh", "Grün".encode(), "Grün"),
        ("iso-2022-jp$ESC", "会議".encode("iso2022_jp"), "会議"),
    ],
)
def test_a_charset_is_known_by_its_names(name: str, data: bytes, text: str) -> None:
    assert charsets.decode(data, name) == text


@pytest.mark.parametrize("name", ["zip", "idna", "undefined", "nope", "", "\0", "x" * 500, "cp9999", "iso-8859-99"])
def test_a_name_that_is_no_charset_is_not_believed(name: str) -> None:
    assert charsets.known(name) is None
    assert charsets.decode("Grün".encode(), name) == "Grün"
