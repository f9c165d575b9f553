"""Reads the name of a person: titles and suffixes off, `Last, First` turned round, particles with the last name."""

from dataclasses import dataclass
from functools import lru_cache

from crm_store.matching.normalise import clean, fold

_TITLES_TEXT = """
mr mrs ms miss mx sir dame lord lady dr prof professor rev hon herr frau hr fr dipl ing mag mme mlle monsieur madame
sr sra srta don dona dott dottssa avv sig signor signora pan pani gospodin eng arq lic mgr doc judr mudr phdr bc me
drs ir maitre sheikh shaikh haj hajj
"""
_TITLES = frozenset(_TITLES_TEXT.split())
_SUFFIXES_TEXT = """
jr sr ii iii iv phd md mba msc bsc ma ba cpa esq pmp cfa llm llb dds jd cissp mcse rn pe od dphil dipl meng
"""
_SUFFIXES = frozenset(_SUFFIXES_TEXT.split())
_PARTICLES_TEXT = """
van von vom zu zum zur de der den del dela della delle dello di da das do dos du des la le les el al bin ibn ben abu
bint ter ten te af av y e san saint st mac fitz op
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_NO_UPPER = 2


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a person's name as written, except that capitals all through are made readable."""

    first: str = ""
    middle: str = ""
    last: str = ""
    title: str = ""
    suffix: str = ""

    @property
    def full(self) -> str:
        """First, middle and last name in this order."""
        return " ".join(part for part in (self.first, self.middle, self.last) if part)


@lru_cache(maxsize=8_192)
def parse(text: str) -> PersonName:
    """The parts of a name; one word alone is a first name, unless a title stands before it. Never raises."""
    text = clean(text).strip(" ,;\"'<>")
    main, comma, behind = text.partition(",")
    if comma and _all_suffixes(behind):
        name = _in_order(main.split())
        return PersonName(name.first, name.middle, name.last, name.title, behind.strip(" ,"))
    if comma and behind.strip(" ,") and main.strip():
        return _last_first(main, behind)
    return _in_order(main.split())


def is_particle(word: str) -> bool:
    """True for van, de, bin and the like."""
    return _bare(word) in _PARTICLES


def display(text: str) -> str:
    """A name as people write it: `MÜLLER, Katherine` becomes `Katherine Müller`; titles stay off, suffixes on."""
    name = parse(text)
    return " ".join(part for part in (name.full, name.suffix) if part) or clean(text)


def initials(text: str) -> str:
    """The folded first letters of first and last name: `km`."""
    name = parse(text)
    return "".join(fold(part)[:1] for part in (name.first, name.last) if part)


def _last_first(main: str, behind: str) -> PersonName:
    given = behind.replace(",", " ").split()
    early = [word for word in given[:1] if len(given) > 1 and _bare(word) in _SUFFIXES]  # `Smith, Jr., John`
    titles, given, suffixes = _strip(given[len(early) :])
    more_titles, last, more_suffixes = _strip(main.split())
    words = [_readable(word) for word in given]
    return PersonName(
        first=words[0] if words else "",
        middle=" ".join(words[1:]),
        last=" ".join(_readable(word) for word in last),
        title=" ".join(more_titles + titles),
        suffix=" ".join(early + more_suffixes + suffixes),
    )


def _in_order(words: list[str]) -> PersonName:
    titles, words, suffixes = _strip(words)
    shown = [_readable(word) for word in words]
    title, suffix = " ".join(titles), " ".join(suffixes)
    if len(shown) < 2:
        alone = shown[0] if shown else ""
        return PersonName("", "", alone, title, suffix) if titles else PersonName(alone, "", "", title, suffix)
    start = next((at for at in range(1, len(words) - 1) if is_particle(words[at])), len(words) - 1)
    return PersonName(shown[0], " ".join(shown[1:start]), " ".join(shown[start:]), title, suffix)


def _strip(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Titles at the front and suffixes at the back, never taking the last word that is left."""
    front, back = 0, len(words)
    while front < back - 1 and _bare(words[front]) in _TITLES:
        front += 1
    while back > front + 1 and _bare(words[back - 1]) in _SUFFIXES:
        back -= 1
    return words[:front], words[front:back], words[back:]


def _all_suffixes(text: str) -> bool:
    words = text.replace(",", " ").split()
    return bool(words) and all(_bare(word) in _SUFFIXES for word in words)


def _readable(word: str) -> str:
    """Capitals all through are softened (`O'NEIL-SMITH` → `O'Neil-Smith`), initials stay."""
    letters = [mark for mark in word if mark.isalpha()]
    if len(letters) <= _NO_UPPER or not all(mark.isupper() for mark in letters) or "." in word[:-1]:
        return word
    return word.title().replace("’S", "’s") if not is_particle(word) else word.lower()


def _bare(word: str) -> str:
    return fold(word).replace(".", "").replace("'", "")
