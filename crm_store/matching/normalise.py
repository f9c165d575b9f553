"""Text as matching sees it: folded, cut into tokens, and the keys by which near tokens find each other."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

_KEEP_TOGETHER = str.maketrans({"'": None, "’": None, "ʼ": None, "`": None, "´": None})
_LETTERS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "å": "a"})
_WORD = re.compile(r"[a-z0-9]+")
_QUERY_WORD = re.compile(r"\S+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 2_000
_SHORTEST_WITH_DELETIONS = 3
_LONGEST_WITH_DELETIONS = 24
_SHORTEST_HALVED = 6
_UNVOWELLED = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_IDEOGRAPHS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NO_VOWELS = str.maketrans("cq", "kk", "aeiouyw")


def clean(text: str) -> str:
    """Text without control and direction-changing characters, its blanks single, at most 2,000 characters."""
    if text.isprintable():
        return " ".join(text[:_LONGEST].split())
    kept = (" " if mark in "\t\n\r" else mark for mark in text[:_LONGEST])
    visible = "".join(mark for mark in kept if unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(visible.split())


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The form in which texts are compared: lower case Latin letters without accents (`Müller` → `muller`)."""
    text = clean(text)
    if text.isascii():
        return text.casefold()
    composed = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKD", composed.translate(_LETTERS))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(plain.split()) if plain.isascii() else _transliterate(plain)


def _transliterate(text: str) -> str:
    """Other scripts in Latin letters; glued names (`WangXiaoMing`) are split where a capital starts."""
    from anyascii import anyascii  # noqa: PLC0415 - its tables are loaded only for text that is not Latin

    return " ".join(_CAMEL.sub(" ", anyascii(text)).casefold().split())


@lru_cache(maxsize=16_384)
def tokens(text: str) -> tuple[str, ...]:
    """The folded words of a name in their order; an apostrophe joins (`O'Neil` → `oneil`), all else parts."""
    return tuple(_WORD.findall(fold(text).translate(_KEEP_TOGETHER)))


def query_words(text: str) -> tuple[str, ...]:
    """The words somebody typed: like tokens, but an e-mail address or a phone number stays one word."""
    words: list[str] = []
    for raw in _QUERY_WORD.findall(fold(text)):
        word = raw.strip('.,;:()[]<>"“”„«»!?')
        if "@" in word and word.strip("@"):
            words.append(word)
        else:
            words.extend(_WORD.findall(word.translate(_KEEP_TOGETHER)))
    return tuple(words)


def deletions(token: str) -> tuple[str, ...]:
    """The token and each form with one letter left out (SymSpell's idea): two words with an error share one.

    Tokens shorter than 3 letters have only themselves; of very long ones the first 24 letters count.
    """
    token = whole_form(token)
    if len(token) < _SHORTEST_WITH_DELETIONS:
        return (token,)
    return tuple(dict.fromkeys([token, *[token[:at] + token[at + 1 :] for at in range(len(token))]]))


def whole_form(token: str) -> str:
    """The form from which nothing is left out, first of a token's `deletions`."""
    return token[:_LONGEST_WITH_DELETIONS]


def halves(token: str) -> tuple[str, ...]:
    """The two halves of a longer token, marked by their side: an error in one leaves the other (for mailboxes)."""
    if len(token) < _SHORTEST_HALVED:
        return ()
    return (f"<{token[: len(token) // 2]}", f">{token[len(token) // 2 :]}")


def halves_meant(typed: str) -> tuple[str, ...]:
    """The halves of tokens that differ from the typed one by one error, which may have made it longer or shorter."""
    lengths = range(max(_SHORTEST_HALVED, len(typed) - 1), len(typed) + 2)
    starts = (f"<{typed[: length // 2]}" for length in lengths)
    ends = (f">{typed[length // 2 - length :]}" for length in lengths)
    return tuple(dict.fromkeys([*starts, *ends]))


def is_ideographic(text: str) -> bool:
    """True for writing with signs for words, whose reading in Latin letters is not how they are spelt: Chinese ones."""
    return not text.isascii() and _IDEOGRAPHS.search(text) is not None


def is_unvowelled(text: str) -> bool:
    """True for writing that leaves short vowels out: Arabic and Hebrew letters."""
    return not text.isascii() and _UNVOWELLED.search(text) is not None


@lru_cache(maxsize=32_768)
def skeleton(token: str) -> str:
    """A folded word's consonants, doubled ones once: `mohammed` and the letters of its Arabic form give `mhmd`."""
    return undoubled(token.translate(_NO_VOWELS))


def undoubled(text: str) -> str:
    """Each mark that stands several times in a row, once."""
    return "".join([mark for mark, before in zip(text, f"\0{text}", strict=False) if mark != before])


def skeleton_forms(token: str) -> tuple[str, ...]:
    """The form under which a word written without vowels is found by one written with them."""
    bones = skeleton(token)
    return (f"~{bones}",) if len(bones) > 1 else ()


def stable_hash(text: str) -> int:
    """The same number in every process and on every machine, between 0 and 2**63 - 1."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


def trigrams(token: str) -> frozenset[str]:
    """Groups of three letters, with the word's edges marked, so that beginnings weigh more."""
    padded = f"  {token} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
