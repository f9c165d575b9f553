"""What columns are called, in the languages and programs that people's files come from."""

from typing import Final

from crm_store.matching.normalise import tokens
from ingest.files import column_tongues

_CALLED: Final = {
    "first_name": "first name|firstname|given name|givenname|forename|vorname|prenom|nombre|nome proprio|imie|fname"
    "|voornaam|primeiro nome|nome de batismo|nombre de pila|nome di battesimo|forename s|rufname",
    "last_name": "last name|lastname|surname|family name|familyname|nachname|familienname|nom de famille|apellido"
    "|apellidos|cognome|sobrenome|nazwisko|achternaam|lname"
    "|apelido|ultimo nome|nom usuel|primer apellido|surname s|name nachname",
    "name": "name|full name|fullname|contact|contact name|customer name|customer|person|kunde|kundenname|kontakt"
    "|ansprechpartner|nom|nome|naam|client|client name|display name|account name|site name|vollstandiger name"
    "|nombre completo|nome completo|nome e cognome|nom complet|nom du contact|nom et prenom|volledige naam"
    "|nombre del contacto|nome do contato|nome contatto|contactpersoon|nombre del cliente|nome do cliente"
    "|naam contact|nom du client|nome cliente|klantnaam|contato|contacto|contatto|klant|cliente|contact full name",
    "email": "email|e mail|mail|email address|e mail address|emailaddress|mail address|e mail adresse|email adresse"
    "|mailadresse|emailadresse|adresse e mail|adresse email|courriel|correo|correo electronico|work email"
    "|business email|e mail 1 value|email 1|email 2|personal email|indirizzo email|e mail address 1"
    "|adresse de messagerie|messagerie|mail professionnel|e mailadres|emailadres|mailadres|correo e"
    "|direccion de correo electronico|direccion de correo|indirizzo di posta elettronica"
    "|indirizzo posta elettronica|posta elettronica|indirizzo e mail|endereco de email|endereco de e mail"
    "|endereco de correio eletronico|correio eletronico|e mail geschaftlich|e mail privat|courrier electronique"
    "|e mailadres werk|secondary email",
    "phone": "phone|phone number|telephone|tel|telefon|telefonnummer|rufnummer|mobile|mobile phone|mobil|handy"
    "|cell|cell phone|telefono|telefone|telephone number|business phone|work phone|mobilnummer|phone 1 value"
    "|phone 1|phone 2|numero de telephone|telefoon"
    "|telefon geschaftlich|telefon privat|mobiltelefon|telephone bureau|telephone mobile|tel mobile"
    "|telephone portable|portable|telefono del trabajo|telefono movil|movil|telefono particular|telefono trabajo"
    "|telefono uff|telefono ufficio|cellulare|telefono cellulare|telefoon op werk|mobiele telefoon|telefoonnummer"
    "|mobiel|telefone comercial|telefone celular|celular|telemovel|numero de telefone|numero de telefono"
    "|numero di telefono|telefoon werk|home phone|main phone|direct phone|festnetz",
    "company": "company|company name|organisation|organization|firma|firmenname|unternehmen|account|employer|societe"
    "|entreprise|empresa|azienda|bedrijf|firm|business|organization 1 name|organization name|organisation name"
    "|compania|organizacion|organizacao|societa|ragione sociale|raison sociale|organisatie|bedrijfsnaam"
    "|nombre de la empresa|nome da empresa|nome azienda|nome dell azienda|nom de l entreprise|nom de la societe"
    "|firma name|name der firma|kundenfirma|parent customer|potential customer"
    "|associated company|primary associated company|associated company name",
    "title": "title|job title|jobtitle|position|role|funktion|rolle|berufsbezeichnung|stelle|poste|fonction|cargo"
    "|puesto|posizione|job|organization 1 title"
    "|intitule du poste|puesto de trabajo|cargo laboral|posizione lavorativa|qualifica|functie|functietitel"
    "|job position|beruf|stellenbezeichnung|titre du poste|titulo do cargo|ruolo|funcao",
    "owner": "owner|account owner|contact owner|sales rep|rep|betreuer|verantwortlich|zustandig|responsable|inhaber"
    "|kontaktinhaber|zustandiger|proprietaire|propietario|proprietario|eigenaar|contacteigenaar"
    "|proprietaire du contact|propietario del contacto|proprietario do contato|proprietario contatto|vertriebler"
    "|verkoper|vendedor|venditore|commercial",
    "domain": "domain|website|web|url|homepage|webseite|site web|company domain|web site"
    "|page web|pagina web|pagina da web|webpagina|sitio web|sito web|site da web|internetadresse|web page"
    "|nombre de dominio|dominio|domaine|domein",
    "external_key": "id|customer id|customerid|customer no|customer number|customer key|kundennummer|kunden nr|kundennr"
    "|kunden id|contact id|record id|external id|externalid|client id|numero client|custid|cust id|person id"
    "|lead number|lead id|account id|user id|numero de client"
    "|klantnummer|klant id|numero de cliente|numero do cliente|codigo de cliente|codigo do cliente|codice cliente"
    "|id cliente|code client|id client|id contact|identifiant|id de contacto|id do contato|id contatto|kontakt id"
    "|record id contact|datensatz id|id del registro|id du dossier|lead reference",
    "order_key": "order|order id|orderid|order no|order number|ordernumber|invoice|invoice no|invoice number|invoiceno"
    "|rechnung|rechnungsnummer|bestellnummer|bestellung|auftragsnummer|auftrag|facture|commande|numero de commande"
    "|transaction id|receipt|beleg|belegnummer|pedido"
    "|ordine|numero ordine|numero de pedido|numero do pedido|bestelnummer|ordernummer|factuurnummer"
    "|numero de facture|numero fattura|numero de factura|numero da fatura|auftragsnr|rechnungsnr|bestellnr",
    "date": "date|order date|orderdate|ordered at|ordered on|invoice date|invoicedate|datum|bestelldatum|rechnungsdatum"
    "|kaufdatum|purchase date|purchased at|transaction date|date de commande|fecha|data|created at|timestamp|dato"
    "|data ordine|data do pedido|fecha del pedido|fecha de pedido|date facture|date de facture|besteldatum"
    "|factuurdatum|fecha de factura|data fattura|data da fatura|ordered|date commande",
    "amount": "amount|total|order total|value|revenue|sum|price|betrag|summe|gesamt|gesamtbetrag|umsatz|preis|montant"
    "|total amount|order value|net|net amount|gross|importe|valor|importo|sales|spend|order amount|netto|brutto|monto"
    "|bedrag|totaal|totale|montant ttc|montant ht|total ttc|importo totale|importe total|valor total|omzet|prezzo"
    "|precio|preco|prix|waarde|deal value|auftragswert|wert|importe neto",
    "currency": "currency|currency code|wahrung|waehrung|devise|moneda|valuta|moeda",
    "product": "product|item|product name|article|artikel|produkt|produit|producto|prodotto|sku|description"
    "|beschreibung"
    "|produto|produit article|artikelnaam|artikelbezeichnung|articulo|articolo|productnaam|beschrijving"
    "|descripcion|descrizione|descricao|line item",
    "deal": "deal|deal name|deal title|opportunity|opportunity name|angebot|verkaufschance|opportunite|oportunidad"
    "|nom de l affaire|affaire|nombre del negocio|nome do negocio|trattativa|nome trattativa|opportunita"
    "|opportunita di vendita|oportunidade|dealnaam|deal naam|verkoopkans|nom de la transaction",
    "stage": "stage|deal stage|phase|etape|etapa|fase"
    "|dealphase|deal phase|pipeline stage|etape de l affaire|phase de la transaction|etapa del negocio"
    "|etapa do negocio|fase trattativa|dealfase|verkaufsphase",
    "deal_state": "deal status|deal state",
    "close_on": "close date|closing date|expected close date|closes on|abschlussdatum|date de cloture|fecha de cierre"
    "|abschluss|erwartetes abschlussdatum|date de fermeture|date de cloture prevue|fecha de cierre prevista"
    "|data de fechamento|data di chiusura|data chiusura|sluitingsdatum|verwachte sluitingsdatum|est close date"
    "|data de fecho",
    "opened_on": "opened on|opened at|deal created|created date|create date"
    "|erstellt am|erstelldatum|date de creation|fecha de creacion|data di creazione|data de criacao|aanmaakdatum"
    "|created on|created time",
    "industry": "industry|branche|secteur|sector|settore|industria"
    "|industrie|ramo|ramo de atividade|secteur d activite|sector de actividad|bedrijfstak|settore di attivita",
    "country": "country|country region|land|pays|pais|paese|kraj"
    "|land region|pays region|pais o region|pais regiao|paese area geografica|land regio|nazione"
    "|business country region|mailing country|billing country",
    "quantity": "quantity|qty|menge|anzahl|stuck|quantite|cantidad|quantita|units|pieces"
    "|hoeveelheid|aantal|quantidade|qte|cant|qta",
}  # fmt: skip
FIELDS: Final = tuple(_CALLED)
SEVERAL: Final = frozenset({"email", "phone"})
_ELSEWHERE: Final = {
    " ".join(tokens(name)): field for field, names in column_tongues.CALLED.items() for name in names.split("|")
}
_BY_NAME: Final = _ELSEWHERE | {name: field for field, names in _CALLED.items() for name in names.split("|")}


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
