"""E-mail addresses and phone numbers as keys: what makes two of them the same, and what they tell of a company."""

import re
from functools import lru_cache

from crm_store.matching.normalise import clean

_DIGITS = re.compile(r"\d+")
_EXTENSION = re.compile(r"(?:;?\s*(?:ext|extn|x|durchwahl|dw|доб)\.?\s*=?\s*)(\d{1,6})\s*$", re.IGNORECASE)
_PHONE_SHAPE = re.compile(r"^[\d\s()+./\-–]+$")
_SHORTEST_PHONE_PART = 5
_HOST = re.compile(r"^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$")
_FREE = """
gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es hotmail.com hotmail.co.uk hotmail.de
hotmail.fr hotmail.it hotmail.es live.com live.co.uk live.de live.fr live.nl msn.com yahoo.com yahoo.co.uk yahoo.de
yahoo.fr yahoo.it yahoo.es yahoo.co.jp yahoo.co.in yahoo.com.br ymail.com rocketmail.com aol.com aim.com icloud.com
me.com mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de freenet.de t-online.de arcor.de posteo.de mailbox.org
proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io mail.com email.com inbox.com fastmail.com
fastmail.fm zoho.com hushmail.com hey.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr bbox.fr libero.it
virgilio.it tiscali.it alice.it tin.it wp.pl o2.pl onet.pl interia.pl op.pl gazeta.pl seznam.cz email.cz centrum.cz
azet.sk mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net abv.bg qq.com 163.com 126.com
sina.com sohu.com foxmail.com naver.com daum.net hanmail.net rediffmail.com uol.com.br bol.com.br terra.com.br
btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net comcast.net verizon.net att.net sbcglobal.net
bellsouth.net cox.net charter.net shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au bluewin.ch hispeed.ch
ziggo.nl kpnmail.nl planet.nl telenet.be skynet.be
"""
FREE_MAIL_DOMAINS = frozenset(_FREE.split())
_ROLES = """
abuse accounting accounts admin administrator anfrage bestellung billing booking bookings bounce buchhaltung careers
compta comptabilite contact contacto contato contatti customer customercare customerservice datenschutz desk dpo
donotreply einkauf enquiries enquiry event events facturacion feedback finance fragen hallo hello help helpdesk hi
hr hostmaster info information inquiry invoice invoices invoicing it itsupport jobs kontakt kundenservice legal mail
mailer mailerdaemon marketing media newsletter noreply notification notifications office operations ops order orders
partner partners payment payments personal postmaster presse press privacy procurement purchasing rechnung
recruiting reception rh sales secretary security service services shop staff subscribe support team tech vendas
ventas vertrieb verwaltung web webmaster welcome
"""
ROLE_MAILBOXES = frozenset(_ROLES.split())


@lru_cache(maxsize=8_192)
def email_key(address: str) -> str:
    """An address as it is compared: no display name, no blanks, lower case; a plus-tag is kept. Empty if none."""
    address = clean(address).casefold()
    if "<" in address:
        address = address.rpartition("<")[2]
    address = address.removeprefix("mailto:").strip(" <>\"'()[],;")
    local, at, domain = address.rpartition("@")
    domain = domain.rstrip(".")
    domain = _ascii_domain(domain)
    if not (at and local) or not _HOST.match(domain):
        return ""
    return f"{local}@{domain}"


def email_base(address: str) -> str:
    """The key without plus-tag and, at Gmail, without dots: weak evidence that two addresses are one mailbox."""
    key = email_key(address)
    local, _, domain = key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if key else ""


def local_part(address: str) -> str:
    """What stands before the last @ of the key, without its plus-tag."""
    return email_key(address).rpartition("@")[0].partition("+")[0]


@lru_cache(maxsize=8_192)
def registrable_domain(address_or_host: str) -> str:
    """The domain somebody registered (`mail.acme.co.uk` → `acme.co.uk`); empty for unknown suffixes and bare words."""
    host = clean(address_or_host).casefold().strip()
    host = host.partition("://")[2] or host
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].strip(".<>\"' ")
    if not host or "." not in host or len(host) > 253:
        return ""
    return _suffixes_of(_ascii_domain(host))


def is_free_mail(address_or_domain: str) -> bool:
    """True where the domain is a mail provider's: no evidence of a company at all."""
    domain = address_or_domain.casefold().rpartition("@")[2].strip()
    return domain in FREE_MAIL_DOMAINS or registrable_domain(domain) in FREE_MAIL_DOMAINS


@lru_cache(maxsize=8_192)
def is_role_mailbox(address: str) -> bool:
    """True for info@, sales@, no-reply@ and their like: such an address is a company's, never a person."""
    name = local_part(address)
    joined = re.sub(r"[._\-]+", "", name)
    first = re.split(r"[._\-]+", name, maxsplit=1)[0]
    return (
        joined in ROLE_MAILBOXES
        or joined.rstrip("0123456789") in ROLE_MAILBOXES
        or (first in ROLE_MAILBOXES and first not in {"it", "hi", "personal", "mail", "web"})
    )


def company_domain(address: str) -> str:
    """The registrable domain where it tells of a company, else empty."""
    local, _, host = address.rpartition("@")
    # Without the mailbox, of which each has its own, what is remembered serves all of a company.
    domain = registrable_domain(host if "/" not in local and host else address)
    return "" if domain in FREE_MAIL_DOMAINS else domain


@lru_cache(maxsize=8_192)
def phone_digits(text: str) -> str:
    """The digits of a number without its extension; a leading 00 is dropped like a +."""
    digits = "".join(_DIGITS.findall(_EXTENSION.sub("", clean(text))))
    return digits.removeprefix("00")


def phone_digits_reversed(text: str) -> str:
    """The digits back to front, so that the last digits of a number are a prefix in an index."""
    return phone_digits(text)[::-1]


def looks_like_phone(text: str) -> bool:
    """True for a query of five digits or more and no letters."""
    text = clean(text)
    return bool(_PHONE_SHAPE.match(text)) and len(phone_digits(text)) >= _SHORTEST_PHONE_PART


def e164(text: str, region: str | None = None) -> str | None:
    """The number as `+491701234567`, or None when it is none; `region` ("DE") reads numbers without a country code."""
    text = clean(text)
    if not 3 < len(text) <= 64:
        return None
    return _e164(text, region.upper() if region else None)


def is_mobile(number: str) -> bool:
    """True where an E.164 number is certainly a mobile one (North America cannot tell, so its numbers count)."""
    import phonenumbers  # noqa: PLC0415 - its tables are slow to load and the bot's start does not need them

    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    return kind in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE}


@lru_cache(maxsize=8_192)
def _e164(text: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - its tables are slow to load and the bot's start does not need them

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


@lru_cache(maxsize=8_192)
def _suffixes_of(host: str) -> str:
    found = _suffix_list().privatesuffix(host)
    return str(found) if found else ""


@lru_cache(maxsize=1)
def _suffix_list():  # type: ignore[no-untyped-def]  # the package has no types
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - reads a list of 10,000 lines when first asked

    return PublicSuffixList(accept_unknown=False, only_icann=True)
