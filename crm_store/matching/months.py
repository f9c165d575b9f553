"""Months by their names in the languages that files and mails of European customers are written in."""

from functools import lru_cache
from typing import Final

from crm_store.matching.normalise import fold

# Folded: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish. Any unmistakable beginning is read.
_MONTHS: Final = (
    "january januar janvier enero gennaio janeiro januari stycznia",
    "february februar fevrier febrero febbraio fevereiro februari lutego",
    "march marz maerz mars marzo marco maart mrt marca",
    "april avril abril aprile kwietnia",
    "may mai mayo maggio maio mei maja",
    "june juni juin junio giugno junho czerwca",
    "july juli juillet julio luglio julho lipca",
    "august aout agosto augustus sierpnia",
    "september septembre septiembre settembre setembro wrzesnia",
    "october oktober octobre octubre ottobre outubro pazdziernika",
    "november novembre noviembre novembro listopada",
    "december dezember decembre diciembre dicembre dezembro grudnia",
)
_SHORTEST: Final = 3


@lru_cache(maxsize=512)
def month(word: str) -> int:
    """Which month a word names, 1 to 12; 0 for none, or where it may be two."""
    begun = fold(word)
    if len(begun) < _SHORTEST:
        return 0
    named = [number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(begun) for name in names.split())]
    return named[0] if len(named) == 1 else 0
