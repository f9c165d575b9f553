"""Companies and their people: who they are, where they are, how to reach them, and how each company buys."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from bot.demo import names
from bot.demo.values import Behaviour, DemoAffiliation, DemoCompany, DemoPerson, DemoPoint

HISTORY_DAYS = 548
OWNERS = ("U_ADA", "U_BEN")
PEOPLE = 375


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class _Country:
    name: str
    languages: tuple[str, ...]
    form: str
    phones: tuple[str, ...]


# Only numbers that regulators keep free for films and books, so that no demo ever rings at somebody's.
_COUNTRIES = (
    _Country("United Kingdom", ("en", "en", "hi", "yo"), "Ltd", ("+442079460{n:03d}", "+447700900{n:03d}")),
    _Country(
        "United States",
        ("en", "en", "es", "vi", "ko"),
        "Inc.",
        ("+121255501{rest:02d}", "+141555501{rest:02d}", "+131255501{rest:02d}", "+161755501{rest:02d}"),
    ),
    _Country("Germany", ("de", "de", "tr"), "GmbH", ("+493023125{n:03d}", "+498999998{n:03d}")),
    _Country("France", ("fr", "fr", "ar"), "SA", ("+3319900{n:04d}", "+3363998{n:04d}")),
    _Country(
        "Sweden",
        ("sv",),
        "AB",
        ("+468465004{rest:02d}", "+463139006{rest:02d}", "+464062804{rest:02d}", "+469803192{rest:02d}"),
    ),
    _Country("Australia", ("en", "vi", "zh"), "Pty Ltd", ("+6125550{n:04d}", "+6137010{n:04d}")),
    _Country("Spain", ("es",), "S.L.", ()),
    _Country("Italy", ("it",), "S.p.A.", ()),
    _Country("Poland", ("pl",), "Sp. z o.o.", ()),
    _Country("Portugal", ("pt",), "Lda", ()),
    _Country("Greece", ("el",), "A.E.", ()),
    _Country("Japan", ("ja",), "K.K.", ()),
    _Country("Singapore", ("zh", "hi", "en"), "Pte Ltd", ()),
    _Country("Türkiye", ("tr",), "A.Ş.", ()),
    _Country("Kazakhstan", ("ru",), "LLP", ()),
    _Country("Egypt", ("ar",), "S.A.E.", ()),
)
_COUNTRY_WEIGHTS = (22, 20, 18, 10, 6, 6, 6, 5, 5, 3, 2, 3, 3, 3, 2, 2)

_STEMS = _words(
    "Alderbrook Ambervale Ashcombe Birchgate Blackthorn Bluequay Bramwell Brightwater Calloway Cedarholm "
    "Clearmoor Cobblestone Copperfield Cranmere Dawnridge Deepwell Dovecote Driftwood Eastmere Elderflow "
    "Elmstead Emberly Fairlight Falconridge Fernhollow Fernstone-Vale Foxglove Frostmark Glenhaven Goldcrest "
    "Granitehill Greyfriar Harborline Hawksmoor Hazelton Heathermill Highgarden Hollowtree Ironbark Ivywood "
    "Juniperus Kestrel Kingfisher Lakeshore Larkspur Lavenham Lighthouse Lindenhof Longmeadow Marblehead "
    "Mapleton Marigold Meadowlark Millrace Mistral Moonstone Mossbank Northgate Oakhurst Oldbridge Orchardson "
    "Osprey Otterburn Palegreen Peregrine Pinecrest Plumtree Quarrystone Quillfeather Ravensbourne Redwing "
    "Ridgeway Riverbend Rosewater Rowanberry Saltmarsh Sandpiper Seabright Silverbirch Skylark Slateford "
    "Snowdrop Southwold Sparrowhawk Springwell Starling Stonebridge Summerfield Sunmeadow Swiftwater Tamarisk "
    "Thistledown Tidewater Timberline Tumbledown Underwood Valewood Verdigris Violetta Walnutree "
    "Waterford-Lane Westerly Wheatsheaf Whitebeam Wildrose Willowbank Windermoor Wintergreen Woodlark "
    "Wrenfield Yarrowby Yewdale Zephyrine Zinnia Talbrunnen Kornblum Brackenfell"
)
_INDUSTRIES = (
    ("food", ("Foods", "Dairy", "Bakeries")),
    ("manufacturing", ("Machines", "Tools", "Components")),
    ("retail", ("Stores", "Markets", "Outfitters")),
    ("logistics", ("Freight", "Logistics", "Haulage")),
    ("hospitality", ("Hotels", "Resorts", "Catering")),
    ("health", ("Clinics", "Care", "Diagnostics")),
    ("education", ("College", "Learning", "Academy")),
    ("property", ("Estates", "Living", "Facilities")),
    ("energy", ("Energy", "Power", "Solar")),
    ("chemicals", ("Coatings", "Polymers", "Chemicals")),
    ("finance", ("Capital", "Mutual", "Leasing")),
    ("public", ("Waterworks", "Transit", "Housing")),
)
_TITLES = (
    ("Energy Manager", "user"),
    ("Facility Manager", "user"),
    ("Head of Operations", "champion"),
    ("Plant Manager", "user"),
    ("Head of Procurement", "buyer"),
    ("Buyer", "buyer"),
    ("Chief Financial Officer", "decides"),
    ("Managing Director", "decides"),
    ("Sustainability Lead", "champion"),
    ("IT Manager", "technical"),
    ("Site Engineer", "technical"),
    ("Office Manager", "user"),
    ("Controller", "buyer"),
)
ROLES = dict(_TITLES)
_BEHAVIOURS = (
    [Behaviour.REGULAR] * 36
    + [Behaviour.SEASONAL] * 14
    + [Behaviour.ONCE] * 22
    + [Behaviour.CHURNED] * 18
    + [Behaviour.BIG] * 8
    + [Behaviour.PROSPECT] * 19
)


def companies(chance: Random, today: date) -> list[DemoCompany]:
    """The three companies every page of the documentation speaks of, and 117 others."""
    start = today - timedelta(days=HISTORY_DAYS)
    made = [
        _known("Acme Corporation", "acme", "manufacturing", "United States", 420, "U_ADA", Behaviour.REGULAR, start),
        _known("Globex", "globex", "energy", "United Kingdom", 180, "U_ADA", Behaviour.REGULAR, start),
        _known("The Raine Group", "raine", "finance", "United States", 950, "U_BEN", Behaviour.BIG, start),
    ]
    behaviours = list(_BEHAVIOURS)
    chance.shuffle(behaviours)
    stems = list(_STEMS)
    chance.shuffle(stems)
    for stem, behaviour in zip(stems, behaviours, strict=False):
        made.append(_company(chance, stem, behaviour, today))
    return made


def _known(
    name: str, word: str, industry: str, country: str, employees: int, owner: str, behaviour: Behaviour, start: date
) -> DemoCompany:
    return DemoCompany(
        f"company-{word}", name, f"{word}.example", industry, country, employees, owner, start, behaviour
    )


def _company(chance: Random, stem: str, behaviour: Behaviour, today: date) -> DemoCompany:
    country = chance.choices(_COUNTRIES, _COUNTRY_WEIGHTS)[0]
    industry, words = chance.choice(_INDUSTRIES)
    middle = 3000.0 if behaviour is Behaviour.BIG else 140.0
    employees = max(4, round(chance.lognormvariate(0, 0.9) * middle))
    name = f"{stem.replace('-', ' ')} {chance.choice(words)}"
    if chance.random() < 0.6:
        name = f"{name} {country.form}"
    word = stem.lower().replace("-", "")
    since = today - timedelta(days=chance.randint(240, HISTORY_DAYS))
    owner = chance.choices(OWNERS, (3, 2))[0]
    return DemoCompany(
        f"company-{word}", name, f"{word}.example", industry, country.name, employees, owner, since, behaviour
    )


def people(chance: Random, all_companies: list[DemoCompany], today: date) -> list[DemoPerson]:
    """John Smith, Ann Lee and their like: one to eight people a company by its size, and some who buy alone."""
    made = [_john_smith(today), _ann_lee(today)]
    taken = {person.name for person in made}
    seats = [company for company in all_companies for _ in range(_first_seats(company))]
    while len(seats) < PEOPLE - 12 - len(made):
        seats.append(chance.choices(all_companies, [company.employees**0.4 for company in all_companies])[0])
    patterns = {company.key: chance.choices(range(4), (5, 2, 1, 2))[0] for company in all_companies}
    patterns |= dict.fromkeys(("company-acme", "company-globex", "company-raine"), 0)
    for company in seats:
        made.append(_person(chance, company, patterns[company.key], taken, today, len(made)))
    while len(made) < PEOPLE:
        made.append(_alone(chance, taken, today, len(made)))
    return made


def _first_seats(company: DemoCompany) -> int:
    return 2 if company.key in {"company-acme", "company-globex"} else 1 if company.employees < 30 else 2


def _john_smith(today: date) -> DemoPerson:
    points = (
        DemoPoint("email", "john.smith@acme.example", "signature", today - timedelta(days=6)),
        DemoPoint("phone", "+16465550142", "signature", today - timedelta(days=6)),
    )
    since = today - timedelta(days=510)
    return DemoPerson(
        "person-john-smith", "John Smith", "Head of Procurement", "company-acme", "U_ADA", "en", since, points
    )


def _ann_lee(today: date) -> DemoPerson:
    points = (
        DemoPoint("email", "ann.lee@globex.example", "mail", today - timedelta(days=3)),
        DemoPoint("phone", "+442079460917", "signature", today - timedelta(days=40)),
    )
    since = today - timedelta(days=480)
    return DemoPerson("person-ann-lee", "Ann Lee", "Energy Manager", "company-globex", "U_ADA", "en", since, points)


def _new_name(chance: Random, languages: tuple[str, ...], taken: set[str]) -> tuple[names.FullName, str]:
    """A name that nobody bears yet; a language whose few names are used up makes room for another."""
    for attempt in range(200):
        language = chance.choice(languages if attempt < 40 else tuple(names.NAMES))
        name = names.pick(chance, language)
        if name.shown not in taken:
            taken.add(name.shown)
            return name, language
    raise AssertionError("more people than names")


def _person(
    chance: Random, company: DemoCompany, pattern: int, taken: set[str], today: date, number: int
) -> DemoPerson:
    country = next(country for country in _COUNTRIES if country.name == company.country)
    name, language = _new_name(chance, country.languages, taken)
    since = company.since + timedelta(days=round(chance.random() ** 2 * (today - company.since).days * 0.8))
    seen = since + timedelta(days=chance.randint(0, max(0, (today - since).days - 1)))
    local = names.local_part(name, pattern)
    if pattern in {2, 3}:  # These fashions clash soon, and companies then add a number.
        local = f"{local}{number % 10}" if chance.random() < 0.3 else local
    points = [DemoPoint("email", f"{local}@{company.domain}", chance.choice(("mail", "import", "signature")), seen)]
    if country.phones and chance.random() < 0.6:
        phone = country.phones[number // 100 % len(country.phones)].format(n=number, rest=number % 100)
        points.append(DemoPoint("phone", phone, chance.choice(("signature", "import", "chat")), seen))
    owner = company.owner if chance.random() < 0.94 else chance.choice(OWNERS)
    title = chance.choice(_TITLES)[0]
    return DemoPerson(f"person-{number:03d}", name.shown, title, company.key, owner, language, since, tuple(points))


def _alone(chance: Random, taken: set[str], today: date, number: int) -> DemoPerson:
    name, language = _new_name(chance, ("en", "de", "fr", "es"), taken)
    since = today - timedelta(days=chance.randint(20, 400))
    seen = since + timedelta(days=chance.randint(0, 15))
    address = f"{names.local_part(name, 0)}{chance.randint(60, 99)}@freemail.example"
    return DemoPerson(
        f"person-{number:03d}",
        name.shown,
        chance.choice((None, "Consultant", "Energy adviser")),
        None,
        chance.choice(OWNERS),
        language,
        since,
        (DemoPoint("email", address, "form", seen),),
    )


def with_former_employers(
    chance: Random, everybody: list[DemoPerson], all_companies: list[DemoCompany]
) -> list[DemoPerson]:
    """Every eighteenth of those who have a company used to work for another one that we know."""
    result = list(everybody)
    for place in range(20, len(result), 18):
        person = result[place]
        if person.company is None:
            continue
        before = chance.choice([company for company in all_companies if company.key != person.company])
        until = person.since - timedelta(days=chance.randint(5, 60))
        since = until - timedelta(days=chance.randint(400, 1500))
        title = chance.choice(_TITLES)[0]
        result[place] = replace(person, former=(DemoAffiliation(before.key, title, since, until),))
    return result
