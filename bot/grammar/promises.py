"""Promises in what we wrote (`I'll send the quote Friday`), in five languages, without a language model."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import foreign_days
from bot.grammar.commands import TaskOffer

_LONGEST_TEXT: Final = 20_000
_LONGEST_SENTENCE: Final = 400
_LONGEST_TITLE: Final = 120
_MOST: Final = 3
_OLD: Final = timedelta(days=14)
# A point ends a sentence unless it stands in a number or a date (3.12., 1.5).
_SENTENCE: Final = re.compile(r"(?<=[!?;\n])\s*|(?<=\D\.)\s+(?=[A-ZÄÖÜÀÉÈÍÓÚÑ¡¿])|\n+")
_QUOTED: Final = re.compile(r"^\s*[>|]")


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a language promises.

    `promise` finds the subject and leaves what follows; `acts` are verbs that are promises even without a day; `never`
    are what a promise is not: conditions, doubts, states; `to` are words for the one it is promised to. Where the
    one who gets it is the subject (`you will have it by Friday`), it counts only with its day. With a day whatever is
    done for the reader is a promise, by any verb: `gives` finds that somebody gets something.
    """

    promise: re.Pattern[str]
    acts: re.Pattern[str]
    never: re.Pattern[str]
    to: re.Pattern[str]
    dated: bool = False
    gives: re.Pattern[str] | None = None


def _tongue(promise: str, acts: str, never: str, to: str, *, dated: bool = False, gives: str = "") -> _Tongue:
    flags = re.IGNORECASE
    return _Tongue(
        re.compile(promise, flags),
        re.compile(rf"(?<!\w)(?:{acts})", flags),
        re.compile(rf"(?<!\w)(?:{never})(?!\w)", flags),
        re.compile(rf"(?<!\w)(?:{to})(?!\w)\s*", flags),
        dated,
        re.compile(rf"(?<!\w)(?:{gives})(?!\w)", flags) if gives else None,
    )


_TONGUES: Final = (
    _tongue(
        r"(?:(?<!\w)(?:let\s+me|(?:i|we)(?:['’]ll|\s+(?:will|shall|promise\s+to|promised\s+to)|"
        r"(?:['’]m|['’]re|\s+am|\s+are)(?:\s+going\s+to|(?=\s+(?:sending|forwarding|shipping|preparing)(?!\w)))))|"
        r"^will(?=\s+(?!you|he|she|they|it|we|i|there|this|that)\w))"
        r"\s+(?:(?:then|also|just|gladly|happily|definitely|certainly|of\s+course|make\s+sure\s+to|try\s+to)\s+)*",
        r"send|get\s+(?:you|him|her|them|it)|forward|share|call|ring|e-?mail|write|prepare|draft|check|clarify|find\s+out|look\s+into|get\s+back|"
        r"come\s+back|follow|provide|deliver|ship|arrange|schedule|set\s+up|organi[sz]e|book|update|confirm|let\s+you\s+"
        r"know|reply|answer|quote|review|bring|introduce|ask|return|put\s+together|work\s+out|sort|fix|invite|sign|pay|"
        r"transfer|refund|present|ping|drop|text|pass|hand|take\s+care|talk|speak|add|publish|upload",
        r"if|unless|not|never|let\s+me\s+know|(?:do|does|did)n['’]t\s+(?:think|know|believe|expect)|maybe|perhaps|would|could|might|hope|be|meet|visit|attend|join|travel|fly|arrive|stay|work\s+(?:from|until)|"
        r"see\s+you|see|miss|need|have\s+(?:to|lunch|dinner|a\s+(?:meeting|call|baby))|wait",
        r"(?<!let\s)(?:to\s+)?(?:you|him|her|them)(?:\s+(?:all|both|guys))?|over(?=\s+the)",
        gives=r"(?:(?:i|we)(?:['’]ll|\s+(?:will|shall))|(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)\s+going\s+to)\s+\w+",
    ),
    _tongue(
        r"(?<!\w)(?:(?:ich|wir)\s+(?:werden?\s+)?|(?:werden?|schicken?|senden?|melden?|liefern?|rufen?|kl[äa]ren?|"
        r"pr[üu]fen?|erstellen?|bringen?|geben?|mailen?|bereiten?|best[äa]tigen?|reichen?|lassen?|k[üu]mmern?|leiten?|"
        r"organisieren?|vereinbaren?|antworten?|[üu]bersenden?)(?=\s+(?:ich|wir)(?!\w)))",
        r"schick\w*|send\w*|zu(?:ge)?send\w*|meld\w*|liefer\w*|ruf\w*|kl[äa]r\w*|pr[üu]f\w*|erstell\w*|bring\w*|"
        r"(?:weiter|bescheid)\s*geb\w*|gebe\w*\s+\w+\s+bescheid|mail\w*|bereit\w*\s+\w+|vorbereiten|nachreich\w*|"
        r"weiterleit\w*|leite\w*\s|best[äa]tig\w*|organisier\w*|vereinbar\w*|antwort\w*|übersend\w*|anruf\w*|komme\s+auf|"
        r"k[üu]mmer\w*|zukommen|reiche?n?\s.*\snach(?!\w)|lassen?\s.*\swissen",
        r"wenn|falls|sofern|nicht|kein\w*|nie|niemals|vielleicht|w[üu]rde\w*|k[öo]nnte\w*|h[äa]tte\w*|habe\w*|hatte\w*|war\w*|"
        r"bin|sind|hoffe\w*|freue\w*|danke\w*|w[üu]nsch\w*|schreibe\w*|sehe\w*|bitte\w*|gratulier\w*",
        r"(?:ich|wir|ihnen|dir|euch|sie|dich|ihm|ihr)",
        gives=r"ihnen|dir|euch|auf\s+(?:sie|dich)\s+zu",
    ),
    _tongue(
        r"(?<!\w)(?:je|j['’]|nous(?=\s+(?:\S+\s+){0,2}\w+ons(?!\w))|on)\s*(?:(?:vous|te|t['’]|lui|leur|le|la|les|l['’]|me|m['’])\s*)*",
        r"envoi\w*|enverr\w*|(?:vais|allons|va)\s+(?:\S+\s+)?(?:envoyer|appeler|rappeler|pr[ée]parer|v[ée]rifier|revenir|"
        r"transmettre|faire|confirmer|organiser|livrer|r[ée]pondre|adresser|communiquer)|transmet\w*|appell\w*|rappell\w*|"
        r"pr[ée]par\w*|v[ée]rifi\w*|revien\w*|adress\w*|confirm\w*|organis\w*|livr\w*|r[ée]pond\w*|occup\w*|communiqu\w*|"
        r"fai[st]\s+parvenir|ferai|ferons",
        r"si|ne|n['’]\w+|pas|jamais|peut-[êe]tre|pourrai\w*|pourrions|aimerai\w*|voudrai\w*|serai[st]|ai|avons|suis|sommes|"
        r"esp[èe]r\w*|remerci\w*|étais|avais|souhait\w*|voi[st]|verr\w*|écri\w*|pri\w*",
        r"(?:vous|te|lui|leur)",
        gives=r"(?:je|nous|on)\s+(?:vous|te)|(?:je|nous|on)\s+t['’]\w+",
    ),
    _tongue(
        r"(?<!\w)(?:(?:yo|nosotros)\s+)?(?:(?:te|le|les|os|se\s+l[oa]s?)\s+)(?=\w*(?:o|amos|emos|imos|[aei]ré)(?!\w))|"
        r"(?<!\w)(?:(?:yo|nosotros)\s+)?(?=(?:enviar|mandar|llamar|preparar|confirmar|revisar|escribir|responder|entregar)"
        r"(?:é|emos)(?!\w))|(?<!\w)(?:voy|vamos)\s+a\s+|"
        r"(?<!\w)(?:me|nos)\s+(?=(?:encarg|ocup)(?:o|amos|ar[ée]\w*)(?!\w))",
        r"env[ií]\w*|mand\w*|llam\w*|prepar\w*|confirm\w*|revis\w*|escrib\w*|respond\w*|entreg\w*|pas(?:o|amos|ar\w*)|"
        r"encarg\w*|ocup\w*|avis\w*|har(?:é|emos)|cont[ae]st\w*|compart\w*|reenv\w*",
        r"si|no|nunca|quiz[áa]s?|tal\s+vez|podr[íi]a\w*|gustar[íi]a\w*|quisiera\w*|agradezco|agradecemos|espero|esperamos|"
        r"deseo|deseamos|saludo|recuerdo|veo|vemos|pido|pedimos",
        r"(?:te|le|les|os|se\s+l[oa]s?)",
        gives=r"(?:te|le|les|os|se\s+l[oa]s?)\s+\w*(?:o|amos|emos|imos|[aei]ré)",
    ),
    _tongue(
        r"(?<!\w)(?:(?:ik|wij|we)\s+(?:zal|zullen|ga|gaan)?\s*|(?:zal|zullen|stuur|sturen|bel|bellen|mail|mailen|kom|komen|"
        r"regel|regelen|lever|leveren)(?=\s+(?:ik|wij|we)(?!\w)))",
        r"stu(?:ur|ren)\w*|toe(?:ge)?stu\w*|bel(?:len)?(?!\w)|terugbel\w*|mail(?:en)?(?!\w)|kom(?:en)?\s+\S*\s*(?:hier\s+)?"
        r"(?:er)?op\s+terug|terugkom\w*|regel(?:en)?(?!\w)|lever(?:en)?(?!\w)|maak(?:t)?(?!\w)|maken|zoek\w*|controleer\w*|"
        r"controleren|bevestig\w*|laat\s+\w+\s+weten|laten\s+weten|vraag|vragen|verzend\w*|bezorg\w*|zorg\w*|plan(?:nen)?(?!\w)",
        r"als|indien|niet|geen|nooit|misschien|zou\w*|kunnen|kan|hoop|hopen|heb|hebben|had\w*|ben|zijn|was|dank\w*|"
        r"zie|zien|wens\w*|schrijf",
        r"(?:ik|wij|we|u|je|jou|jullie|hem|haar|hen)",
        gives=r"u|je|jou|jullie",
    ),
    _tongue(
        r"(?<!\w)you(?:['’]ll|\s+will)\s+(?=(?:get|have|receive|hear)(?!\w))",
        r"get|have|receive|hear",
        r"if|unless|not|never|maybe|perhaps|have\s+to|get\s+to",
        r"you",
        dated=True,
    ),
    _tongue(
        r"(?<!\w)(?:(?:sie|du|ihr)\s+(?=(?:erhalten|erhältst|erhaltet|bekommen|bekommst|bekommt|h[öo]ren)(?!\w))|"
        r"(?=(?:erhalten|bekommen|h[öo]ren)\s+sie(?!\w))|(?<=\s)(?=haben\s+sie(?!\w)))",
        r"erh[aä]lt\w*|bekomm\w*|h[öo]ren|haben",
        r"wenn|falls|sofern|nicht|kein\w*|nie|vielleicht|dank\w*|haben\s+sie\s+(?:bereits|schon|gestern)",
        r"(?:sie|du|ihr)",
        dated=True,
    ),
    _tongue(
        r"(?<!\w)(?:vous|tu)\s+(?=(?:recevr|aur)(?:ez|as)(?!\w))",
        r"recevr\w*|aur\w*",
        r"si|ne|n['’]\w+|pas|jamais|peut-[êe]tre",
        r"(?:vous|tu)",
        dated=True,
    ),
    _tongue(
        r"(?<!\w)(?:usted(?:es)?\s+|lo\s+|la\s+)?(?=(?:recibir|tendr)(?:á|ás|án|éis)(?!\w))",
        r"recibir\w*|tendr\w*",
        r"si|no|nunca|quiz[áa]s?|tal\s+vez|que",
        r"(?:usted|ustedes)",
        dated=True,
    ),
    _tongue(
        r"(?<!\w)(?:u|je|jullie)\s+(?=(?:ontvang|krijg|hoor)(?:t|en)?(?!\w))",
        r"ontvang\w*|krijg\w*|hoor\w*",
        r"als|indien|niet|geen|nooit|misschien|heb\w*|had\w*",
        r"(?:u|je|jullie)",
        dated=True,
    ),
)


def made_in(text: str, said_at: datetime, zone: ZoneInfo, now: datetime) -> tuple[TaskOffer, ...]:
    """What its writer promises in a text, each with its day; days are counted from when it was said.

    What is over is left out: a day that lies behind `now`, or a promise without a day that is two weeks old.
    """
    found: dict[str, TaskOffer] = {}
    for sentence in _sentences(text[:_LONGEST_TEXT]):
        offer = _promise(sentence, said_at, zone)
        if offer is None or _over(offer, said_at, now, zone):
            continue
        found.setdefault(offer.title.casefold(), offer)
        if len(found) == _MOST:
            break
    return tuple(found.values())


def _over(offer: TaskOffer, said_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    if offer.due is None:
        return now - said_at > _OLD
    return offer.due.astimezone(zone).date() < now.astimezone(zone).date()


def _sentences(text: str) -> list[str]:
    lines = "\n".join(line for line in text.splitlines() if not _QUOTED.match(line))
    return [one.strip() for one in _SENTENCE.split(lines) if one and one.strip()]


def _promise(sentence: str, said_at: datetime, zone: ZoneInfo) -> TaskOffer | None:
    if sentence.endswith("?") or len(sentence) > _LONGEST_SENTENCE:
        return None
    for tongue in _TONGUES:
        found = tongue.promise.search(sentence)
        if found is None or tongue.never.search(sentence):
            continue
        day = foreign_days.find(sentence, said_at, zone)
        said = _begun(found) + _without(sentence, found.end(), day)
        if not _counts(tongue, sentence[found.start() :], said, dated=day is not None):
            continue
        title = _title(said, tongue)
        if title:
            return TaskOffer(title, day.at if day else None, promised=True)
    return None


def _counts(tongue: _Tongue, from_subject: str, said: str, *, dated: bool) -> bool:
    if tongue.acts.search(said) is not None:
        return dated or not tongue.dated
    return dated and tongue.gives is not None and tongue.gives.search(from_subject) is not None


def _begun(found: re.Match[str]) -> str:
    """Where the verb stands before its subject (`Morgen schicke ich …`), it belongs to what is promised."""
    verb = found[0].strip()
    return f"{verb} " if verb and " " not in verb and not _IS_SUBJECT.fullmatch(verb) else ""


_IS_SUBJECT: Final = re.compile(
    r"i|we|i['’]ll|we['’]ll|you['’]ll|ich|wir|je|j['’]|nous|on|ik|wij|we|te|le|les|os", re.IGNORECASE
)


def _without(sentence: str, start: int, day: foreign_days.Day | None) -> str:
    """What follows the subject, without the words of its day."""
    if day is None or day.end <= start:
        return sentence[start:]
    return f"{sentence[start : max(start, day.start)]} {sentence[day.end :]}"


def _title(text: str, tongue: _Tongue) -> str:
    words = " ".join(tongue.to.sub("", text).split()).strip(" ,;:.-–!")
    words = re.sub(
        r"\s+(?:by|on|until|before|at|for|to|and|the|with|bis|am|bei|zum|le|el|op|voor|pour|para)$", "", words
    )
    return words[:_LONGEST_TITLE].rstrip()
