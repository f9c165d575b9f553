"""Warnings that a gateway puts above a mail from outside: told by where they stand and what they speak of together.

A tag stands alone on the first line, in brackets, stars or capitals, and says little more than “external”. A warning is
the first paragraph, says that the mail came from outside, and not to open what it brings.
"""

import re
from typing import Final

_MOST_LINES: Final = 8
_MOST_CHARACTERS: Final = 600
_MOST_TAG: Final = 40
_MOST_PIECES: Final = 2
_RULE: Final = re.compile(r"[\s\-_=*#~─━—]{3,200}")
_TAG: Final = re.compile(
    r"[\[(*<{!#|\s]{0,6}\b(?:ext|extern[a-zà-ü]{0,4}|esterno|ekstern)"
    r"(?: (?:e-?mail|mail|sender|message|absender))?\W{0,6}",
    re.IGNORECASE,
)
_OUTSIDE: Final = (
    r"(?:extern[a-zà-ü]{0,4}|outside|außerhalb|ausserhalb|extérieure?|estern[aeio]|buiten|fuera|fora|zewnątrz|zewnętrzn\w{1,4}|"
    r"ekstern\w{0,2}|utanför|внешн\w{1,4}|外部)"
)
_HOUSE: Final = (
    r"(?:e-?mails?|mail|message|nachricht|sender|source|absender|expéditeur|remitente|remetente|mittente|afzender|nadawc\w{1,3}|"
    r"avsändare|avsender|organi[sz]\w{2,10}|company|institution|unternehmens?|firma|entreprise|empresa|azienda|organizzazione|"
    r"bericht|courriel|correo|mensa\w{2,5}|wiadomoś\w{1,3}|отправител\w{1,3}|メール|邮件|送信)"
)
_FROM_OUTSIDE: Final = re.compile(
    rf"{_OUTSIDE}\W{{1,3}}(?:\w{{1,12}}\W{{1,3}}){{0,3}}?{_HOUSE}|{_HOUSE}\W{{1,3}}(?:\w{{1,12}}\W{{1,3}}){{0,4}}?{_OUTSIDE}|"
    rf"{_OUTSIDE}[のから]{{0,3}}{_HOUSE}",
    re.IGNORECASE,
)
_BROUGHT: Final = re.compile(
    r"\b(?:links?|liens?|enlaces?|collegament\w|koppelingen|attach\w{0,8}|anhänge?n?|anlagen?|pièces?|adjunt\w{1,2}|anexos?|"
    r"allegat\w|bijlagen?|załącznik\w{0,3}|łącz\w{0,4}|bilag\w{0,4}|länk\w{0,3}|bifog\w{2,6}|click\w{0,3}|klick\w{0,3}|"
    r"cliqu\w{1,3}|вложени\w|ссылк\w{1,2})|添付|リンク|附件|链接",
    re.IGNORECASE,
)
_CARES: Final = (
    r"(?:do not|don.t|unless|only if|careful\w{0,2}|caution|warning|nicht|keine|vorsicht|achtung|seien sie|prudence|"
    r"attention|ne \w{2,12} pas|no (?:haga|abra)|cuidado|precaución|atención|attenzione|non (?:cliccare|aprire)|"
    r"voorzichtig|let op|niet|atenção|não|uwaga|nie|ostrożn\w{2,4}|varning|inte|ikke|forsiktig|осторожн\w|внимание|"
    r"не)\b|注意|ください|请勿"
)
_CARE: Final = re.compile(rf"\b{_CARES}", re.IGNORECASE)
# It speaks of the mail at hand, or begins with what it is about; a person rather begins with somebody's name.
_OPENS: Final = re.compile(
    rf"[\W_]*(?:{_OUTSIDE}|{_CARES}|(?:this|diese|cet?|cette|est[aeo]|quest[aoe]|deze|dit|den(?:na|ne)?|detta|t[ae]n?|"
    r"это|данное)\b|この|此)",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = re.compile(r"[.!?\]*)。！]\s*\Z")


def parted(text: str) -> tuple[str, str]:
    """What a gateway put above a text, and the text; nothing where a person may have written all of it."""
    lines = text.split("\n")
    at = 0
    for _ in range(_MOST_PIECES):
        end = _end_of_tag(lines, at) or _end_of_warning(lines, at)
        if not end:
            break
        at = end
    if not at or not any(line.strip() for line in lines[at:]):
        return "", text
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).lstrip("\n")


def _first_written(lines: list[str], at: int) -> int:
    return next((here for here in range(at, min(len(lines), at + _MOST_LINES)) if lines[here].strip()), -1)


def _end_of_tag(lines: list[str], at: int) -> int:
    here = _first_written(lines, at)
    line = lines[here].strip() if here >= 0 else ""
    set_off = line[:1] in "[(*<{!#|" or line.isupper()
    return here + 1 if line and set_off and len(line) <= _MOST_TAG and _TAG.fullmatch(line) else 0


def _end_of_warning(lines: list[str], at: int) -> int:
    """The line behind a warning and the rule below it; a word more could be the writer's own."""
    here = _first_written(lines, at)
    ruled = here >= 0 and _RULE.fullmatch(lines[here][:_MOST_CHARACTERS]) is not None
    here = _first_written(lines, here + 1) if ruled else here
    if here < 0:
        return 0
    said, end = "", 0
    for place in range(here, min(len(lines), here + _MOST_LINES)):
        line = lines[place].strip()
        if not line or len(said) + len(line) > _MOST_CHARACTERS or (end and not _goes_on(line)):
            break
        said = f"{said} {line}"
        if _warns(said) and _SENTENCE_ENDS.search(said):
            end = place + 1
    if not end:
        return 0
    below = _first_written(lines, end)
    return below + 1 if ruled and below >= 0 and _RULE.fullmatch(lines[below][:_MOST_CHARACTERS]) else end


def _warns(said: str) -> bool:
    return _OPENS.match(said) is not None and all(one.search(said) for one in (_FROM_OUTSIDE, _BROUGHT, _CARE))


def _goes_on(line: str) -> bool:
    """Whether one more line speaks of the same: what not to open."""
    return _BROUGHT.search(line) is not None and _CARE.search(line) is not None
