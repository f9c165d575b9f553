"""Dates as mail programs show them above a forwarded mail, in the language of its sender or reader."""

import re
import warnings
from datetime import datetime

from ingest.headers import read_date
from ingest.parsed import Mailbox

_MOST_CHARACTERS = 100
_NOISE = re.compile(r"\b(?:um|klo|kl\.?|at|a las|às|à|alle|om|o godz\.|в|ob|kell)\b", re.IGNORECASE)
_ZONE_NAMES = {"oesz": "+03:00", "oez": "+02:00", "mesz": "+02:00", "mez": "+01:00", "hnec": "+01:00", "heec": "+02:00"}
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]|\([月火水木金土日]\)"),
    "zh": re.compile(r"周|星期|上午|下午"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ru": re.compile(r"[\u0430-\u044f]"),
}
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "en": ("from", "sent", "subject"),
    "de": ("von", "gesendet", "betreff", "an"),
    "fr": ("envoyé", "objet", "à", "expéditeur"),
    "es": ("fecha", "asunto", "enviado"),
    "it": ("oggetto", "inviato", "mittente"),
    "nl": ("onderwerp", "van", "verzonden", "aan"),
    "pl": ("temat", "nadawca", "od", "wysłano"),
    "pt": ("assunto", "enviada em"),
    "ru": ("тема", "дата", "кому"),
    "sv": ("ämne", "från", "skickat", "till"),
    "da": ("emne", "fra", "sendt"),
    "nb": ("emne", "fra", "sendt"),
    "fi": ("aihe", "lähettäjä"),
    "tr": ("konu", "kimden"),
    "cs": ("předmět", "odesláno"),
    "hu": ("tárgy", "feladó"),
    "ja": ("件名",),
    "zh": ("主题", "主旨", "发件人", "收件人"),
    "el": ("θέμα", "από"),
    "ko": ("제목",),
    "vi": ("chủ đề",),
    "uk": ("від",),
}


def moment(text: str | None, labels: tuple[str, ...]) -> datetime | None:
    """The time a shown date means, aware only where it names its zone; None where it cannot be told."""
    if not text:
        return None
    text = " ".join(text.split())[:_MOST_CHARACTERS]
    if re.search(r"[+-]\d{4}|GMT", text):
        found = read_date(text)
        if found:
            return found
    return _localised(text, labels)


def _localised(text: str, labels: tuple[str, ...]) -> datetime | None:
    import dateparser  # noqa: PLC0415 - half a second to load, and only the parser child ever needs it.

    for name, offset in _ZONE_NAMES.items():
        text = re.sub(rf"\b{name}\b", offset, text, flags=re.IGNORECASE)
    languages = [code for code, script in _SCRIPTS.items() if script.search(text)]
    languages += [code for code, words in _LANGUAGES.items() if any(word in labels for word in words)]
    languages = list(dict.fromkeys(languages)) or ["en"]
    plain = _NOISE.sub(" ", text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Its own use of the standard library is not our reader's concern.
        for candidate in (plain, text):
            try:
                found = dateparser.parse(candidate, languages=languages[:3], settings={"STRICT_PARSING": True})
            except (ValueError, TypeError, OverflowError, AttributeError, RecursionError):
                found = None
            if found:
                return found
    return None


def shown(sentence: str | None, who: Mailbox) -> str | None:
    """The date inside an announcing sentence: what is left of it without the person and the words around."""
    if not sentence:
        return None
    head = sentence
    for mark in (who.address, who.name):
        if mark and mark in head:
            head = head[: head.index(mark)]
    found = re.search(r"\d.*\d", head)
    return found[0].strip(" ,") if found else None
