"""Keys under which two contacts that may be the same meet, so that not every pair has to be compared."""

from crm_store.matching import companies, names
from crm_store.matching.contact_points import company_domain, e164, email_base, is_role_mailbox, phone_digits
from crm_store.matching.normalise import tokens
from crm_store.matching.rerank import Candidate

LARGEST_BLOCK = 150
_LAST_DIGITS = 8
_START = 3


def keys(candidate: Candidate, region: str | None = None) -> frozenset[str]:
    """All keys of one contact; pairs that share one are worth comparing, unless over `LARGEST_BLOCK` share it.

    The letter before the colon names the pass: e-mail, phone, name in either order, domain or company with a name.
    """
    found = {f"e:{email_base(address)}" for address in candidate.emails if email_base(address)}
    found |= {key for phone in candidate.phones for key in _phone_keys(phone, region)}
    words = tokens(names.parse(candidate.name).full)
    company = companies.company_key(candidate.company)
    found |= _name_keys(words)
    if words:
        domains = {company_domain(address) for address in candidate.emails if not is_role_mailbox(address)} - {""}
        found |= {f"d:{domain}|{word[:_START]}" for domain in domains for word in (words[0], words[-1])}
        if company:
            found |= {f"c:{company}|{word[:_START]}" for word in (words[0], words[-1])}
    elif company:
        found |= {f"k:{company}", f"k:{company.split()[0]}"}
        found |= {f"k:{domain}" for domain in map(company_domain, candidate.emails) if domain}
    return frozenset(found)


def _phone_keys(phone: str, region: str | None) -> set[str]:
    number = e164(phone, region)
    digits = phone_digits(phone)
    found = {f"p:{number}"} if number else set()
    return found | ({f"p:{digits[-_LAST_DIGITS:]}"} if len(digits) >= _LAST_DIGITS else set())


def _name_keys(words: tuple[str, ...]) -> set[str]:
    """Coarse keys from first and last word, their order forgotten, so that swapped names meet."""
    if not words:
        return set()
    if len(words) == 1:
        return {f"n:{words[0]}"}
    first, last = sorted((words[0], words[-1]))
    return {f"n:{first[:_START]}|{last[:1]}", f"n:{first[:1]}|{last[:_START]}"}
