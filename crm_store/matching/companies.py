"""Reads company names: the legal form is a typed token at either end, kept apart and never taken to nothing."""

from dataclasses import dataclass
from functools import lru_cache

from crm_store.matching.normalise import clean, fold, tokens

# Folded token sequences; the word behind = is the form they all mean.
_FORMS_AS_WRITTEN = """
gmbh=gmbh|gesellschaft mit beschraenkter haftung|gesellschaft mit beschrankter haftung|ges m b h|g m b h|mbh
gmbh co kg=gmbh co kg|gmbh und co kg|gmbh and co kg|ag co kg
ag=ag|aktiengesellschaft
kg=kg|co kg|kommanditgesellschaft
ohg=ohg|ug=ug haftungsbeschraenkt|ev=e v
ltd=ltd|limited|co ltd|company limited|pte ltd|pvt ltd|private limited|pty ltd|proprietary limited|ltd co|l t d
plc=plc|p l c|public limited company
llc=llc|l l c|limited liability company
llp=llp|l l p|lp|limited partnership
inc=inc|incorporated
corp=corp|corporation
co=co|company|cie|und co|and co
sa=sa|s a|societe anonyme|sociedad anonima
sas=sas|s a s|sasu
sarl=sarl|s a r l|eurl
sl=sl|s l|slu|s l u|sociedad limitada
srl=srl|s r l|srls
spa=spa|s p a|societa per azioni
snc=snc|s n c
bv=bv|b v|besloten vennootschap
nv=nv|n v|naamloze vennootschap
ab=ab|aktiebolag|oy=oy|oyj|as=a s|aps=aps|asa=asa
spzoo=sp z o o|sp zoo|spolka z ograniczona odpowiedzialnoscia|spzoo
sro=s r o|sro|spol s r o
kft=kft|zrt=zrt|nyrt=nyrt|doo=doo|d o o|dd=d d
ooo=ooo|oao=oao|zao=zao|pao=pao|ao=ao|tov=tov|ip=ip
ltdsti=anonim sirketi|ltd sti|limited sirketi|san ve tic ltd sti|san tic ltd sti|as=as
kk=kk|k k|kabushiki kaisha|kabushiki gaisha|zhu shi hui she
gk=godo kaisha|yk=yugen kaisha
sdnbhd=sdn bhd|bhd|tbk=tbk|pt=pt
ltda=ltda|limitada|eireli=eireli|sapi de cv=sa de cv|sapi de cv|s de rl de cv
fzc=fze|fzc|fz llc|dmcc|wll=w l l|wll
"""
_FRONT_ONLY = frozenset({"the"})
_FILLERS = frozenset({"the", "and", "und", "et", "y", "e", "i", "of"})
_WEAK_WORDS_TEXT = """
group holding holdings international intl global solutions services service consulting partners systems technologies
technology tech software industries enterprises ventures capital labs studio studios media digital gruppe groupe
grupo gruppo grupa europe deutschland uk usa
"""
_WEAK_WORDS = frozenset(_WEAK_WORDS_TEXT.split())
_FRONT_FORMS_TEXT = """
ooo oao zao pao ao tov ip pt sa sarl sas kk as ab gmbh the
"""
_FRONT_FORMS = frozenset(_FRONT_FORMS_TEXT.split())


def _read_forms() -> dict[tuple[str, ...], str]:
    forms: dict[tuple[str, ...], str] = {}
    for line in _FORMS_AS_WRITTEN.split("\n"):
        meaning = ""
        for piece in filter(None, line.split("|")):
            head, equals, written = piece.partition("=")
            meaning = head.replace(" ", "") if equals else meaning
            forms[tuple((written if equals else head).split())] = meaning
    return forms


_FORMS = _read_forms()
_LONGEST_FORM = max(len(form) for form in _FORMS)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company's name in folded words: `core` tells it from others, `forms` are its legal forms."""

    core: tuple[str, ...]
    forms: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The core as one string."""
        return " ".join(self.core)


def parse(text: str) -> CompanyName:
    """Core words and legal forms; forms are taken off both ends as long as a word remains. Never raises."""
    words = _words(text)
    forms: list[str] = []
    while True:
        found = _form_at_end(words) or _form_at_front(words)
        if found is None:
            core = tuple(word for word in words if word not in _FILLERS) or words
            if core == words:
                return CompanyName(core, tuple(forms))
            words = core
        else:
            words, form = found
            forms.append(form)


@lru_cache(maxsize=8_192)
def company_key(text: str) -> str:
    """The key under which two spellings of one company meet: `The Acme Co., Ltd.` and `ACME` give `acme`."""
    return parse(text).key


def is_weak_word(word: str) -> bool:
    """True for words that many companies carry (group, services): folded, they tell little."""
    return word in _WEAK_WORDS or word in _FILLERS or (word,) in _FORMS


def is_legal_form(word: str) -> bool:
    """True for a folded word that is a legal form by itself."""
    return (word,) in _FORMS


def legal_words() -> tuple[str, ...]:
    """All folded words that are legal forms by themselves."""
    return tuple(form[0] for form in _FORMS if len(form) == 1)


def _words(text: str) -> tuple[str, ...]:
    readable = clean(text).replace("株式会社", " kk ").replace("有限会社", " yk ").replace("有限公司", " co ltd ")
    readable = readable.replace("&", " and ").replace("+", " and ")
    return tokens(fold(readable))


def _form_at_end(words: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        form = _FORMS.get(words[-length:])
        if form and any(word not in _FILLERS for word in words[:-length]):
            return words[:-length], form
    return None


def _form_at_front(words: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    if len(words) > 1 and words[0] in _FRONT_FORMS - _FRONT_ONLY and (words[0],) in _FORMS:
        return words[1:], _FORMS[(words[0],)]
    return None
