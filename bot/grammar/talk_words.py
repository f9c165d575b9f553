"""Words in which sales people tell of a talk, in six languages: the verbs, the things, and what leads to a name."""

import re
from typing import Final

from bot.grammar.commands import Kind

VERBS: Final = {
    Kind.CALL: (
        r"tried\s+to\s+(?:call|reach|ring|phone|contact)|called|rang|rung|phoned|spoke(?:n)?|talked|"
        r"rief(?:en)?\s+(?:\w+\s+)?an|telefoniert\w*|angerufen|zur[üu]ckgerufen|gesprochen|sprach|"
        r"(?:r)?appel[ée]e?s?|t[ée]l[ée]phon[ée]|parl[ée]|eu\s+au\s+t[ée]l[ée]phone|llamado|llam[óé]|llamamos|hablado|"
        r"habl[óé]|hablamos|gebeld|teruggebeld|belde|gesproken|sprak|chiamato|chiamata|telefonato|parlato|sentito"
    ),
    Kind.MEETING: (
        r"(?<!heb\s)(?<!hebben\s)(?<!heeft\s)met|visited|saw|ran\s+into|bumped\s+into|caught\s+up|"
        r"sat\s+down|getroffen|traf|gewesen|war(?:en)?(?=\s+(?:\w+\s+)?beim?\s)|besucht|besuchte|"
        r"rencontr[ée]e?s?|visit[ée]e?s?|visitado|reunido|reun[íi]|"
        r"nos\s+reunimos|comido|conocido|ontmoet|bezocht|incontrato|incontrata|visitato"
    ),
    Kind.MAIL: (
        r"e-?mailed|mailed|wrote|written|replied|answered|gemailt|geschrieben|schrieb|geantwortet|[ée]crit|r[ée]pondu|"
        r"escrito|escrib[íi]ó?|respondido|contestado|respondi[óé]|gemaild|geschreven|geantwoord|schreef|scritto|risposto"
    ),
    Kind.MESSAGE: r"texted|messaged|whatsapp(?:ed|t)|pinged|chatted|dm(?:ed|['’]d)|gesimst|gechattet|ge-?appt|chateado",
}  # fmt: skip
THINGS: Final = {
    Kind.CALL: (
        r"(?:phone |zoom )?calls?|phone|voice ?mail|telefonat|anruf|telefongespr[äa]ch|r[üu]ckruf|appel|"
        r"coup\s+de\s+(?:fil|t[ée]l[ée]phone)|llamada|telefoontje|telefoongesprek|chiamata|telefonata"
    ),
    Kind.MEETING: (
        r"meeting|lunch|dinner|breakfast|coffee|visit|demo|workshop|zoom|teams call|beers?|termin|treffen|besprechung|"
        r"mittagessen|abendessen|fr[üu]hst[üu]ck|kaffee|besuch|r[ée]union|rendez-?vous|rdv|d[ée]jeuner|d[îi]ner|caf[ée]|"
        r"visite|reuni[óo]n|comida|almuerzo|cena|visita|afspraak|vergadering|bespreking|koffie|bezoek|riunione|pranzo"
    ),
    Kind.MAIL: r"e-?mail|mail|courriel|correo",
    Kind.MESSAGE: r"message|whatsapp|sms|dm|chat|nachricht|mensaje|bericht(?:je)?|messaggio",
}  # fmt: skip
# What we sent went by mail, if nothing else is said; what they sent may as well be a parcel.
_SENT: Final = r"sent|geschickt|gesendet|envoy[ée]e?|enviado|mandado|gestuurd"
_WE_SENT: Final = (
    rf"^(?:{_SENT})|(?:i|we|ich|wir|habe|haben|j['’]ai|avons|hemos|ik|heb|hebben)\s+(?:[^\s,;:]+\s+){{0,6}}?(?:{_SENT})"
)
_FLAGS: Final = re.IGNORECASE


def _any(words: dict[Kind, str]) -> str:
    return "|".join(words.values())


_HOW: Final = VERBS | {Kind.MAIL: f"{VERBS[Kind.MAIL]}|{_WE_SENT}"}
KIND: Final = tuple((kind, re.compile(rf"(?<!\w)(?:{_HOW[kind]}|{THINGS[kind]})(?!\w)", _FLAGS)) for kind in VERBS)
"""How they talked, by the first of these words."""
VERB: Final = re.compile(rf"(?<!\w)(?:{_any(VERBS)}|{_SENT})(?!\w)", _FLAGS)
THING: Final = re.compile(rf"(?<!\w)(?:{_any(THINGS)})(?!\w)", _FLAGS)
# German and Dutch put the one who was called before the participle and leave out who called: "Ann angerufen".
PARTICIPLE: Final = re.compile(
    r"(?:telefoniert|(?:zur[üu]ck|an)gerufen|ge\w+(?:en|t|d)|getroffen|besucht|bezocht|ontmoet|teruggebeld)$", _FLAGS
)
# Names of days, which are no part of a person's name.
DAY_WORDS: Final = (
    r"today|yesterday|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|heute|gestern|vorgestern|morgen|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|hier|avant-hier|aujourd['’]hui|lundi|mardi|mercredi|"
    r"jeudi|vendredi|samedi|dimanche|ayer|anteayer|hoy|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|"
    r"gisteren|eergisteren|vandaag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|ieri|oggi"
)
# What stands before the talk itself: who tells it, auxiliaries, articles, days, and how it was.
LEADS: Final = re.compile(
    rf"(?:(?:i|we|ich|wir|je|nous|on|yo|nosotros|ik|wij|io|just|quick|short|long|good|great|nice|brief|another|first|"
    r"i['’]ve|we['’]ve|j['’]ai|j['’]|had|have|has|habe|haben|hatte|hatten|hab|ai|avons|avait|he|hemos|tuve|tuvimos|heb|"
    r"hebben|had|ho|abbiamo|got|left|am|vom|der|die|das|den|dem|ein|einen|eine|einer|"
    r"kurz|kurzer|kurzes|gutes|guter|gute|erstes|off|on|useful|productive|final|second|weekly|gerade|eben|"
    rf"heute\s+morgen|le|la|el|les|los|un|une|una|unos|een|het|de|op|"
    rf"a|an|the|vient\s+de|viens\s+d['’]?e?|net|zojuist|early|later|this|last|{DAY_WORDS})(?!\w)[\s,]*)+",
    _FLAGS,
)
AUXILIARY: Final = (
    r"(?:(?:has|had|hat|hatte|haben|a|ont|avait|ha|han|heeft|hebben|had|just|me|mich|uns|m['’]a|nous|nos)"
    r"(?:\s+|$)){0,3}"
)
# What leads to a name, by who began.
WITH: Final = r"with|w/|mit|avec|con|met"
FROM: Final = r"from|by|von|vom|de|d['’]|van|da"
TO: Final = r"to|for|an|à|a|au|aan|naar|für|pour|para|per"
AT: Final = r"at|bei|beim|chez|en|bij|of"
PRONOUNS: Final = frozenset({"her", "him", "them", "me", "us", "back", "you"})
CAPITAL: Final = r"(?-i:[A-ZÀ-ÖØ-Þ][\w'’&.-]*)"
_PARTICLE: Final = r"(?:van|von|der|den|de|la|le|du|da|di|del|bin|al|zu|of|&)"
NAME: Final = re.compile(rf"[\w.+-]+@[\w-]+\.[\w.-]+|{CAPITAL}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{CAPITAL}){{0,4}}")
