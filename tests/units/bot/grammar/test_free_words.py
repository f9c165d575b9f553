"""What sales people type without a verb of ours, in six languages: with whom they talked, how, when, what is next."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.chores import people_in
from bot.grammar.commands import AddTask, Card, Log
from bot.grammar.parse import parse

# A Wednesday.
NOW = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
# A line, and below it: with whom | how | who began | on which day | what is wanted | what is next @ when | money.
TALKS = """
called Ann Lee, wants a quote for 40 seats by Friday
    Ann Lee | call | outgoing |  | a quote for 40 seats | send quote @ 27.11. |
Ann Lee called, she needs 200 licences, budget is 12k EUR
    Ann Lee | call | incoming |  | 200 licences |  | €12,000
just spoke to John Smith at Acme, he'll decide next week
    John Smith Acme | call | outgoing |  |  |  |
had lunch with Ann Lee yesterday, she is leaving Globex in May
    Ann Lee | meeting | none | 24.11. |  |  |
Met Ann at the fair on Monday, interested in the pro plan
    Ann | meeting | outgoing | 23.11. | the pro plan |  |
emailed John Smith the contract
    John Smith | mail | outgoing |  |  |  |
John Smith emailed me the signed contract this morning
    John Smith | mail | incoming | 25.11. |  |  |
quick call with Ann Lee: pricing is fine, send contract tomorrow
    Ann Lee | call | none |  |  | send contract @ 26.11. |
Had a great meeting with Acme today. They want a pilot with 20 users. I'll send the proposal Friday.
    Acme | meeting | none | 25.11. | a pilot with 20 users | send the proposal @ 27.11. |
left a voicemail for Ann Lee
    Ann Lee | call | outgoing |  |  |  |
tried to reach John Smith twice, no answer, try again tomorrow
    John Smith | call | outgoing |  |  | try again @ 26.11. |
texted Ann, she's on holiday until 7 December
    Ann | message | outgoing |  |  |  |
Zoom with John Smith, demo went well, follow up in 2 weeks
    John Smith | meeting | none |  |  | follow up @ 9.12. |
visited Acme in Hamburg, saw the plant, they need 3 x machine for 45,000 EUR
    Acme | meeting | outgoing |  | 3 x machine for 45,000 EUR |  | €45,000
Ann Lee replied: budget approved, 15k
    Ann Lee | mail | incoming |  |  |  | €15,000
coffee with Ann, champion is moving to Initech
    Ann | meeting | none |  |  |  |
spoke w/ ann about renewal, wants 10% discount
    ann | call | outgoing |  | 10% discount |  |
talked to John Smith, he asked for references
    John Smith | call | outgoing |  | references |  |
WhatsApp from Ann: please call back tomorrow at 10
    Ann | message | incoming |  |  | call back @ 26.11. |
got a call from John Smith, complaint about late delivery
    John Smith | call | incoming |  |  |  |
Habe mit Ann Lee telefoniert, sie braucht 40 Lizenzen bis Freitag
    Ann Lee | call | none |  | 40 Lizenzen | get back about 40 Lizenzen @ 27.11. |
Ann Lee angerufen, will ein Angebot über 12.000 €
    Ann Lee | call | outgoing |  | ein Angebot über 12.000 € |  | €12,000
Heute mit John Smith gesprochen, meldet sich nächste Woche
    John Smith | call | none | 25.11. |  |  |
Gestern Termin bei Acme, sie wollen 3 Maschinen, ich schicke morgen das Angebot
    Acme | meeting | none | 24.11. | 3 Maschinen | schicke das Angebot @ 26.11. |
Ann Lee hat angerufen, möchte 20 Plätze
    Ann Lee | call | incoming |  | 20 Plätze |  |
Mail an John Smith geschickt, Vertrag liegt bei
    John Smith | mail | outgoing |  |  |  |
Mittagessen mit Ann, sie wechselt im Mai
    Ann | meeting | none |  |  |  |
John Smith am Montag getroffen, braucht ein Angebot
    John Smith | meeting | outgoing | 23.11. | ein Angebot |  |
He llamado a Ann Lee, quiere un presupuesto para 40 licencias
    Ann Lee | call | outgoing |  | un presupuesto para 40 licencias |  |
Ann Lee me llamó, necesita 20 plazas para el viernes
    Ann Lee | call | incoming |  | 20 plazas | get back about 20 plazas @ 27.11. |
Reunión con John Smith ayer, muy interesado, presupuesto 12.000 €
    John Smith | meeting | none | 24.11. |  |  | €12,000
Hablé con Ann, le mando la oferta mañana
    Ann | call | outgoing |  |  | mando la oferta @ 26.11. |
Comida con John Smith el lunes, quiere el plan pro
    John Smith | meeting | none | 23.11. | el plan pro |  |
J'ai appelé Ann Lee, elle veut un devis pour 40 postes
    Ann Lee | call | outgoing |  | un devis pour 40 postes |  |
Ann Lee a appelé, elle a besoin de 20 licences vendredi
    Ann Lee | call | incoming |  | 20 licences | get back about 20 licences @ 27.11. |
Réunion avec John Smith hier, budget 12 000 €
    John Smith | meeting | none | 24.11. |  |  | €12,000
Déjeuner avec Ann, elle part en mai
    Ann | meeting | none |  |  |  |
J'ai parlé à John Smith, je lui envoie le contrat demain
    John Smith | call | outgoing |  |  | envoie le contrat @ 26.11. |
Ann Lee gebeld, wil een offerte voor 40 plaatsen
    Ann Lee | call | outgoing |  | een offerte voor 40 plaatsen |  |
Ik heb met John Smith gesproken, hij heeft 20 licenties nodig
    John Smith | call | outgoing |  | 20 licenties |  |
Gisteren afspraak met Acme, ik stuur morgen de offerte
    Acme | meeting | none | 24.11. |  | stuur de offerte @ 26.11. |
Lunch met Ann, ze vertrekt in mei
    Ann | meeting | none |  |  |  |
Ho chiamato Ann Lee, vuole un preventivo per 40 posti
    Ann Lee | call | outgoing |  | un preventivo per 40 posti |  |
log ann lee hat angerufen, braucht 40 Plätze bis Freitag
    ann lee | call | none |  | 40 Plätze | get back about 40 Plätze @ 27.11. |
log John Smith a appelé, veut un devis pour 40 postes
    John Smith | call | none |  | un devis pour 40 postes |  |
log ann: me llamó ayer, necesita 20 licencias, le envío la oferta mañana
    ann | call | none | 24.11. | 20 licencias | envío la oferta @ 26.11. |
log ann: gebeld, wil 40 plaatsen, offerte sturen vrijdag
    ann | call | none |  | 40 plaatsen | offerte sturen @ 27.11. |
log John Smith: gestern getroffen, möchte 12.000 € ausgeben, Vertrag schicken bis Montag
    John Smith | meeting | none | 24.11. | 12.000 € ausgeben | Vertrag schicken @ 30.11. | €12,000
log ann: appelée hier, elle veut 40 postes pour 12 000 €, j'envoie le devis demain
    ann | call | none | 24.11. | 40 postes pour 12 000 € | envoie le devis @ 26.11. | €12,000
Just got off the phone with Maria Rossi at Initech, she's in
    Maria Rossi Initech | call | none |  |  |  |
Caught up with Tom over coffee, he's worried about price
    Tom | meeting | outgoing |  |  |  |
Rang Peter Klein this morning. No budget before Q2.
    Peter Klein | call | outgoing | 25.11. |  |  |
Ran into Ann Lee at the trade show yesterday, she loves the new version
    Ann Lee | meeting | outgoing | 24.11. |  |  |
Sent John Smith the updated offer
    John Smith | mail | outgoing |  |  |  |
Spoke to Jean-Luc Picard, needs an invoice for 3,500 USD
    Jean-Luc Picard | call | outgoing |  | an invoice for 3,500 USD |  | $3,500
Peter hat gemailt, er will 50 Stück mehr
    Peter | mail | incoming |  | 50 Stück mehr |  |
Kurzes Telefonat mit Frau Schneider, sie entscheidet am Freitag
    Frau Schneider | call | none |  |  |  |
War heute bei Acme, die brauchen neue Pumpen
    Acme | meeting | outgoing | 25.11. | neue Pumpen |  |
Bei Globex gewesen, Angebot folgt nächste Woche
    Globex | meeting | none |  |  |  |
Herr Meier rief an, will 10 % Rabatt
    Herr Meier | call | incoming |  | 10 % Rabatt |  |
Ich habe gestern Ann Lee getroffen und werde ihr bis Freitag das Angebot schicken
    Ann Lee | meeting | outgoing | 24.11. |  | ihr das Angebot schicken @ 27.11. |
J'ai rencontré Paul Martin mardi, il souhaite une démo
    Paul Martin | meeting | outgoing | 24.11. | une démo |  |
Paul Martin m'a écrit, il demande un rabais
    Paul Martin | mail | incoming |  | un rabais |  |
Appel avec Sophie: elle signe lundi
    Sophie | call | none |  |  |  |
He hablado con Carmen Ruiz, le interesa el plan anual
    Carmen Ruiz | call | outgoing |  |  |  |
Carmen Ruiz escribió ayer, pide una factura
    Carmen Ruiz | mail | incoming | 24.11. | una factura |  |
Visita a Acme el martes, compran 5 máquinas
    Acme | meeting | outgoing | 24.11. |  |  |
Jan de Vries heeft gemaild, zoekt 30 stoelen
    Jan de Vries | mail | incoming |  | 30 stoelen |  |
Bezoek aan Globex gisteren, ze willen verlengen
    Globex | meeting | outgoing | 24.11. | verlengen |  |
"""
# A line, and below it: what is to be done | when.
PLANS = """
need to call Ann on Friday
    call Ann | 27.11.
remind me to send the quote to Ann tomorrow
    send the quote to Ann | 26.11.
don't forget: follow up with John Smith next week
    follow up with John Smith | 30.11.
send Ann the brochure friday
    send Ann the brochure | 27.11.
follow up with Acme on 3.12.
    follow up with Acme | 3.12.
morgen Ann anrufen
    Ann anrufen | 26.11.
Angebot an Acme schicken bis Freitag
    Angebot an Acme schicken | 27.11.
bitte am Freitag John Smith zurückrufen
    John Smith zurückrufen | 27.11.
Rückruf Ann Lee morgen 10 Uhr
    Rückruf Ann Lee | 26.11.
llamar a Ann mañana
    llamar a Ann | 26.11.
enviar la oferta a Acme el viernes
    enviar la oferta a Acme | 27.11.
rappeler Ann demain matin
    rappeler Ann | 26.11.
envoyer le devis à Acme vendredi
    envoyer le devis à Acme | 27.11.
Ann bellen morgen
    Ann bellen | 26.11.
offerte sturen naar Acme vrijdag
    offerte sturen naar Acme | 27.11.
must send Tom the NDA by Monday
    send Tom the NDA | 30.11.
Can you remind me to call Ann on Tuesday?
    call Ann | 1.12.
chase Globex for the signed contract next Tuesday
    chase Globex for the signed contract | 1.12.
please schedule a call with John Smith on 4 December at 2pm
    schedule a call with John Smith | 4.12.
factuur sturen aan Globex voor maandag
    factuur sturen aan Globex | 30.11.
mandar el contrato a Carmen antes del viernes
    mandar el contrato a Carmen | 27.11.
Relancer Paul Martin la semaine prochaine
    Relancer Paul Martin | 30.11.
ping bob tmrw
    ping bob | 26.11.
email Sarah Connor re pricing on thurs
    email Sarah Connor re pricing | 26.11.
"""


def _rows(table: str, cells: int) -> list[tuple[str, ...]]:
    lines = table.strip("\n").splitlines()
    rows = [
        (line, *(cell.strip() for cell in below.split("|")))
        for line, below in zip(lines[::2], lines[1::2], strict=True)
    ]
    return [row + ("",) * (1 + cells - len(row)) for row in rows]


def _day(moment: datetime | None) -> str:
    local = moment.astimezone(BERLIN) if moment else None
    return f"{local.day}.{local.month}." if local else ""


@pytest.mark.parametrize(("line", "who", "kind", "direction", "day", "need", "task", "amount"), _rows(TALKS, 7))
def test_a_talk_told_in_free_words_is_understood(
    line: str, who: str, kind: str, direction: str, day: str, need: str, task: str, amount: str
) -> None:
    heard = parse(line, NOW, BERLIN, "EUR")
    assert isinstance(heard, Log)
    assert (heard.who, heard.kind.value, heard.direction.value, _day(heard.when)) == (who, kind, direction, day)
    assert [one.text for one in heard.needs] == ([need] if need else [])
    assert [f"{one.title} @ {_day(one.due)}" for one in heard.tasks] == ([task] if task else [])
    assert [str(one) for one in heard.amounts] == ([amount] if amount else [])


@pytest.mark.parametrize(("line", "title", "day"), _rows(PLANS, 2))
def test_a_thing_to_do_told_in_free_words_is_a_task(line: str, title: str, day: str) -> None:
    plan = parse(line, NOW, BERLIN, "EUR")
    assert isinstance(plan, AddTask)
    assert (plan.title, _day(plan.due)) == (title, day)


@pytest.mark.parametrize(
    "line",
    [
        "Met Office", "Coffee Circle GmbH", "Zoom Video", "Will Smith", "Van Morrison", "Send Technologies",
        "Mail Boxes Etc", "Chat Noir", "Met Life Insurance Group", "The Visit Company of London", "Spoke Phones Inc",
        "John Smith, Acme", "Jean-Pierre de la Tour", "Anne Wants", "ann lee",
    ],
)  # fmt: skip
def test_a_name_that_holds_such_a_word_is_still_looked_up(line: str) -> None:
    assert isinstance(parse(line, NOW, BERLIN, "EUR"), Card)


@pytest.mark.parametrize(
    "line", ["cancel the call with Ann Lee", "Mach bitte einen Termin mit Ann", "prepare the demo with Globex today"]
)
def test_a_wish_about_a_talk_is_not_logged(line: str) -> None:
    assert not isinstance(parse(line, NOW, BERLIN, "EUR"), Log)


@pytest.mark.parametrize(
    ("title", "people"),
    [
        ("call ann", ("ann",)),
        ("send Ann the brochure", ("Ann",)),
        ("Angebot an Acme schicken", ("Acme",)),
        ("John Smith zurückrufen", ("John Smith",)),
        ("Rückruf Ann Lee", ("Ann Lee",)),
        ("prepare the board meeting", ()),
    ],
)
def test_whom_a_task_is_for_stands_in_its_title(title: str, people: tuple[str, ...]) -> None:
    assert people_in(title) == people
