"""Sentences that sales people and their customers write, with slots; whole texts are composed of them."""

from random import Random
from string import Formatter

PLACES = ("Hall 3", "the north plant", "the Lyon site", "the head office", "the new warehouse", "building C", "Leeds")
TOPICS = (
    "the monthly load report",
    "hourly readings",
    "the gateway in the basement",
    "user rights for the night shift",
    "the export to our accounting",
    "alarms at night",
    "the peak-load chart",
    "sub-metering of tenants",
)

SUBJECTS = {
    "opening": (
        "Your question about metering",
        "Energy data at {company}",
        "Nice to meet you",
        "{company} and Halyard",
    ),
    "middle": ("Offer for {n} seats", "Next steps with {place}", "Question about {topic}", "Pilot at {company}"),
    "closing": ("Contract for {n} seats", "Terms and start date", "Order confirmation", "Final offer for {company}"),
    "care": ("How is it going with {topic}?", "Question about {topic}", "Quarterly review", "Your last delivery"),
    "trouble": ("Gateway offline since {day}", "Wrong readings at {place}", "Still waiting for an answer", "Invoice"),
}

OUTGOING = {
    "opening": (
        "thank you for your interest in our meters.",
        "it was good to speak with you at the fair on {day}.",
        "a colleague told me that you are looking at {topic}.",
        "many companies of your size begin with {n} seats and a few gateways, and grow from there.",
        "I put a short overview together for {place}.",
        "your neighbour two streets away has used our gateways for three years.",
    ),
    "middle": (
        "here is the offer for {n} seats and the gateways for {place}.",
        "we can have a pilot running at {place} within two weeks.",
        "you asked about {topic}: that is part of the standard, so there is nothing to pay on top.",
        "I checked with our engineers: your meters can be read without replacing them.",
        "the reference you asked for is happy to take a call on {day}.",
        "I changed the offer as we discussed and took the second gateway out.",
    ),
    "closing": (
        "the contract is ready, with the start date you asked for.",
        "I can hold the price until the end of the month.",
        "our lawyer accepts your change to paragraph 7.",
        "if the order comes by {day}, the hardware leaves our store the same week.",
        "the last open point is who signs on your side.",
    ),
    "care": (
        "I wanted to hear how you are getting on with {topic}.",
        "there is a new report for {place} that might save you some work.",
        "your support plan ends next quarter; shall we talk about it?",
        "thank you for the order, it leaves our store on {day}.",
        "we saw that only half of your seats are in use. A short training often helps.",
    ),
}
OUTGOING_ASKS = (
    "Does {day} suit you for a call?",
    "Who else should be in the loop?",
    "Could you send me the floor plan of {place}?",
    "What would you need to decide by the end of the month?",
    "Shall I come by on {day}?",
    "Just answer with a yes and I do the rest.",
    "",
)
INCOMING = {
    "opening": (
        "we found you through a partner and would like to know what {n} seats would cost.",
        "we measure {place} by hand today and that has to end.",
        "our management wants figures about {topic} by spring.",
        "we are comparing three vendors and you are one of them.",
        "could you send us some material about {topic}?",
    ),
    "middle": (
        "thank you for the offer. Our IT has questions about {topic}.",
        "the pilot at {place} looks good so far.",
        "{n} seats are more than we need at first. Can we begin smaller?",
        "your competitor is about ten percent cheaper. Can you do something about the price?",
        "I have shown it to our head of finance, she likes the chart.",
        "we need an answer about {topic} before we can go on.",
    ),
    "closing": (
        "the contract is with our lawyers, I expect it back on {day}.",
        "we are nearly there, only the start date is open.",
        "please change the order to {n} seats, then I can sign.",
        "our budget round is on {day}, after that I can say more.",
        "good news: the board has agreed.",
    ),
    "care": (
        "we are happy with {topic}, the night shift uses it every day.",
        "could you add {n} seats to our next order?",
        "how do I get {topic} for last year?",
        "everything works. We are planning the same for {place}.",
        "please send the invoice to our new address.",
    ),
    "trouble": (
        "the gateway at {place} has been offline since {day} and nobody calls back.",
        "the readings do not fit our bill, for the second month now.",
        "this is the third time that I write about {topic}.",
        "we are not using most of the seats any more and have to cut costs.",
        "a new colleague is looking at other products for next year.",
    ),
}
INCOMING_ASKS = (
    "Can you call me on {day}?",
    "When could you deliver?",
    "Please keep my colleague in copy.",
    "Until when does the offer hold?",
    "Thanks for your patience.",
    "Please send it as a PDF.",
    "",
)
FOREIGN = {
    "de": (
        "vielen Dank für das Angebot. Wir bräuchten {n} Lizenzen und einen Termin nächste Woche.",
        "die Zähler laufen gut, nur der Monatsbericht kommt zu spät. Können Sie das prüfen?",
        "unsere Geschäftsführung entscheidet nächste Woche. Gibt es noch Spielraum beim Preis?",
    ),
    "fr": (
        "merci pour votre offre. Il nous faudrait {n} licences avant la fin du mois.",
        "le compteur du hall 3 ne répond plus depuis hier. Pouvez-vous nous rappeler ?",
        "notre direction est d'accord sur le principe, reste la question du prix.",
    ),
    "es": (
        "gracias por la oferta. Necesitamos {n} licencias y una visita la próxima semana.",
        "todo funciona bien, pero falta el informe mensual. ¿Lo pueden revisar?",
        "lo hablaré con dirección esta semana. ¿Hasta cuándo es válido el precio?",
    ),
    "it": (
        "grazie per l'offerta, ci servono {n} licenze entro fine mese.",
        "il contatore funziona, ma mancano i dati di ieri. Potete controllare?",
    ),
    "pl": ("dziękujemy za ofertę, potrzebujemy {n} licencji.", "odczyty z hali 3 są błędne, proszę o telefon."),
    "sv": ("tack för offerten, vi behöver {n} licenser.", "mätaren i källaren svarar inte sedan i går."),
    "ja": ("お見積りありがとうございます。{n}ライセンスでお願いします。", "ゲートウェイの設置日を教えてください。"),
    "ru": ("спасибо за предложение, нам нужно {n} лицензий.", "когда вы сможете поставить счётчики?"),
}
CALLS = {
    "opening": (
        "First call with {first}. {company} reads its meters by hand, about {n} people would use it.",
        "Reached {first} at last. Interested, but not before the next budget.",
        "{first} called back: wants to see {topic} before anything else.",
    ),
    "middle": (
        "{first} went through the offer with me. Main worry: {topic}.",
        "Talked prices with {first}: {n} seats are fine, hardware seems dear to them.",
        "{first} says the decision is made by the CFO, and that {topic} will matter most.",
    ),
    "closing": (
        "{first} wants to sign on {day}; start date still open.",
        "{first} asked for five percent more. I said I would think about it.",
        "Went through the contract with {first}, two small changes.",
    ),
    "care": (
        "Checked in with {first}. No more trouble with {topic}, they are thinking about {place}.",
        "{first} asked how to set up {topic}. Solved on the phone.",
        "Short call: {first} is content and would be a reference.",
    ),
    "trouble": (
        "{first} is annoyed about {topic}. Promised an answer by {day}.",
        "{first} says usage has gone down and the boss asks what it is for.",
    ),
}
MEETINGS = {
    "opening": ("Met {first} at the fair, showed {topic}. Good questions.", "Visit at {company}: saw {place}."),
    "middle": (
        "Demo for {first} and two colleagues, an hour on {topic}. They want a pilot at {place}.",
        "Workshop at {place}: {n} meters to replace, the rest can stay.",
    ),
    "closing": ("Negotiated with {first}: {n} seats, delivery in two steps.", "Met their CFO; {first} is on our side."),
    "care": ("Quarterly review with {first}. Growth planned at {place}.", "Training for {n} users at {place}."),
    "trouble": ("Went to {place} to look at the gateway with {first}. Cable fault, not ours.",),
}
MESSAGES = (
    "{first} from {company} just asked about {topic}, I am on it",
    "fyi {company} might need {n} more seats, {first} mentioned it in passing",
    "{first} is out until {day}, deal waits",
    "spoke to {first}: {place} first, the rest in spring",
)
GREETINGS = ("Hi {me},", "Hello {me},", "Dear {me},", "Good morning {me},", "{me},")
SIGN_OFFS = ("Best regards", "Kind regards", "Thanks", "Cheers", "All the best", "Best")
OWN_GREETINGS = ("Hi {first},", "Hello {first},", "Dear {first},", "Good morning {first},")

NEEDS = (
    "{n} seats by the end of the quarter",
    "hourly readings for {place}",
    "a report that the auditors accept",
    "a gateway that works without the company network",
    "training for the night shift",
    "an export to the accounting program",
    "prices for three years",
    "alarms by text message",
    "meters that fit into the old cabinets",
)
TASKS = (
    "Send quote to {first}",
    "Call {first} about {topic}",
    "Send {first} the reference from the dairy",
    "Ask {first} for the floor plan of {place}",
    "Prepare the review with {company}",
    "Check delivery date for {company}",
    "Answer {first} about {topic}",
    "Send contract to {company}",
)


def fill(chance: Random, template: str, **slots: str) -> str:
    """The template with its slots filled; number, day, place and topic are drawn where not given."""
    wanted = {field for _, field, _, _ in Formatter().parse(template) if field}
    drawn = {
        "n": str(chance.choice((5, 8, 10, 12, 15, 20, 25, 40, 60, 120))),
        "day": chance.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
        "place": chance.choice(PLACES),
        "topic": chance.choice(TOPICS),
    }
    text = template.format(**{field: slots.get(field) or drawn[field] for field in wanted})
    return text[:1].upper() + text[1:]


def mail_out(chance: Random, mood: str, **slots: str) -> str:
    """A mail of ours: greeting, one or two sentences, a question, a name."""
    return _mail(chance, OWN_GREETINGS, OUTGOING[mood], OUTGOING_ASKS, slots["me"], slots)


def mail_in(chance: Random, mood: str, language: str, **slots: str) -> str:
    """A mail of a customer's, half of the time in the own language."""
    if language in FOREIGN and mood != "trouble" and chance.random() < 0.5:
        return _mail(chance, GREETINGS, FOREIGN[language], ("",), slots["name"], slots)
    return _mail(chance, GREETINGS, INCOMING[mood], INCOMING_ASKS, slots["name"], slots)


def _mail(
    chance: Random,
    greetings: tuple[str, ...],
    sentences: tuple[str, ...],
    asks: tuple[str, ...],
    signed: str,
    slots: dict[str, str],
) -> str:
    said = chance.sample(sentences, min(len(sentences), chance.choice((1, 1, 2))))
    body = " ".join(fill(chance, sentence, **slots) for sentence in said)
    ask = fill(chance, chance.choice(asks), **slots)
    paragraphs = (fill(chance, chance.choice(greetings), **slots), body, ask)
    return "\n\n".join(part for part in (*paragraphs, f"{chance.choice(SIGN_OFFS)}\n{signed}") if part)
