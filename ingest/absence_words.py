"""Words of automatic replies in many languages: back on a day, gone for good, somebody to turn to."""

import re
from typing import Final

from ingest.day_words import folded

_BACK_BEFORE: Final = (
    "back|return|until|till|through|up to and including|zurück|wieder|bis|ab dem|erreichbar ab|hasta|regres|"
    "vuelv|volver|"
    "reincorpor|jusqu|retour|reviens|reviendrai|fino al|fino a|rientr|torner|ritorno|tot en met|tot|t/m|terug|do dnia|"
    "wracam|wróc|powrót|powrotu|do|até|retorn|volt|regress|до|вернусь|вернется|возвращ|по|till och med|t.o.m|tillbaka|"
    "åter|till|til og med|tilbage|indtil|tilbake|palaan|takaisin|zpět|vrát|visszatér|vissza|dönece|döne|până|revin|"
    "reveni|întor|έως|μέχρι|επιστρ|повернусь|повернуся|поверн|至|到|返回|回来|حتى|أعود|سأعود|العودة|עד|אחזור|חזרה|"
    "復帰|복귀"
)
_BACK_AFTER: Final = "asti|saakka|mennessä|まで|以降|より復帰|까지|부터|kadar|tarihine|之前|回来|返回|ig|-ig|itibaren"
_GONE: Final = (
    r"no longer (?:with|at|work|employ|part of|a part)|(?:has|have) left (?:the )?(?:company|organi[sz]ation|firm|"
    r"business)|"
    r"(?:nicht mehr|nicht länger)[^.!?]{0,60}(?:tätig|beschäftigt|arbeite|unternehmen)|unternehmen verlassen|"
    r"ausgeschieden|"
    r"ya no (?:trabaj|form|pertene)|ne (?:travaill|fai|fait)\w* plus|quitté (?:la|l'|l’|notre|cette) ?(?:société|"
    r"entreprise)|"
    r"non (?:lavor\w+|fa|faccio) più|più in forza|niet (?:meer|langer)[^.!?]{0,30}(?:werkzaam|in dienst)|"
    r"(?:już|juz) nie pracuj|nie pracuj\w+ (?:już|juz)|não (?:trabalh\w+|faz\w*|faço) mais|já não trabalh|"
    r"больше не работа|"
    r"уволил|slutat (?:på|hos|i)|inte längre (?:kvar|anställd|arbetar)|ikke længere (?:ansat|arbejder|hos)|fratrådt|"
    r"sluttet i|ikke lenger (?:ansatt|jobber|arbeider)|(?:en|ei) (?:ole )?enää (?:työskentele|töissä|palveluksessa)|"
    r"(?:již|už) ne(?:pracuj|zaměstnán)|már nem (?:dolgoz|munkat)|artık[^.!?]{0,40}çalışm|nu mai lucr|"
    r"δεν εργάζ\w+ πλέον|більше не працю|退職|离职|離職|不再任职|퇴사|퇴직|لم يعد يعمل|لم أعد أعمل|"
    r"אינו עובד עוד|כבר לא עובד|"
    r"כבר לא עובדת|אינה עובדת עוד"
)
_TURN_TO: Final = (
    "contact|reach|turn to|write to|e-mail|email|mail to|urgent|wenden|kontakt|vertret|dringend|dirija|dirigirse|"
    "póngase|"
    "contactez|adress|remplac|joindre|rivolg|contatt|sostitu|neem contact|vervang|prosz|zastęp|contact|fale com|"
    "encaminh|"
    "обращ|замеща|связ|kontakta|vänd dig|henvend|kontakte|ota yhteyttä|sijai|obrať|zastup|fordul|helyettes|iletişim|"
    "başvur|adresa|înlocu|επικοιν|απευθ|зверта|連絡|担当|联系|聯繫|联络|연락|문의|اتصل|تواصل|للاتصال|"
    "פנו|ליצור קשר|לפנות"
)


def _any(words: str) -> re.Pattern[str]:
    """One pattern for all, folded as the text will be; a short word must stand alone."""
    longest = sorted({folded(word) for word in words.split("|")}, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in longest))


def _bounded(word: str) -> str:
    if not ("a" <= word[0] <= "z" or "α" <= word[0] <= "я"):
        return re.escape(word)
    return rf"(?<!\w){re.escape(word)}" + (r"(?!\w)" if len(word) <= 4 else "")


BACK_BEFORE: Final = _any(_BACK_BEFORE)
BACK_AFTER: Final = re.compile("|".join(re.escape(folded(word)) for word in _BACK_AFTER.split("|")))
GONE: Final = re.compile(_GONE, re.IGNORECASE)
TURN_TO: Final = _any(_TURN_TO)
