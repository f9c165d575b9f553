"""What people say that asks for nothing: greetings, thanks, farewells, and a wish to stop."""

import re
from enum import StrEnum
from typing import Final


class Courtesy(StrEnum):
    """What a line without a request is."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    STOP = "stop"
    HELP = "help"


_SAID: Final = {
    Courtesy.GREETING: (
        r"hi|hello|hey|hallo|moin|servus|howdy|yo|good (?:morning|afternoon|evening|day)|"
        r"gr[üu](?:ß|ss) (?:gott|dich)|guten (?:morgen|tag|abend)|bonjour|salut|coucou|hola|buenos d[íi]as|"
        r"buenas(?: tardes)?|goede(?:morgen|middag|n dag)|hoi|ciao|buongiorno|ol[áa]|привет|こんにちは|你好"
    ),
    Courtesy.THANKS: (
        r"(?:many |ok(?:ay)?,? )?(?:thanks?|thx|ty)(?: you)?|danke(?: ?sch[öo]n)?|vielen dank|merci|gracias|"
        r"dank (?:je|u)|bedankt|grazie|cheers|ok(?:ay)?|great|perfect|super|cool|nice(?: one)?|well done|got it|спасибо"
    ),
    Courtesy.FAREWELL: (
        r"(?:good ?)?bye(?:[- ]bye)?|see you|good night|tsch[üu]ss|auf wiedersehen|au revoir|adi[óo]s|hasta luego|"
        r"tot ziens|doei|arrivederci"
    ),
    Courtesy.STOP: r"stop|cancel|never ?mind|quit|exit|abbrechen|annuler|cancelar|stopp",
    Courtesy.HELP: (
        r"help(?: me)?|\?|what (?:can|do) (?:you|i|we) (?:do|say|type|ask)(?: here)?|how does (?:this|it) work|"
        r"how do(?:es)? (?:i|one) use (?:this|it)|was kannst du|que (?:peux|sais)-tu faire|qu[ée] puedes hacer|"
        r"wat kan (?:je|jij)|who are you|what are you|i need help|i am (?:lost|stuck)"
    ),
}
_TAIL: Final = (
    r"(?:[ ,]+(?:there|rapport|all|everyone|team|a lot|so much|very much|again|then|for now|beaucoup|mucho|zusammen))*"
)
_PATTERNS: Final = tuple(
    (courtesy, re.compile(rf"(?:{said}){_TAIL}[\s.!?,…]*", re.IGNORECASE)) for courtesy, said in _SAID.items()
)


def read(text: str) -> Courtesy | None:
    """What the whole line is, where it is nothing but such words."""
    said = " ".join(text.split())
    return next((courtesy for courtesy, pattern in _PATTERNS if pattern.fullmatch(said)), None)
