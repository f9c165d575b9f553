"""Exports of programs that many teams come from: told by their heads, with what their own columns mean."""

from dataclasses import dataclass
from typing import Final

from crm_store.matching.normalise import tokens


@dataclass(frozen=True, slots=True)
class Program:
    """A kind of export: heads that tell it, and columns whose names alone would be misread ('' leaves one out)."""

    name: str
    signs: frozenset[str]
    columns: dict[str, str]


def _program(name: str, signs: str, columns: dict[str, str]) -> Program:
    return Program(name, frozenset(signs.split("|")), columns)


# The most telling head first: a file of deals has columns of people as well.
PROGRAMS: Final = (
    _program(
        "HubSpot deals",
        "deal name|deal stage|pipeline",
        {
            "record id": "external_key", "deal name": "deal", "deal stage": "stage", "close date": "close_on",
            "create date": "opened_on", "deal owner": "owner", "amount": "amount", "associated contact": "name",
            "associated company": "company", "pipeline": "", "associated contact ids": "",
            "associated company ids": "", "deal type": "",
        },
    ),
    _program(
        "HubSpot companies",
        "company name|company domain name|company owner",
        {
            "record id": "external_key", "company name": "company", "company domain name": "domain",
            "country region": "country", "industry": "industry", "company owner": "owner", "phone number": "",
            "create date": "", "website url": "",
        },
    ),
    _program(
        "Zoho deals",
        "deal name|closing date|stage|account name",
        {
            "record id": "external_key", "deal name": "deal", "closing date": "close_on", "stage": "stage",
            "account name": "company", "contact name": "name", "deal owner": "owner", "amount": "amount",
            "created time": "opened_on", "probability": "", "expected revenue": "", "type": "", "pipeline": "",
        },
    ),
    _program(
        "Dynamics opportunities",
        "do not modify opportunity|topic",
        {
            "do not modify opportunity": "external_key", "topic": "deal", "potential customer": "company",
            "account": "company", "contact": "name", "est revenue": "amount", "est close date": "close_on",
            "created on": "opened_on", "owner": "owner", "currency": "currency", "status": "deal_state",
            "probability": "", "rating": "", "do not modify row checksum": "", "do not modify modified on": "",
        },
    ),
    _program(
        "Dynamics accounts",
        "do not modify account|account name",
        {
            "do not modify account": "", "account name": "company", "website": "domain", "owner": "owner",
            "address 1 country region": "country", "industry": "industry", "primary contact": "", "main phone": "",
            "do not modify row checksum": "", "do not modify modified on": "",
        },
    ),
    _program(
        "Dynamics contacts",
        "do not modify contact|last name",
        {
            "do not modify contact": "external_key", "full name": "name", "company name": "company",
            "business phone": "phone", "mobile phone": "phone", "job title": "title", "owner": "owner",
            "address 1 country region": "country", "do not modify row checksum": "", "do not modify modified on": "",
        },
    ),
    _program(
        "Zoho accounts",
        "record id|account name|account owner",
        {
            "record id": "", "account name": "company", "account owner": "owner", "website": "domain",
            "industry": "industry", "billing country": "country", "phone": "", "created time": "", "parent account": "",
        },
    ),
    _program(
        "Zoho contacts",
        "record id|contact owner|last name|account name",
        {
            "record id": "external_key", "contact owner": "owner", "account name": "company", "title": "title",
            "contact name": "name", "mailing country": "country", "mobile": "phone", "secondary email": "email",
            "salutation": "", "lead source": "", "department": "", "created time": "", "vendor name": "",
        },
    ),
    _program(
        "Zoho leads",
        "record id|lead owner|last name|company",
        {
            "record id": "external_key", "lead owner": "owner", "company": "company", "lead name": "name",
            "designation": "title", "website": "domain", "country": "country", "mobile": "phone",
            "secondary email": "email", "salutation": "", "lead status": "", "created time": "",
        },
    ),
    _program(
        "HubSpot contacts",
        "record id|first name|last name|email|lifecycle stage",
        {
            "record id": "external_key", "associated company": "company", "company name": "company",
            "contact owner": "owner", "job title": "title", "create date": "", "lifecycle stage": "",
            "website url": "domain", "country region": "country", "associated company ids": "",
        },
    ),
    _program(
        "Salesforce opportunities",
        "opportunity name|account name|stage",
        {
            "opportunity name": "deal", "account name": "company", "stage": "stage", "close date": "close_on",
            "created date": "opened_on", "opportunity owner": "owner", "amount": "amount", "fiscal period": "",
            "contact full name": "name", "primary contact": "name", "opportunity id": "external_key",
            "amount currency": "currency", "probability": "", "age": "", "type": "",
        },
    ),
    _program(
        "Salesforce contacts",
        "first name|last name|account name",
        {
            "account name": "company", "contact id": "external_key", "contact owner": "owner", "account owner": "",
            "account id": "", "title": "title", "mailing country": "country", "salutation": "", "department": "",
        },
    ),
    _program(
        "Salesforce accounts",
        "account name|account owner|billing country",
        {
            "account name": "company", "account id": "external_key", "account owner": "owner", "website": "domain",
            "billing country": "country", "industry": "industry", "phone": "", "type": "", "last activity": "",
        },
    ),
    _program(
        "Pipedrive deals",
        "deal title|deal value|deal stage",
        {
            "deal title": "deal", "deal value": "amount", "deal currency of value": "currency", "deal stage": "stage",
            "deal status": "deal_state", "deal organization": "company", "deal contact person": "name",
            "deal expected close date": "close_on", "deal deal created": "opened_on", "deal created": "opened_on",
            "deal owner": "owner", "deal id": "external_key", "deal pipeline": "",
        },
    ),
    _program(
        "Pipedrive organizations",
        "organization name|organization owner",
        {
            "organization name": "company", "organization id": "external_key", "organization owner": "owner",
            "organization country of address": "country", "organization industry": "industry",
            "organization website": "domain", "organization address": "",
        },
    ),
    _program(
        "Pipedrive people",
        "person name|person organization",
        {
            "person name": "name", "person organization": "company", "person id": "external_key",
            "person owner": "owner", "person email work": "email", "person email home": "email",
            "person email other": "email", "person email": "email", "person phone work": "phone",
            "person phone home": "phone", "person phone mobile": "phone", "person phone other": "phone",
            "person phone": "phone", "person job title": "title", "person first name": "first_name",
            "person last name": "last_name",
        },
    ),
    _program(
        "Google Contacts",
        "e mail 1 value|phone 1 value|labels",
        {
            "first name": "first_name", "last name": "last_name", "organization name": "company",
            "organization title": "title", "file as": "", "nickname": "", "labels": "", "birthday": "",
            "e mail 1 label": "", "phone 1 label": "", "website 1 value": "domain",
        },
    ),
    _program(
        "Google Contacts",
        "e mail 1 value|given name|family name",
        {
            "given name": "first_name", "family name": "last_name", "organization 1 name": "company",
            "organization 1 title": "title", "name": "name", "group membership": "", "nickname": "", "location": "",
            "website 1 value": "domain", "occupation": "",
        },
    ),
    _program(
        "Outlook",
        "e mail address|first name|last name|company",
        {
            "e mail address": "email", "e mail 2 address": "email", "e mail 3 address": "email",
            "business phone": "phone", "business phone 2": "phone", "mobile phone": "phone", "home phone": "phone",
            "primary phone": "phone", "company": "company", "job title": "title", "web page": "domain",
            "business country region": "country", "title": "", "department": "", "anniversary": "", "birthday": "",
        },
    ),
)  # fmt: skip


def recognised(headers: tuple[str, ...]) -> Program | None:
    """The program that a file with this head comes from; None for a table of one's own."""
    heads = {head_key(header) for header in headers}
    return next((one for one in PROGRAMS if one.signs <= heads), None)


def head_key(header: str) -> str:
    """A column's name without case, accents and signs."""
    return " ".join(tokens(header))
