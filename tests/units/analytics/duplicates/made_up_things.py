"""Tables of made-up things that are no people: what shops sell, works and their authors, songs, towns on a map."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from analytics.duplicates.engine import Table
from tests.units.analytics.duplicates.made_up import FIRST, LAST, Known, Maker, Row

_PARTS_TEXT: Final = "ba ce di fo gu ka le mi no pa ro su te vi zo stra plen gor wim dax"
_PARTS: Final = _PARTS_TEXT.split()
_SORTS: Final = ("digital camera", "cordless phone", "washing machine", "car stereo", "ink cartridge", "router")
_VENUES: Final = (
    ("VLDB", "Very Large Data Bases"), ("ICDE", "International Conference on Data Engineering"),
    ("TODS", "ACM Transactions on Database Systems"), ("KDD", "Knowledge Discovery and Data Mining"),
)  # fmt: skip


class Things(Maker):
    """Draws words that no list of names knows."""

    def word(self, parts: int = 3) -> str:
        return "".join(self.pick(_PARTS) for _ in range(parts))

    def words(self, count: int, among: Sequence[str]) -> list[str]:
        return [self.pick(among) for _ in range(count)]

    def number(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high))


def _one(rows: Sequence[tuple[int, Row]]) -> Known:
    """One table, in the order of making, since nothing depends on it."""
    ids = tuple(f"k{at}" for at in range(len(rows)))
    same = {
        (ids[a], ids[b])
        for a in range(len(rows))
        for b in range(a + 1, min(a + 12, len(rows)))
        if rows[a][0] == rows[b][0]
    }
    columns = tuple(rows[0][1])
    ordered = frozenset((min(pair), max(pair)) for pair in same)
    return Known(Table(columns, ids, tuple(tuple(row.values()) for _, row in rows)), None, ordered)


def _two(left: Sequence[tuple[int, Row]], right: Sequence[tuple[int, Row]]) -> Known:
    tables = [
        Table(
            tuple(rows[0][1]), tuple(f"{side}{at}" for at in range(len(rows))),
            tuple(tuple(row.values()) for _, row in rows),
        )
        for side, rows in (("a", left), ("b", right))
    ]  # fmt: skip
    places = {thing: at for at, (thing, _) in enumerate(right)}
    same = frozenset((f"a{at}", f"b{places[thing]}") for at, (thing, _) in enumerate(left) if thing in places)
    return Known(tables[0], tables[1], same)


def goods(seed: int, count: int = 450) -> Known:
    """Two shops: names of several words, long descriptions, prices near each other; families differ in the model."""
    make = Things(seed)
    brands, traits = [make.word() for _ in range(40)], [f"{make.word()} {make.word()}" for _ in range(200)]
    shops: tuple[list[tuple[int, Row]], list[tuple[int, Row]]] = ([], [])
    for thing in range(count):
        if thing % 3 == 0:
            brand, sort, letters = make.pick(brands), make.pick(_SORTS), make.word(2).upper()
            has, price = make.words(6, traits), make.number(20, 900)
        model, cost = f"{letters}-{thing:03}", price + 7 * (thing % 3)
        where = make.number(0, 3)
        if where != 1:
            long = "/ ".join([f"{brand} {sort} {model}", *has[:4]])
            shops[0].append((thing, {"name": f"{brand} {sort} - {model}", "description": long, "price": f"${cost}.99"}))
        if where != 0:
            name = " ".join([brand, model.replace("-", "") if make.chance(0.4) else model, sort.split()[-1]])
            told = ", ".join(has[2:]) if make.chance(0.6) else ""
            shops[1].append((thing, {"name": name.upper(), "description": told, "price": f"{cost * 0.97:.2f}"}))
    return _two(*shops)


def works(seed: int, count: int = 500) -> Known:
    """Two libraries: titles under the heading `title`, authors whole or by initials, venues long or short."""
    make = Things(seed)
    words = [make.word(make.number(2, 4)) for _ in range(300)]
    shelves: tuple[list[tuple[int, Row]], list[tuple[int, Row]]] = ([], [])
    for work in range(count):
        title = " ".join(make.words(make.number(3, 9), words))
        by = [(make.pick(FIRST), make.pick(LAST)) for _ in range(make.number(1, 5))]
        venue, year = _VENUES[make.number(0, 4)], make.number(1994, 2010)
        where = make.number(0, 3)
        if where != 1:
            authors = ", ".join(f"{first} {last}".title() for first, last in by)
            row = {"title": title.title(), "authors": authors, "venue": venue[0], "year": str(year)}
            shelves[0].append((work, row))
        if where != 0:
            authors = ", ".join(f"{last}, {first[0]}." for first, last in by)
            again = {"title": make.slip(title) if make.chance(0.3) else title, "authors": authors, "venue": venue[1]}
            shelves[1].append((work, again | {"year": str(year + (work % 9 == 0)) if make.chance(0.8) else ""}))
    return _two(*shelves)


def songs(seed: int, count: int = 350) -> Known:
    """Songs from several lists: the title with the singer's or the album's name in it, lengths and years left out."""
    make = Things(seed)
    singers, words = [f"{make.word()} {make.word(2)}" for _ in range(80)], [make.word(2) for _ in range(120)]
    rows: list[tuple[int, Row]] = []
    for song in range(count):
        title, album = " ".join(make.words(make.number(1, 5), words)), " ".join(make.words(make.number(1, 4), words))
        singer, length, year = make.pick(singers), make.number(90, 400), str(make.number(1960, 2014))
        for copy in range(make.number(1, 4)):
            shown = (title, f"{singer} - {title}", f"{title} ({album})")[make.number(0, 3) if copy else 0]
            row = {"title": shown, "artist": singer, "album": album, "length": str(length), "year": year}
            rows.append((song, make.blanks(row, 0.15, ("title",))))
    return _one(rows)


def towns(seed: int, count: int = 500) -> Known:
    """Towns on maps of several makers: never exactly the same spot, and many of the same name elsewhere."""
    make = Things(seed)
    rows: list[tuple[int, Row]] = []
    for town in range(count):
        name = f"{make.pick(('', 'Upper ', 'New '))}{make.word(2).title()}{make.pick(('burg', 'ton', ' City'))}"
        north, east = float(make.random.uniform(30, 60)), float(make.random.uniform(-10, 40))
        for copy in range(make.number(1, 4)):
            digits = (2, 4, 5)[make.number(0, 3)]
            spot = [f"{value + float(make.random.normal(0, 0.004)):.{digits}f}" for value in (north, east)]
            rows.append((town, {"label": make.slip(name) if copy == 2 else name, "lat": spot[0], "lon": spot[1]}))
    return _one(rows)


def other_headings(seed: int, count: int = 500) -> Known:
    """Two lists of people that call their columns otherwise, and have them in another order."""
    make = Things(seed)
    lists: tuple[list[tuple[int, Row]], list[tuple[int, Row]]] = ([], [])
    for person in range(count):
        first, last, firm = make.pick(FIRST), make.rare_last(), make.word()
        mail, phone, where = f"{first}.{last}@{firm}.com", make.phone(), make.number(0, 3)
        if where != 1:
            row = {"first_name": first, "last_name": last, "email": mail, "phone": phone, "company": firm}
            lists[0].append((person, make.blanks(row, 0.1, ("last_name",))))
        if where != 0:
            again = {"Firma": firm, "Rufnummer": phone.replace(" ", "-"), "Ansprechpartner": f"{first} {last}".title()}
            lists[1].append((person, make.blanks(again | {"E-Mail": mail}, 0.2, ("Ansprechpartner",))))
    return _two(*lists)


THINGS: Final[Mapping[str, Callable[[int], Known]]] = {
    made.__name__: made for made in (goods, works, songs, towns, other_headings)
}
