"""How far each score can be trusted, in a seller's words, from what was said and what came of it."""

from typing import Final

from analytics.report.document import Section, Table
from analytics.report.phrases import counted, day, listed, percent, span, upper
from crm_store.values.report_cards import ModelCard, Settled
from crm_store.values.scores import ModelRecord, ScoreKind, Verdict

TITLES: Final = {
    "value": "Expected value",
    "alive": "Still a customer",
    "potential": "Buys again",
    "lead": "Leads who buy",
    "deal": "Deals won",
}
_OF: Final = {
    "potential": ("customer", "customers", "bought again within 90 days"),
    "lead": ("lead", "leads", "bought within 90 days"),
    "deal": ("deal", "deals", "were won"),
}
_NOT_FOR: Final = {
    "value": "It is a sum over many customers: no price, discount or credit limit of one of them.",
    "alive": "It says who has grown quiet, not why: nobody is to be dropped because of it alone.",
    "potential": "It says whom to call first: it refuses nobody a service and sets no price.",
    "lead": "It says whom to call first: it refuses nobody a service and sets no price.",
    "deal": "It is no promise of one deal's amount and no judgement of a colleague.",
}
_DRIFT: Final = "drift_"
_FEWEST_TO_RANK: Final = 10
_LARGE: Final = 1_000.0


def finding(cards: tuple[ModelCard, ...]) -> str:
    """All scores in one paragraph: how they did, or since when there will be figures."""
    if not cards:
        return "No score has been made yet: the first night makes them, and says which it can stand for."
    shown = [card for card in cards if card.scored]
    silent = [card for card in cards if not card.scored]
    words = [f"{upper(counted(len(shown), 'score is', 'scores are'))} shown"] if shown else []
    if silent:
        number = f"{len(silent):,}" if shown else counted(len(silent), "score is", "scores are")
        kept = f"{number} kept back"
        words.append(f"{kept}, since the data do not carry {'it' if len(silent) == 1 else 'them'} ({_names(silent)})")
    judged = [last_month(card) for card in cards if card.settled]
    said = " ".join(judged[:2]) if judged else _waits(cards)
    return f"{listed(words)}. {said}"


def _names(cards: list[ModelCard]) -> str:
    return listed([TITLES[one.record.kind].lower() for one in cards])


def _waits(cards: tuple[ModelCard, ...]) -> str:
    due = [card.due_on for card in cards if card.due_on and card.record.kind != "deal"]
    if due:
        return f"What was said is compared with what comes from {day(min(due))} on, when the first predictions are due."
    if any(card.open for card in cards):
        return "What was said is compared with what comes as soon as the first of the judged deals closes."
    return "What was said is compared with what comes once the first predictions are kept and due."


def sections(cards: tuple[ModelCard, ...]) -> tuple[Section, ...]:
    """A section a model, the scores in their usual order."""
    return tuple(_section(card) for card in cards)


def _section(card: ModelCard) -> Section:
    record = card.record
    sentences = (_shown(card), last_month(card), *_simple_rule(card), *_drifted(record), _NOT_FOR[record.kind])
    tables = [one for one in (_deciles(card), _contest(record)) if one]
    return Section(
        TITLES[record.kind],
        tuple(one for one in sentences if one),
        details=tuple(
            one for one in (record.sentence, _learnt(record)) if one and not any(one in said for said in sentences)
        ),
        detail_tables=tuple(tables),
    )


def _shown(card: ModelCard) -> str:
    if card.record.verdict is Verdict.ABSTAINED or not card.scored:
        return f"No score is shown, rather than one that cannot be stood for. {card.record.sentence}"
    return f"Shown for {card.scored:,}, learnt from {card.record.rows:,} cases, model of {day(card.record.as_of)}."


def last_month(card: ModelCard) -> str:
    """How the predictions that came due within a month did, as a seller would say it."""
    told, kind = card.settled, card.record.kind
    if told is None:
        return _none_yet(card)
    when = f"said {span(told.first, told.last)}"
    if kind == ScoreKind.VALUE:
        return _value(told, when)
    if kind not in _OF:
        return ""
    one, several, came = _OF[kind]
    if told.n < _FEWEST_TO_RANK:
        hits, sure = round(told.came), sum(each.said * each.n for each in told.deciles)
        return f"Of {counted(told.n, one, several)} {came} {hits:,}; {sure:.1f} were expected ({when})."
    hits, by_chance = round(told.top.came * told.top.n), round(told.came / told.n * told.top.n)
    return (
        f"Of {told.top.n:,} {several if told.top.n > 1 else one} we called likeliest, {hits:,} {came}; by chance it "
        f"would have been {by_chance:,} ({told.n:,} in all, {when})."
    )


def _value(told: Settled, when: str) -> str:
    said = sum(each.said * each.n for each in told.deciles)
    best = told.top.came * told.top.n / told.came if told.came else 0.0
    off = f"{(said - told.came) / told.came:+.0%} off" if told.came else "nobody bought"
    return (
        f"Of {counted(told.n, 'buyer')} we expected {said:,.0f} in all and {told.came:,.0f} came ({off}); the fifth we "
        f"put first brought {percent(best)} of it, and {percent(told.inside)} ended within their range ({when})."
    )


def _none_yet(card: ModelCard) -> str:
    if card.record.kind == ScoreKind.ALIVE:
        return ""
    if not card.open:
        return "Nothing was predicted yet that could be compared with what came."
    if card.record.kind == ScoreKind.DEAL or card.due_on is None:
        waits = upper(counted(card.open, "prediction waits", "predictions wait"))
        return f"{_tested(card.record)}{waits} for the deals to close; the first figures come with the first of them."
    backtest = _tested(card.record)
    waits = upper(counted(card.open, "prediction waits", "predictions wait"))
    return f"{backtest}{waits} to be compared; the first figures come on {day(card.due_on)}."


def _tested(record: ModelRecord) -> str:
    """How the likeliest group of the test on later time did, until there are figures of the month."""
    if record.kind not in _OF:
        return _error_of(record)
    told = record.parameters.get("calibration")
    groups = told.get("groups") if isinstance(told, dict) else None
    if not isinstance(groups, list):
        return ""
    figures = [
        (float(str(each["said"])), float(str(each["came"])), int(str(each["n"])))
        for each in groups
        if isinstance(each, dict)
    ]
    n = sum(each[2] for each in figures)
    if not n:
        return ""
    _, came, best = max(figures)
    rate = sum(each[1] * each[2] for each in figures) / n
    _, several, words = _OF[record.kind]
    return (
        f"In the test on later time, of {best:,} {several} put first {came * best:,.0f} {words}; by chance it would "
        f"have been {rate * best:,.0f}. "
    )


def _error_of(record: ModelRecord) -> str:
    """The typical error of a sum in the test on later time, beside that of the simple rule."""
    ours, plain = record.metrics.get("rmse"), record.baseline_metrics.get("rmse")
    if ours is None or plain is None:
        return ""
    return f"In the test on later time its typical error was {ours:,.0f}, that of the pace so far {plain:,.0f}. "


def _simple_rule(card: ModelCard) -> tuple[str, ...]:
    """The score beside the simple rule, over the last month."""
    told = card.settled
    if told is None:
        return ()
    better = "better than" if told.error < told.plain_error else "no better than"
    if card.record.kind == ScoreKind.VALUE:
        ours, plain = told.error**0.5, told.plain_error**0.5
        return (f"Typical error {ours:,.0f}, {better} {plain:,.0f} by saying the average of everybody.",)
    lift = told.top.came / (told.came / told.n) if told.came else 0.0
    words = f"Error (Brier) {told.error:.3f}, {better} {told.plain_error:.3f} by saying the average of everybody"
    return (f"{words}; the likeliest fifth came true {lift:.1f} times as often as the average.",)


def _drifted(record: ModelRecord) -> tuple[str, ...]:
    metrics = record.metrics
    strange = [name.removeprefix(_DRIFT).replace("_", " ") for name in metrics if name.startswith(_DRIFT)]
    strange = [name for name in strange if name != "errors"]
    if not strange:
        return ()
    return (f"Customers of today look unlike those it learnt from in: {listed(strange[:4])}.",)


def _learnt(record: ModelRecord) -> str:
    if not record.features:
        return ""
    names = [name.replace("_", " ") for name in record.features]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"Learnt from {record.rows:,} rows: {', '.join(names[:8])}{more}."


def _deciles(card: ModelCard) -> Table | None:
    told = card.settled
    if told is None or told.n < _FEWEST_TO_RANK:
        return None
    money = card.record.kind == ScoreKind.VALUE
    rows = tuple(
        (
            f"{at + 1}",
            f"{each.n:,}",
            f"{each.said:,.0f}" if money else percent(each.said),
            f"{each.came:,.0f}" if money else percent(each.came),
        )
        for at, each in enumerate(told.deciles)
    )
    return Table("Said and come, by tenths, the lowest first", ("tenth", "n", "said", "came"), rows)


def _contest(record: ModelRecord) -> Table | None:
    """The champion and those it beat, by their error in the backtest."""
    found = record.parameters.get("candidates") or record.parameters.get("revenue")
    if not isinstance(found, dict):
        return None
    measure = "brier" if "candidates" in record.parameters else "rmse"
    figures: list[tuple[float, str]] = []
    for name, each in found.items():
        error = each.get(measure) if isinstance(each, dict) else None
        if isinstance(error, int | float):
            figures.append((float(error), name))
    if len(figures) < 2:
        return None
    shown = _champion(record)
    exact = "{:.4f}" if measure == "brier" else "{:,.1f}" if max(figures)[0] < _LARGE else "{:,.0f}"
    rows = tuple(
        (f"{name}{' (shown)' if name == shown else ''}", exact.format(error)) for error, name in sorted(figures)
    )
    return Table("Tried on later time, the smallest error first", ("model", "error"), rows[:8], max(len(rows) - 8, 0))


def _champion(record: ModelRecord) -> str:
    chance = record.parameters.get("chance")
    name = chance.get("name") if isinstance(chance, dict) else record.parameters.get("model")
    return str(name or "")
