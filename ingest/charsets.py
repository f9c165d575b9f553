"""Bytes to text whatever charset they claim, never raising."""

import codecs
import re

from charset_normalizer import from_bytes

_NOT_TEXT = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_MISNAMED = {
    "iso-8859-1": "cp1252",  # Mail programs label cp1252 so; the codes in between are control characters.
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unknown": "utf-8",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "shift-jis": "cp932",
    "x-shift-jis": "cp932",
    "sjis": "cp932",
    "ms-kanji": "cp932",
    "cp936": "gb18030",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "csiso2022jp": "iso2022_jp_ext",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "euc-kr": "cp949",
    "euc-cn": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "iso-2022-cn": "gb18030",
    "x-euc-jp": "euc_jp",
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-e": "iso-8859-6",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode": "utf-16",
    "iso-10646-ucs-2": "utf-16-be",
    "ansi_x3.4-1968": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown-8bit": "utf-8",
    "8bit": "utf-8",
    "7bit": "utf-8",
    "default": "utf-8",
    "default_charset": "utf-8",
    "x-user-defined": "utf-8",
    "binary": "utf-8",
}
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp|ms|ibm|dos|x-cp)[-_ ]?(\d{3,4})")
_LATIN = re.compile(r"(?:x-)?(?:iso)?[-_ ]?8859[-_ ]?(\d{1,2})(?:[:_-]\d{4})?")
_SINGLE_BYTES = ("cp125", "iso8859", "koi8", "mac")
_SAMPLE = 16_384
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SEPARATORS = re.compile("[\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def known(name: str) -> str | None:
    """The codec behind a charset's name, where it is one for text."""
    plain = _plainly_named(name)
    if not plain or len(plain) > 40 or not plain.isascii() or plain.replace("-", "_") in _NOT_TEXT:
        return None
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return None
    return found.name if found._is_text_encoding else None  # noqa: SLF001, RUF100 - the only place that tells text codecs.


def _plainly_named(name: str) -> str:
    """Mail programs write one charset in a dozen ways; old names for Windows' own tables mean those."""
    plain = name.strip().strip("\"'").lower()[:60]
    plain = plain.partition("$")[0].partition("*")[0].replace(" ", "-")
    windows, latin = _WINDOWS.fullmatch(plain), _LATIN.fullmatch(plain)
    if windows:
        plain = f"cp{windows[1]}"
    elif latin:
        plain = f"iso-8859-{latin[1]}"
    return _MISNAMED.get(plain) or _MISNAMED.get(plain.replace("_", "-")) or plain


def decode(data: bytes, declared: str | None = None) -> str:
    """Text of a body: the declared charset, else UTF-8, else the likeliest, broken bytes marked."""
    codec = known(declared) if declared else None
    if codec and not _is_truly_utf8(data, codec):
        exact = _tried(data, codec)
        if exact is not None:
            return scrub(exact)
    text = _tried(data, "utf-8")
    if text is None:
        text = _tried(data, _likeliest(data)) if codec is None else _lenient(data, codec)
    return scrub(text if text is not None else data.decode("cp1252", "replace"))


def _is_truly_utf8(data: bytes, codec: str) -> bool:
    """Text in a table of single bytes never keeps to UTF-8's rules by chance; programs give it such a name wrongly."""
    return codec.startswith(_SINGLE_BYTES) and not data.isascii() and _tried(data, "utf-8") is not None


def scrub(text: str) -> str:
    """Without NUL, other control characters and half characters, which stores refuse; one kind of line end."""
    if text.isascii():
        return _CONTROL.sub("", text)
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _SEPARATORS.sub("\n", text)))


def _tried(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _lenient(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return None


def _likeliest(data: bytes) -> str:
    if _tried(data[:_SAMPLE], "cp1252") is not None and sum(byte > 127 for byte in data[:_SAMPLE]) < 4:
        return "cp1252"  # A few accents are too little for guessing, and the commonest charset is right most often.
    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best else "cp1252"
