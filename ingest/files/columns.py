"""What columns are called, in the languages and programs that people's files come from."""

from typing import Final

from crm_store.matching.normalise import tokens

_CALLED: Final = {
    "first_name": "first name|firstname|given name|givenname|forename|vorname|prenom|nombre|nome proprio|imie|fname",
    "last_name": "last name|lastname|surname|family name|familyname|nachname|familienname|nom de famille|apellido"
    "|apellidos|cognome|sobrenome|nazwisko|achternaam|lname",
    "name": "name|full name|fullname|contact|contact name|customer name|customer|person|kunde|kundenname|kontakt"
    "|ansprechpartner|nom|nome|naam|client|client name|display name|account name|site name|vollstandiger name",
    "email": "email|e mail|mail|email address|e mail address|emailaddress|mail address|e mail adresse|email adresse"
    "|mailadresse|emailadresse|adresse e mail|adresse email|courriel|correo|correo electronico|work email"
    "|business email|e mail 1 value|email 1|email 2|personal email|indirizzo email|e mail address 1",
    "phone": "phone|phone number|telephone|tel|telefon|telefonnummer|rufnummer|mobile|mobile phone|mobil|handy"
    "|cell|cell phone|telefono|telefone|telephone number|business phone|work phone|mobilnummer|phone 1 value"
    "|phone 1|phone 2|numero de telephone|telefoon",
    "company": "company|company name|organisation|organization|firma|firmenname|unternehmen|account|employer|societe"
    "|entreprise|empresa|azienda|bedrijf|firm|business|organization 1 name|organization name|organisation name",
    "title": "title|job title|jobtitle|position|role|funktion|rolle|berufsbezeichnung|stelle|poste|fonction|cargo"
    "|puesto|posizione|job|organization 1 title",
    "owner": "owner|account owner|contact owner|sales rep|rep|betreuer|verantwortlich|zustandig|responsable|inhaber",
    "domain": "domain|website|web|url|homepage|webseite|site web|company domain|web site",
    "external_key": "id|customer id|customerid|customer no|customer number|customer key|kundennummer|kunden nr|kundennr"
    "|kunden id|contact id|record id|external id|externalid|client id|numero client|custid|cust id|person id"
    "|lead number|lead id|account id|user id|numero de client",
    "order_key": "order|order id|orderid|order no|order number|ordernumber|invoice|invoice no|invoice number|invoiceno"
    "|rechnung|rechnungsnummer|bestellnummer|bestellung|auftragsnummer|auftrag|facture|commande|numero de commande"
    "|transaction id|receipt|beleg|belegnummer|pedido",
    "date": "date|order date|orderdate|ordered at|ordered on|invoice date|invoicedate|datum|bestelldatum|rechnungsdatum"
    "|kaufdatum|purchase date|purchased at|transaction date|date de commande|fecha|data|created at|timestamp|dato",
    "amount": "amount|total|order total|value|revenue|sum|price|betrag|summe|gesamt|gesamtbetrag|umsatz|preis|montant"
    "|total amount|order value|net|net amount|gross|importe|valor|importo|sales|spend|order amount|netto|brutto|monto",
    "currency": "currency|currency code|wahrung|waehrung|devise|moneda|valuta|moeda",
    "product": "product|item|product name|article|artikel|produkt|produit|producto|prodotto|sku|description"
    "|beschreibung",
    "deal": "deal|deal name|deal title|opportunity|opportunity name|angebot|verkaufschance|opportunite|oportunidad",
    "stage": "stage|deal stage|phase|etape|etapa|fase",
    "deal_state": "deal status|deal state",
    "close_on": "close date|closing date|expected close date|closes on|abschlussdatum|date de cloture|fecha de cierre",
    "opened_on": "opened on|opened at|deal created|created date|create date",
    "industry": "industry|branche|secteur|sector|settore|industria",
    "country": "country|country region|land|pays|pais|paese|kraj",
    "quantity": "quantity|qty|menge|anzahl|stuck|quantite|cantidad|quantita|units|pieces",
}  # fmt: skip
FIELDS: Final = tuple(_CALLED)
SEVERAL: Final = frozenset({"email", "phone"})
_BY_NAME: Final = {name: field for field, names in _CALLED.items() for name in names.split("|")}


def meaning(header: str) -> str | None:
    """The field that a column's name stands for, in whatever case, spelling or language."""
    words = [word for word in tokens(_spaced(header)) if word]
    joined = " ".join(words)
    if joined in _BY_NAME:
        return _BY_NAME[joined]
    # Exports number repeated columns and mark their kind: `Email 2`, `Phone (work)`.
    kept = [word for word in words if not word.isdigit() and word not in {"work", "home", "main", "primary", "other"}]
    return _BY_NAME.get(" ".join(kept))


def _spaced(header: str) -> str:
    """`orderDate` as two words."""
    return "".join(
        f" {mark}" if mark.isupper() and at and header[at - 1].islower() else mark for at, mark in enumerate(header)
    )
